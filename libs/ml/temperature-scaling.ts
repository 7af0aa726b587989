/** Range in which a temperature is looked for; a network needs no more correction than this. */
const COLDEST = 0.25;
const HOTTEST = 8;
const GOLDEN_SECTION = (Math.sqrt(5) - 1) / 2;
const ITERATIONS = 40;

/**
 * Temperature that minimises the cross-entropy of softmax(logits / T) (Guo et al. 2017), by golden-section search on ln T,
 * in which the cross-entropy has one minimum.
 * @param logits one array per sample
 * @throws RangeError without samples
 */
export function fitTemperature(logits: readonly ArrayLike<number>[], labels: readonly number[]): number {
  if (logits.length === 0) throw new RangeError('no samples to fit a temperature on');
  let low = Math.log(COLDEST);
  let high = Math.log(HOTTEST);
  const cost = (x: number): number => crossEntropy(logits, labels, Math.exp(x));
  let left = high - GOLDEN_SECTION * (high - low);
  let right = low + GOLDEN_SECTION * (high - low);
  let [costLeft, costRight] = [cost(left), cost(right)];
  for (let i = 0; i < ITERATIONS; i++) {
    if (costLeft < costRight) {
      [high, right, costRight] = [right, left, costLeft];
      left = high - GOLDEN_SECTION * (high - low);
      costLeft = cost(left);
    } else {
      [low, left, costLeft] = [left, right, costRight];
      right = low + GOLDEN_SECTION * (high - low);
      costRight = cost(right);
    }
  }
  return Math.exp((low + high) / 2);
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
