import type { DifferentiableFunction } from '../network/integrated-gradients.js';
import { kernelFor } from '../network/fused-lstm.js';
import type { LstmWeights } from '../network/lstm-kernel.js';
import { DIAGNOSIS_CLASSES } from './classes.js';

/** What of the diagnosis network comes after the linear map to its directions, taken out of tfjs. */
export interface NetworkTail {
  readonly memory: LstmWeights;
  /** units × 21 */
  readonly readOut: Float32Array;
  /** 21 */
  readonly readOutBias: Float32Array;
}

/**
 * ln(p / (1 − p)) of one class at the last of `rows` rows, of directions (rows × directions) before their tanh. Computed by
 * the layer's own arithmetic: on the tape of tfjs a gradient of one number would copy the trace of all rows several times.
 */
export function logOddsOf(
  { memory, readOut, readOutBias }: NetworkTail,
  rows: number,
  own: number,
): DifferentiableFunction {
  const units = memory.recurrent.length / memory.bias.length;
  const inputs = memory.kernel.length / memory.bias.length;
  const kernel = kernelFor(units);
  return (windows, count) => {
    const values = new Float64Array(count);
    const shape = { batch: count, steps: rows, inputs, units, hardGates: false };
    const gradients = kernel.gradientBeforeTanh(shape, windows, memory, (outputs) => {
      const gradient = new Float32Array(outputs.length);
      for (let k = 0; k < count; k++) {
        const logits = logitsOf(outputs.subarray(k * units, (k + 1) * units), readOut, readOutBias);
        const { value, byLogit } = logOdds(logits, own);
        values[k] = value;
        for (let u = 0; u < units; u++) {
          let sum = 0;
          for (let c = 0; c < DIAGNOSIS_CLASSES; c++) sum += byLogit[c] * readOut[u * DIAGNOSIS_CLASSES + c];
          gradient[k * units + u] = sum;
        }
      }
      return gradient;
    });
    return { values, gradients };
  };
}

function logitsOf(hidden: Float32Array, readOut: Float32Array, bias: Float32Array): Float64Array {
  const logits = Float64Array.from(bias);
  hidden.forEach((value, u) => {
    for (let c = 0; c < DIAGNOSIS_CLASSES; c++) logits[c] += value * readOut[u * DIAGNOSIS_CLASSES + c];
  });
  return logits;
}

/** The own logit less ln Σ exp of the others, and its slope by each logit. */
function logOdds(logits: Float64Array, own: number): { value: number; byLogit: Float64Array } {
  const others = logits.map((logit, c) => (c === own ? -Infinity : logit));
  const largest = others.reduce((most, logit) => Math.max(most, logit));
  const powers = others.map((logit) => Math.exp(logit - largest));
  const total = powers.reduce((sum, power) => sum + power);
  const byLogit = powers.map((power, c) => (c === own ? 1 : -power / total));
  return { value: logits[own] - largest - Math.log(total), byLogit };
}
