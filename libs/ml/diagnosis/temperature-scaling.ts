import { goldenSectionMinimum } from '../math/golden-section.js';

/** Range in which a temperature is looked for; a network needs no more correction than this. */
const COLDEST = 0.25;
const HOTTEST = 8;

/**
 * Temperature that minimises the cross-entropy of softmax(logits / T) (Guo et al. 2017), by golden-section search on ln T,
 * in which the cross-entropy has one minimum.
 * @param logits one array per sample
 * @throws RangeError without samples
 */
export function fitTemperature(logits: readonly ArrayLike<number>[], labels: readonly number[]): number {
  if (logits.length === 0) throw new RangeError('no samples to fit a temperature on');
  const cost = (x: number): number => crossEntropy(logits, labels, Math.exp(x));
  return Math.exp(goldenSectionMinimum(cost, Math.log(COLDEST), Math.log(HOTTEST)));
}

/** Mean of −ln softmax(logits / temperature)[label]. */
export function crossEntropy(
  logits: readonly ArrayLike<number>[],
  labels: readonly number[],
  temperature: number,
): number {
  let total = 0;
  for (let n = 0; n < logits.length; n++) {
    const of = logits[n];
    let largest = -Infinity;
    for (let k = 0; k < of.length; k++) largest = Math.max(largest, of[k] / temperature);
    let sum = 0;
    for (let k = 0; k < of.length; k++) sum += Math.exp(of[k] / temperature - largest);
    total += largest + Math.log(sum) - of[labels[n]] / temperature;
  }
  return total / logits.length;
}

/** softmax(logits / temperature) */
export function softmaxOf(logits: ArrayLike<number>, temperature: number): Float32Array {
  const scaled = Float64Array.from(logits, (logit) => logit / temperature);
  const largest = scaled.reduce((most, logit) => Math.max(most, logit), -Infinity);
  const powers = scaled.map((logit) => Math.exp(logit - largest));
  const sum = powers.reduce((total, power) => total + power, 0);
  return Float32Array.from(powers, (power) => power / sum);
}
