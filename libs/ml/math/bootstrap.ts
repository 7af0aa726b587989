import { quantileOfSorted } from './quantile.js';
import { SeededRandom } from './seeded-random.js';

/** A figure with its bootstrap interval. */
export interface Interval {
  readonly mean: number;
  readonly low: number;
  readonly high: number;
}

export interface BootstrapOptions {
  /** Default 0.95. */
  readonly confidence?: number;
  /** Default 2000. */
  readonly resamples?: number;
  /** Default 1. */
  readonly seed?: number;
}

/**
 * Mean of one figure per run with its percentile bootstrap interval: runs are drawn with replacement, because rows of a
 * run are not independent (Efron and Tibshirani, 1993).
 *
 * @throws RangeError without runs
 */
export function bootstrapMean(
  figures: readonly number[],
  { confidence = 0.95, resamples = 2000, seed = 1 }: BootstrapOptions = {},
): Interval {
  if (figures.length === 0) throw new RangeError('a mean over no runs');
  const random = new SeededRandom(seed);
  const means = Float64Array.from({ length: resamples }, () => {
    let sum = 0;
    for (let i = 0; i < figures.length; i++) sum += figures[random.nextInt(figures.length)];
    return sum / figures.length;
  }).sort();
  return {
    mean: figures.reduce((sum, figure) => sum + figure, 0) / figures.length,
    low: quantileOfSorted(means, (1 - confidence) / 2),
    high: quantileOfSorted(means, (1 + confidence) / 2),
  };
}

/**
 * Any figure of a set of runs with its percentile bootstrap interval. Runs are drawn anew within their stratum (the
 * fault they are under), as a repetition of the measurement would; where a stratum has one run only, as in the public
 * files, over all of them.
 *
 * @param strata runs by stratum
 * @param statistic of runs in strata of the same order; resamples in which it is NaN are left out
 * @returns null when the figure of the runs themselves is NaN
 */
export function bootstrapStatistic<T>(
  strata: readonly (readonly T[])[],
  statistic: (strata: readonly (readonly T[])[]) => number,
  { confidence = 0.95, resamples = 1000, seed = 1 }: BootstrapOptions = {},
): Interval | null {
  const mean = statistic(strata);
  if (Number.isNaN(mean)) return null;
  const random = new SeededRandom(seed);
  const draw = strata.every((runs) => runs.length > 1)
    ? () => strata.map((runs) => runs.map(() => runs[random.nextInt(runs.length)]))
    : drawOverAll(strata, random);
  const values = Float64Array.from({ length: resamples }, () => statistic(draw()))
    .filter((value) => !Number.isNaN(value))
    .sort();
  if (values.length === 0) return { mean, low: mean, high: mean };
  return {
    mean,
    low: quantileOfSorted(values, (1 - confidence) / 2),
    high: quantileOfSorted(values, (1 + confidence) / 2),
  };
}

/** Draws as many runs as there are, each of which stays in its stratum; a run drawn twice counts twice. */
function drawOverAll<T>(strata: readonly (readonly T[])[], random: SeededRandom): () => T[][] {
  const places = strata.flatMap((runs, stratum) => runs.map((run) => ({ run, stratum })));
  return () => {
    const drawn = strata.map((): T[] => []);
    for (let i = 0; i < places.length; i++) {
      const { run, stratum } = places[random.nextInt(places.length)];
      drawn[stratum].push(run);
    }
    return drawn;
  };
}
