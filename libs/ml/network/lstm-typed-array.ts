import {
  type DenseWeights,
  lastSteps,
  type LstmKernel,
  type LstmShape,
  type LstmTrace,
  type LstmWeights,
  setLastSteps,
} from './lstm-kernel.js';

type Gate = (x: number) => number;

const logistic: Gate = (x) => 1 / (1 + Math.exp(-x));
const hardLogistic: Gate = (x) => Math.min(1, Math.max(0, 0.2 * x + 0.5));
const logisticSlope: Gate = (y) => y * (1 - y);
const hardLogisticSlope: Gate = (y) => (y > 0 && y < 1 ? 0.2 : 0);

/** c[cAt…] += a · b[bAt…], `length` numbers. */
function addScaled(
  c: Float32Array,
  cAt: number,
  a: number,
  b: Float32Array,
  bAt: number,
  length: number,
): void {
  for (let j = 0; j < length; j++) c[cAt + j] += a * b[bAt + j];
}

function dot(a: Float32Array, aAt: number, b: Float32Array, bAt: number, length: number): number {
  let sum = 0;
  for (let j = 0; j < length; j++) sum += a[aAt + j] * b[bAt + j];
  return sum;
}

function dense(rows: number, x: Float32Array, { kernel, bias }: DenseWeights): Float32Array {
  const [inputs, outputs] = [x.length / rows, bias.length];
  const out = new Float32Array(rows * outputs);
  for (let row = 0; row < rows; row++) {
    out.set(bias, row * outputs);
    for (let k = 0; k < inputs; k++)
      addScaled(out, row * outputs, x[row * inputs + k], kernel, k * outputs, outputs);
  }
  return out;
}

function forward(shape: LstmShape, x: Float32Array, weights: LstmWeights): LstmTrace {
  const { batch, steps, inputs, units, hardGates } = shape;
  const gate = hardGates ? hardLogistic : logistic;
  const width = 4 * units;
  const gates = new Float32Array(batch * steps * width);
  const cells = new Float32Array(batch * steps * units);
  const outputs = new Float32Array(batch * steps * units);
  for (let row = 0; row < batch * steps; row++) {
    const z = row * width;
    const h = row * units;
    const first = row % steps === 0;
    gates.set(weights.bias, z);
    for (let k = 0; k < inputs; k++)
      addScaled(gates, z, x[row * inputs + k], weights.kernel, k * width, width);
    if (!first) {
      for (let k = 0; k < units; k++) {
        addScaled(gates, z, outputs[h - units + k], weights.recurrent, k * width, width);
      }
    }
    for (let u = 0; u < units; u++) {
      const i = (gates[z + u] = gate(gates[z + u]));
      const f = (gates[z + units + u] = gate(gates[z + units + u]));
      const g = (gates[z + 2 * units + u] = Math.tanh(gates[z + 2 * units + u]));
      const o = (gates[z + 3 * units + u] = gate(gates[z + 3 * units + u]));
      const cell = (first ? 0 : f * cells[h - units + u]) + i * g;
      cells[h + u] = cell;
      outputs[h + u] = o * Math.tanh(cell);
    }
  }
  return { outputs, cells, gates };
}

function backward(
  shape: LstmShape,
  trace: LstmTrace,
  recurrent: Float32Array,
  dOutputs: Float32Array,
): Float32Array {
  const { batch, steps, units, hardGates } = shape;
  const slope = hardGates ? hardLogisticSlope : logisticSlope;
  const width = 4 * units;
  const dz = new Float32Array(trace.gates);
  const dh = new Float32Array(dOutputs);
  const dc = new Float32Array(units);
  for (let row = batch * steps - 1; row >= 0; row--) {
    const z = row * width;
    const h = row * units;
    const first = row % steps === 0;
    if (row % steps === steps - 1) dc.fill(0);
    for (let u = 0; u < units; u++) {
      const [i, f, g, o] = [dz[z + u], dz[z + units + u], dz[z + 2 * units + u], dz[z + 3 * units + u]];
      const squashed = Math.tanh(trace.cells[h + u]);
      const dCell = dc[u] + dh[h + u] * o * (1 - squashed * squashed);
      dz[z + u] = dCell * g * slope(i);
      dz[z + units + u] = first ? 0 : dCell * trace.cells[h - units + u] * slope(f);
      dz[z + 2 * units + u] = dCell * i * (1 - g * g);
      dz[z + 3 * units + u] = dh[h + u] * squashed * slope(o);
      dc[u] = dCell * f;
    }
    if (first) continue;
    for (let k = 0; k < units; k++) dh[h - units + k] += dot(dz, z, recurrent, k * width, width);
  }
  return dz;
}

function inputGradient(
  { batch, steps, inputs, units }: LstmShape,
  kernel: Float32Array,
  dz: Float32Array,
): Float32Array {
  const width = 4 * units;
  return Float32Array.from({ length: batch * steps * inputs }, (_, at) =>
    dot(dz, Math.floor(at / inputs) * width, kernel, (at % inputs) * width, width),
  );
}

/** The layer's arithmetic in plain loops over typed arrays, for engines without WebAssembly SIMD. */
export function createTypedArrayLstm(): LstmKernel {
  return {
    name: 'typed-array',
    unitMultiple: 1,
    infer: (shape, x, weights) => forward(shape, x, weights).outputs,
    inferStack(shape, x, { before, memory, after }) {
      const rows = shape.batch * shape.steps;
      const squashed = dense(rows, x, before).map(Math.tanh);
      const hidden = forward(shape, squashed, memory).outputs;
      return { hidden, answers: dense(rows, hidden, after) };
    },
    forward,
    backward,
    inputGradient,
    kernelGradient({ batch, steps, inputs, units }, x, dz) {
      const width = 4 * units;
      const gradient = new Float32Array(inputs * width);
      for (let row = 0; row < batch * steps; row++) {
        for (let k = 0; k < inputs; k++)
          addScaled(gradient, k * width, x[row * inputs + k], dz, row * width, width);
      }
      return gradient;
    },
    recurrentGradient({ batch, steps, units }, outputs, dz) {
      const width = 4 * units;
      const gradient = new Float32Array(units * width);
      for (let row = 0; row < batch * steps; row++) {
        if (row % steps === 0) continue;
        for (let k = 0; k < units; k++) {
          addScaled(gradient, k * width, outputs[(row - 1) * units + k], dz, row * width, width);
        }
      }
      return gradient;
    },
    biasGradient({ batch, steps, units }, dz) {
      const gradient = new Float32Array(4 * units);
      for (let row = 0; row < batch * steps; row++) addScaled(gradient, 0, 1, dz, row * 4 * units, 4 * units);
      return gradient;
    },
    gradientBeforeTanh(shape, beforeTanh, weights, outer) {
      const x = beforeTanh.map(Math.tanh);
      const trace = forward(shape, x, weights);
      const dOutputs = new Float32Array(trace.outputs.length);
      setLastSteps(shape, dOutputs, outer(lastSteps(shape, trace.outputs)));
      const dz = backward(shape, trace, weights.recurrent, dOutputs);
      return inputGradient(shape, weights.kernel, dz).map((slope, i) => slope * (1 - x[i] * x[i]));
    },
  };
}
