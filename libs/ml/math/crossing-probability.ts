import type { AlarmLimits } from '#tep';
import { normalCumulative } from './normal-distribution.js';

/** Half-width of a central 90 % interval of a normal distribution, in standard deviations. */
const HALF_WIDTH_SIGMAS = 1.6448536269514722;

/**
 * Probability that a tag stands beyond one of its alarm limits (L, H; LL, HH where these are absent) at the worst step of the
 * horizon. Each step is taken as normal with the standard deviation that its 90 % interval implies. Crossings of different
 * steps are not added up: neighbouring errors move together, so this is a lower bound for "at some step".
 */
export function crossingProbability(
  values: ArrayLike<number>,
  halfWidths: ArrayLike<number>,
  limits: AlarmLimits,
): number {
  const low = limits.l ?? limits.ll ?? -Infinity;
  const high = limits.h ?? limits.hh ?? Infinity;
  let most = 0;
  for (let step = 0; step < values.length; step++) {
    const sigma = Math.max(halfWidths[step] / HALF_WIDTH_SIGMAS, Number.MIN_VALUE);
    const below = normalCumulative((low - values[step]) / sigma);
    const above = 1 - normalCumulative((high - values[step]) / sigma);
    most = Math.max(most, below + above);
  }
  return Math.min(1, most);
}
