import type { Tensor } from '@tensorflow/tfjs-core';
import type { LayersModel, SymbolicTensor } from '@tensorflow/tfjs-layers';
import { DIAGNOSIS_CLASSES } from './classes.js';
import { fastDenseLayer } from '../network/fast-dense.layer.js';
import { kernelFor } from '../network/fused-lstm.js';
import { fusedLstmLayer } from '../network/fused-lstm.layer.js';
import type { NetworkTail } from './log-odds.js';
import { valuesOf } from '../network/tensor-values.js';
import { tfCore, tfLayers } from '../network/tensorflow.js';

const { add, matMul, tensor2d, transpose } = tfCore;
const { initializers, input, model } = tfLayers;

/** Directions that the features are summed up in before the memory: an LSTM over all of them would cost three times as much. */
const DIRECTIONS = 48;
const DIRECTIONS_LAYER = 'directions';
const MEMORY_LAYER = 'memory';
const LOGITS_LAYER = 'logits';

/**
 * Directions of the features, one LSTM over them and a linear read-out at every row; a second output shows the hidden states.
 * Maps [batch, rows, width] to [batch, rows, 21] and [batch, rows, units].
 */
export function buildDiagnosisNetwork(width: number, units: number, seed: number): LayersModel {
  const windows = input({ shape: [null, width], name: 'features' });
  const directions = fastDenseLayer({
    units: DIRECTIONS,
    activation: 'tanh',
    kernelInitializer: initializers.glorotUniform({ seed: seed + 3 }),
    name: DIRECTIONS_LAYER,
  }).apply(windows) as SymbolicTensor;
  const hidden = fusedLstmLayer({
    units,
    returnSequences: true,
    recurrentActivation: 'sigmoid',
    unitForgetBias: true,
    kernelInitializer: initializers.glorotUniform({ seed }),
    recurrentInitializer: initializers.glorotUniform({ seed: seed + 1 }),
    name: MEMORY_LAYER,
  }).apply(directions) as SymbolicTensor;
  const logits = fastDenseLayer({
    units: DIAGNOSIS_CLASSES,
    kernelInitializer: initializers.glorotUniform({ seed: seed + 2 }),
    name: LOGITS_LAYER,
  }).apply(hidden) as SymbolicTensor;
  return model({ inputs: windows, outputs: [logits, hidden] });
}

/** Answers of the network to one window, row by row. */
export interface NetworkTrace {
  /** rows × 21 */
  readonly logits: Float32Array;
  /** rows × units */
  readonly hidden: Float32Array;
}

/**
 * Computed by the layers' own arithmetic and not by tfjs, whose layers cost as much about the LSTM as the LSTM does.
 * @param features rows × width
 */
export function traceNetwork(network: LayersModel, features: Float32Array, width: number): NetworkTrace {
  const [before, beforeBias] = numbersOf(network, DIRECTIONS_LAYER);
  const [kernel, recurrent, bias] = numbersOf(network, MEMORY_LAYER);
  const [after, afterBias] = numbersOf(network, LOGITS_LAYER);
  const units = bias.length / 4;
  const shape = {
    batch: 1,
    steps: features.length / width,
    inputs: beforeBias.length,
    units,
    hardGates: false,
  };
  const { hidden, answers } = kernelFor(units).inferStack(shape, features, {
    before: { kernel: before, bias: beforeBias },
    memory: { kernel, recurrent, bias },
    after: { kernel: after, bias: afterBias },
  });
  return { logits: answers, hidden };
}

/** The network in two: a linear map to its directions, and everything after it, their tanh first. */
export interface SplitNetwork {
  /** Features, rows × width, to directions, rows × directions. */
  readonly project: (features: Float32Array) => Float32Array;
  /** Gradient by the directions, rows × directions, to the gradient by the features, rows × width. */
  readonly projectBack: (gradient: Float32Array) => Float32Array;
  readonly tail: NetworkTail;
}

export function splitNetwork(network: LayersModel): SplitNetwork {
  const [kernel, bias] = network.getLayer(DIRECTIONS_LAYER).getWeights();
  const [memoryKernel, recurrent, memoryBias] = numbersOf(network, MEMORY_LAYER);
  const [readOut, readOutBias] = numbersOf(network, LOGITS_LAYER);
  const [width, directions] = kernel.shape;
  const rowsOf = (values: Float32Array, columns: number): Tensor =>
    tensor2d(values, [values.length / columns, columns]);
  return {
    project: (features) => valuesOf(() => add(matMul(rowsOf(features, width), kernel), bias)),
    // tfjs multiplies a transposed matrix element by element.
    projectBack: (gradient) => valuesOf(() => matMul(rowsOf(gradient, directions), transpose(kernel))),
    tail: { memory: { kernel: memoryKernel, recurrent, bias: memoryBias }, readOut, readOutBias },
  };
}

const knownNumbers = new WeakMap<object, Float32Array>();

/** Copied out of the backend once: what is behind a data id never changes, a variable that is assigned gets another id. */
function numbersOf(network: LayersModel, layer: string): Float32Array[] {
  return network
    .getLayer(layer)
    .getWeights()
    .map((weights) => {
      const known = knownNumbers.get(weights.dataId);
      if (known !== undefined) return known;
      const numbers = weights.dataSync<'float32'>();
      knownNumbers.set(weights.dataId, numbers);
      return numbers;
    });
}
