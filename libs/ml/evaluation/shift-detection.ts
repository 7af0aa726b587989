import { columnStatistics } from '../math/column-statistics.js';
import type { StreamingDetector } from '../detectors/detector.js';

export interface ShiftDetectionOptions {
  /** Size of the shift in standard deviations of the tag. Default 5. */
  readonly deviations?: number;
  /** Samples under the shift. Default 40. */
  readonly samples?: number;
  /** Samples before it, from a fresh start. Default 200. */
  readonly before?: number;
}

/**
 * The share of tags in which a detector notices a lasting shift that is added to normal operation: what can be said of its
 * sight where no faults are known. A tag counts when the statistic is above the limit at the end of the shift.
 *
 * @param runs normal runs, row-major, one column per tag; the longest one is used
 * @throws RangeError when no run is long enough
 */
export function shiftDetection(
  detector: StreamingDetector,
  runs: readonly Float64Array[],
  { deviations = 5, samples = 40, before = 200 }: ShiftDetectionOptions = {},
): number {
  const columns = detector.tagCodes.length;
  const longest = runs.reduce((best, run) => (run.length > best.length ? run : best), new Float64Array(0));
  const rows = before + samples;
  if (longest.length < rows * columns)
    throw new RangeError(
      `a normal run of ${rows} rows is needed, the longest has ${longest.length / columns}`,
    );
  const { standardDeviation } = columnStatistics([longest], columns);
  const normal = longest.subarray(0, before * columns);
  detector.reset();
  for (let at = 0; at < normal.length; at += columns) detector.step(normal.subarray(at, at + columns));
  const beforeShift = detector.snapshot();
  let noticed = 0;
  for (let tag = 0; tag < columns; tag++) {
    detector.restore(beforeShift);
    const shifted = longest.slice(before * columns, rows * columns);
    for (let at = tag; at < shifted.length; at += columns) shifted[at] += deviations * standardDeviation[tag];
    if (endsInAlarm(detector, shifted)) noticed++;
  }
  detector.reset();
  return noticed / columns;
}

function endsInAlarm(detector: StreamingDetector, rows: Float64Array): boolean {
  const columns = detector.tagCodes.length;
  let alarm = false;
  for (let at = 0; at < rows.length; at += columns) {
    const { ready, statistic, limit } = detector.step(rows.subarray(at, at + columns));
    alarm = ready && statistic > limit;
  }
  return alarm;
}
