import { assertRuns, type StreamingDetector } from './detector.js';
import { quantile } from '../math/quantile.js';

/**
 * Statistics of a detector over runs, each run from a fresh start; samples that are not ready are left out.
 *
 * @param runs row-major, one column per tag of the detector
 */
export function statisticsOver(detector: StreamingDetector, runs: readonly Float64Array[]): Float64Array[] {
  const columns = detector.tagCodes.length;
  return runs.map((run) => {
    detector.reset();
    const statistics = new Float64Array(run.length / columns);
    let count = 0;
    for (let at = 0; at < run.length; at += columns) {
      const reading = detector.step(run.subarray(at, at + columns));
      if (reading.ready) statistics[count++] = reading.statistic;
    }
    detector.reset();
    return statistics.subarray(0, count);
  });
}

/**
 * Median of statistic ÷ limit over normal samples: how far the middle of the statistic is below its limit, by which readings
 * of detectors with different tails are compared.
 *
 * @param normalRuns runs that the detector was not fitted on
 * @returns 0 … below 1
 */
export function normalRatio(detector: StreamingDetector, normalRuns: readonly Float64Array[]): number {
  const all = statisticsOver(detector, normalRuns).flatMap((run) => Array.from(run));
  return quantile(Float64Array.from(all), 0.5) / detector.limit;
}

/**
 * The limit that a share `falseAlarmRate` of normal samples exceeds.
 *
 * @param calibrationRuns normal runs that the detector was not fitted on
 * @throws RangeError with fewer than 10 / falseAlarmRate samples: the tail would be guessed
 */
export function empiricalLimit(
  detector: StreamingDetector,
  calibrationRuns: readonly Float64Array[],
  falseAlarmRate: number,
): number {
  assertRuns(calibrationRuns, detector.tagCodes.length, 'calibration run');
  const perRun = statisticsOver(detector, calibrationRuns);
  const total = perRun.reduce((sum, run) => sum + run.length, 0);
  if (total < 10 / falseAlarmRate) {
    throw new RangeError(
      `${total} calibration samples cannot set a limit for a false-alarm rate of ${falseAlarmRate}`,
    );
  }
  const all = new Float64Array(total);
  let at = 0;
  for (const run of perRun) {
    all.set(run, at);
    at += run.length;
  }
  return quantile(all, 1 - falseAlarmRate);
}

export interface EpisodeLimitOptions {
  /** Days of normal operation that one false episode is allowed for. Default 90. */
  readonly daysPerFalseEpisode?: number;
  /** Consecutive samples beyond the limit that make an episode. Default 6. */
  readonly onDelay?: number;
}

const SAMPLES_PER_BLOCK = 240;
const BLOCKS_PER_DAY = 2;
/** The quartiles of fewer half days would be guesses. */
const LEAST_BLOCKS = 12;

/**
 * The limit at which normal operation makes one false episode in `daysPerFalseEpisode` days.
 *
 * Of every half day, the highest level that the statistic sustains for the on-delay is taken; these maxima follow a
 * Gumbel distribution (Fisher and Tippett, 1928), which is fitted by the quartiles and extrapolated to the one half day
 * in 2·`daysPerFalseEpisode`. Quartiles do not notice the odd run in which something did happen.
 *
 * @param calibrationRuns normal runs that the detector was not fitted on, 3 min a sample
 * @throws RangeError with less than twelve half days
 */
export function episodeLimit(
  detector: StreamingDetector,
  calibrationRuns: readonly Float64Array[],
  { daysPerFalseEpisode = 90, onDelay = 6 }: EpisodeLimitOptions = {},
): number {
  assertRuns(calibrationRuns, detector.tagCodes.length, 'calibration run');
  const levels = statisticsOver(detector, calibrationRuns).flatMap((run) => sustainedLevels(run, onDelay));
  if (levels.length < LEAST_BLOCKS) {
    throw new RangeError(
      `${levels.length} half days of calibration cannot set a limit, ${LEAST_BLOCKS} are needed`,
    );
  }
  const sorted = Float64Array.from(levels);
  const [lower, upper] = [quantile(sorted, 0.25), quantile(sorted, 0.75)];
  const scale = (upper - lower) / (gumbelQuantile(0.75) - gumbelQuantile(0.25));
  const location = upper - scale * gumbelQuantile(0.75);
  return location + scale * gumbelQuantile(1 - 1 / (BLOCKS_PER_DAY * daysPerFalseEpisode));
}

/** Quantile of the standard Gumbel distribution. */
function gumbelQuantile(probability: number): number {
  return -Math.log(-Math.log(probability));
}

/** The highest level held for `onDelay` samples in each of the near-equal half days that a run is cut into. */
function sustainedLevels(statistics: Float64Array, onDelay: number): number[] {
  const blocks = Math.round(statistics.length / SAMPLES_PER_BLOCK);
  return Array.from({ length: blocks }, (_, block) => {
    const from = Math.round((block * statistics.length) / blocks);
    const to = Math.round(((block + 1) * statistics.length) / blocks);
    let level = 0;
    for (let at = from; at + onDelay <= to; at++) {
      level = Math.max(level, Math.min(...statistics.subarray(at, at + onDelay)));
    }
    return level;
  });
}
