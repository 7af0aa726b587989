import { assertRuns, type StreamingDetector } from './detector.js';
import { quantile } from './quantile.js';

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
