import { tensor, type Tensor } from '@tensorflow/tfjs-core';
import {
  initializers,
  input,
  layers,
  type LayersModel,
  model,
  type SymbolicTensor,
} from '@tensorflow/tfjs-layers';
import { DIAGNOSIS_CLASSES } from './diagnosis-classes.js';
import { fusedLstmLayer } from './fused-lstm.layer.js';
import { allValuesOf } from './tensor-values.js';

/** Directions that the features are summed up in before the memory: an LSTM over all of them would cost three times as much. */
const DIRECTIONS = 48;

/**
 * Directions of the features, one LSTM over them and a linear read-out at every row; a second output shows the hidden states.
 * Maps [batch, rows, width] to [batch, rows, 21] and [batch, rows, units].
 */
export function buildDiagnosisNetwork(width: number, units: number, seed: number): LayersModel {
  const windows = input({ shape: [null, width], name: 'features' });
  const directions = layers
    .dense({
      units: DIRECTIONS,
      activation: 'tanh',
      kernelInitializer: initializers.glorotUniform({ seed: seed + 3 }),
      name: 'directions',
    })
    .apply(windows) as SymbolicTensor;
  const hidden = fusedLstmLayer({
    units,
    returnSequences: true,
    recurrentActivation: 'sigmoid',
    unitForgetBias: true,
    kernelInitializer: initializers.glorotUniform({ seed }),
    recurrentInitializer: initializers.glorotUniform({ seed: seed + 1 }),
    name: 'memory',
  }).apply(directions) as SymbolicTensor;
  const logits = layers
    .dense({
      units: DIAGNOSIS_CLASSES,
      kernelInitializer: initializers.glorotUniform({ seed: seed + 2 }),
      name: 'logits',
    })
    .apply(hidden) as SymbolicTensor;
  return model({ inputs: windows, outputs: [logits, hidden] });
}

/** Answers of the network to one window, row by row. */
export interface NetworkTrace {
  /** rows × 21 */
  readonly logits: Float32Array;
  /** rows × units */
  readonly hidden: Float32Array;
}

/** @param features rows × width */
export function traceNetwork(network: LayersModel, features: Float32Array, width: number): NetworkTrace {
  const shape = [1, features.length / width, width];
  const [logits, hidden] = allValuesOf(() => network.predict(tensor(features, shape)) as Tensor[]);
  return { logits, hidden };
}
