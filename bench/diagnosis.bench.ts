import { createRequire } from 'node:module';
import { tensor, type Tensor, tidy } from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { buildDiagnosisNetwork, startTensors, traceNetwork } from '#ml/tensors';
import type { BenchFigure } from './bench-figure.js';
import { onnxConstant, onnxInput, onnxModel, onnxNode, onnxOutput } from './onnx-model.js';

const ROWS = 240;
const WIDTH = 260;
const DIRECTIONS = 48;
const UNITS = 64;
const CLASSES = 21;
const ROUNDS = 20;
const REPEATS = 20;
/** ONNX has the gates of an LSTM in another order than Keras (input, output, forget, candidate). */
const ONNX_GATES = [0, 3, 1, 2];
/**
 * Not among the development packages: it has 288 MB, and its installation fetches CUDA from elsewhere. To compare:
 * `npm install --no-save --ignore-scripts onnxruntime-node@1.30.0`.
 */
const RIVAL = 'onnxruntime-node';

/** The part of the rival that is used. */
interface RivalRuntime {
  InferenceSession: {
    create(
      model: Uint8Array,
      options: object,
    ): Promise<{ run(inputs: object): Promise<Record<string, { data: Float32Array }>> }>;
  };
  Tensor: new (type: 'float32', values: Float32Array, shape: readonly number[]) => object;
}

type Trace = () => Float32Array | Promise<Float32Array>;

/** The diagnosis network over one window of a prediction, in processor time: beside onnxruntime with one thread, and tfjs. */
export async function run(): Promise<BenchFigure[]> {
  const backend = await startTensors();
  const network = buildDiagnosisNetwork(WIDTH, UNITS, 1);
  const features = Float32Array.from({ length: ROWS * WIDTH }, (_, i) => Math.sin(12.9898 * (i + 1)) * 0.8);
  const own: Trace = () => traceNetwork(network, features, WIDTH).logits;
  const rivals = [
    { name: `${RIVAL}, 1 thread`, trace: await onnxTrace(network, features) },
    { name: `layers of tfjs ${backend}`, trace: tfjsTrace(network, features) },
  ];
  const figures: BenchFigure[] = [];
  for (const { name, trace } of rivals) {
    if (trace === undefined) continue;
    const difference = largestDifference(await own(), await trace());
    const [ours, theirs] = await bestMilliseconds(own, trace);
    const common = { bench: 'diagnosis', rival: name };
    figures.push(
      { ...common, figure: 'one window', value: ours, unit: 'ms', rival_value: theirs, ratio: theirs / ours },
      { ...common, figure: 'largest difference of the logits', value: difference, unit: '' },
    );
  }
  return figures;
}

function tfjsTrace(network: LayersModel, features: Float32Array): Trace {
  return () => {
    const outputs = tidy(() => network.predict(tensor(features, [1, ROWS, WIDTH])) as Tensor[]);
    const [logits] = outputs.map((output) => output.dataSync<'float32'>());
    outputs.forEach((output) => output.dispose());
    return logits;
  };
}

/** Undefined when the rival is not installed. */
async function onnxTrace(network: LayersModel, features: Float32Array): Promise<Trace | undefined> {
  const runtime = rivalRuntime();
  if (runtime === undefined) return undefined;
  const session = await runtime.InferenceSession.create(onnxNetwork(network), {
    intraOpNumThreads: 1,
    interOpNumThreads: 1,
    executionMode: 'sequential',
  });
  const inputs = { features: new runtime.Tensor('float32', features, [ROWS, WIDTH]) };
  return async () => (await session.run(inputs)).logits.data;
}

function rivalRuntime(): RivalRuntime | undefined {
  try {
    return createRequire(import.meta.url)(RIVAL) as RivalRuntime;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'MODULE_NOT_FOUND') return undefined;
    throw error;
  }
}

function onnxNetwork(network: LayersModel): Buffer {
  const [directions, directionsBias, kernel, recurrent, bias, readOut, readOutBias] = network
    .getWeights()
    .map((weights) => weights.dataSync<'float32'>());
  // The second half of the bias is that of the recurrent kernel, which Keras does not have.
  const bothBiases = new Float32Array(8 * UNITS);
  bothBiases.set(gatesForOnnx(bias, 1));
  return onnxModel([
    onnxInput('features', [ROWS, WIDTH]),
    onnxOutput('logits', [ROWS, CLASSES]),
    onnxOutput('hidden', [ROWS, UNITS]),
    onnxConstant('directionsKernel', [WIDTH, DIRECTIONS], directions),
    onnxConstant('directionsBias', [DIRECTIONS], directionsBias),
    onnxConstant('kernel', [1, 4 * UNITS, DIRECTIONS], gatesForOnnx(kernel, DIRECTIONS)),
    onnxConstant('recurrent', [1, 4 * UNITS, UNITS], gatesForOnnx(recurrent, UNITS)),
    onnxConstant('bias', [1, 8 * UNITS], bothBiases),
    onnxConstant('readOut', [UNITS, CLASSES], readOut),
    onnxConstant('readOutBias', [CLASSES], readOutBias),
    onnxConstant('sequence', [3], BigInt64Array.of(BigInt(ROWS), 1n, BigInt(DIRECTIONS))),
    onnxConstant('table', [2], BigInt64Array.of(BigInt(ROWS), BigInt(UNITS))),
    onnxNode('MatMul', ['features', 'directionsKernel'], 'projected'),
    onnxNode('Add', ['projected', 'directionsBias'], 'moved'),
    onnxNode('Tanh', ['moved'], 'squashed'),
    onnxNode('Reshape', ['squashed', 'sequence'], 'steps'),
    onnxNode('LSTM', ['steps', 'kernel', 'recurrent', 'bias'], 'outputs', { hidden_size: UNITS }),
    onnxNode('Reshape', ['outputs', 'table'], 'hidden'),
    onnxNode('MatMul', ['hidden', 'readOut'], 'read'),
    onnxNode('Add', ['read', 'readOutBias'], 'logits'),
  ]);
}

/** From rows × 4 units to 4 units × rows, the gates in the order of ONNX. */
function gatesForOnnx(weights: Float32Array, rows: number): Float32Array {
  const out = new Float32Array(weights.length);
  ONNX_GATES.forEach((gate, n) => {
    for (let unit = 0; unit < UNITS; unit++) {
      for (let row = 0; row < rows; row++) {
        out[(n * UNITS + unit) * rows + row] = weights[(row * 4 + gate) * UNITS + unit];
      }
    }
  });
  return out;
}

function largestDifference(a: Float32Array, b: Float32Array): number {
  return a.reduce((most, value, i) => Math.max(most, Math.abs(value - b[i])), 0);
}

/** Processor time of one call of each, all threads of the process, the least of many rounds in turn. */
async function bestMilliseconds(ours: Trace, theirs: Trace): Promise<readonly [number, number]> {
  const timeOf = async (trace: Trace): Promise<number> => {
    const before = process.cpuUsage();
    for (let i = 0; i < REPEATS; i++) await trace();
    const { user, system } = process.cpuUsage(before);
    return (user + system) / 1e3 / REPEATS;
  };
  let best: readonly [number, number] = [Infinity, Infinity];
  for (let round = 0; round < ROUNDS; round++) {
    best = [Math.min(best[0], await timeOf(ours)), Math.min(best[1], await timeOf(theirs))];
  }
  return best;
}
