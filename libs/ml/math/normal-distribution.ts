/**
 * P(Z ≤ x) of the standard normal distribution by the Taylor series of Φ about 0 (Marsaglia, Journal of Statistical
 * Software 11/4, 2004); absolute error below 1e-15.
 */
export function normalCumulative(x: number): number {
  if (x < -8) return 0;
  if (x > 8) return 1;
  let sum = x;
  let term = x;
  for (let i = 3; Math.abs(term) > Number.EPSILON * Math.abs(sum); i += 2) {
    term *= (x * x) / i;
    sum += term;
  }
  return 0.5 + (sum * Math.exp((-x * x) / 2)) / Math.sqrt(2 * Math.PI);
}

/**
 * Quantile of the standard normal distribution, by bisection of {@link normalCumulative}.
 *
 * @throws RangeError for a probability outside 1e-12 … 1 − 1e-12
 */
export function normalQuantile(probability: number): number {
  if (!(probability >= 1e-12 && probability <= 1 - 1e-12)) {
    throw new RangeError(`probability ${probability} is outside 1e-12…1−1e-12`);
  }
  let low = -8;
  let high = 8;
  while (high - low > 1e-13) {
    const middle = (low + high) / 2;
    if (normalCumulative(middle) < probability) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}
