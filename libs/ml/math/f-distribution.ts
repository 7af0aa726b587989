import { regularisedBeta } from './beta-function.js';

/** P(F ≤ x) for the F distribution with d1 and d2 degrees of freedom. */
export function fCumulative(x: number, d1: number, d2: number): number {
  return x <= 0 ? 0 : regularisedBeta((d1 * x) / (d1 * x + d2), d1 / 2, d2 / 2);
}

/**
 * Quantile of the F distribution, by bisection to 1e-12 relative.
 *
 * @throws RangeError for a probability outside (0, 1) or degrees of freedom that are not positive
 */
export function fQuantile(probability: number, d1: number, d2: number): number {
  if (!(probability > 0 && probability < 1))
    throw new RangeError(`probability ${probability} is outside 0…1`);
  if (!(d1 > 0 && d2 > 0)) throw new RangeError(`degrees of freedom ${d1}, ${d2} must be positive`);
  let high = 1;
  while (fCumulative(high, d1, d2) < probability) high *= 2;
  let low = 0;
  while (high - low > 1e-12 * high) {
    const middle = (low + high) / 2;
    if (fCumulative(middle, d1, d2) < probability) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}
