import type { DetectorName } from '../detectors/detector.js';
import { DETECTOR_KINDS } from '../detectors/kinds.js';
import type { RunPurpose } from './plan.js';

/** Of a plant's history nothing is over: every run serves to fit, to set the limit or to assess. */
export type HistoryPurpose = Exclude<RunPurpose, 'unknown' | 'undisturbed' | 'disturbed' | 'onsets'>;

/** Rows of normal operation, by what they are for. */
export type RowsByPurpose = Readonly<Record<HistoryPurpose, number>>;

const ROWS_PER_DAY = 480;

/** The least a detector can be trained from. */
export function leastRowsOf(name: DetectorName): RowsByPurpose {
  const { training, calibration, test } = DETECTOR_KINDS[name].leastDays;
  return {
    training: training * ROWS_PER_DAY,
    calibration: calibration * ROWS_PER_DAY,
    test: test * ROWS_PER_DAY,
  };
}

/** Most rows of a run that is cut out of a longer stretch: two days, as in a simulated training. */
export const RUN_ROWS = 2 * ROWS_PER_DAY;
/** The same while there is less than twice the least: more runs can be spread more evenly. */
export const SHORT_RUN_ROWS = ROWS_PER_DAY;
/** A shorter stretch is left out: charts that have just started say little. */
export const LEAST_RUN_ROWS = ROWS_PER_DAY / 2;
/** Rows left out where a run for one purpose follows one for another: neighbours in time know of each other. */
const GUARD_ROWS = 20;

const PURPOSES = ['training', 'calibration', 'test'] as const;

/** Runs for every purpose, cut out of history. */
export interface HistorySplit {
  readonly runs: Readonly<Record<HistoryPurpose, readonly Float64Array[]>>;
  readonly rows: RowsByPurpose;
}

/**
 * Cuts stretches of history into runs of two days at most (one, while data are scarce) and assigns them to purposes in the ratio of
 * `least`, one after the other in time, so that every purpose sees every season. No row serves two purposes.
 *
 * @param stretches consecutive samples each, row-major, in order of time; shorter ones than {@link LEAST_RUN_ROWS} are left out
 */
export function splitHistory(
  stretches: readonly Float64Array[],
  columns: number,
  least: RowsByPurpose,
): HistorySplit {
  const runs: Record<HistoryPurpose, Float64Array[]> = { training: [], calibration: [], test: [] };
  const rows = { training: 0, calibration: 0, test: 0 };
  const long = stretches.filter((stretch) => stretch.length / columns >= LEAST_RUN_ROWS);
  const all = long.reduce((sum, stretch) => sum + stretch.length / columns, 0);
  const runRows = all >= 2 * (least.training + least.calibration + least.test) ? RUN_ROWS : SHORT_RUN_ROWS;
  for (const stretch of long) {
    let before: HistoryPurpose | undefined;
    for (const [from, to] of runBounds(stretch.length / columns, runRows)) {
      const purpose = neediest(rows, least);
      const start = before === undefined || before === purpose ? from : from + GUARD_ROWS;
      runs[purpose].push(stretch.slice(start * columns, to * columns));
      rows[purpose] += to - start;
      before = purpose;
    }
  }
  return { runs, rows };
}

/** Near-equal parts of at most `longest` rows. */
function runBounds(rows: number, longest: number): [number, number][] {
  const parts = Math.ceil(rows / longest);
  const bound = (part: number): number => Math.round((part * rows) / parts);
  return Array.from({ length: parts }, (_, part) => [bound(part), bound(part + 1)]);
}

function neediest(rows: RowsByPurpose, least: RowsByPurpose): HistoryPurpose {
  return PURPOSES.reduce((best, purpose) =>
    rows[purpose] / least[purpose] < rows[best] / least[best] ? purpose : best,
  );
}
