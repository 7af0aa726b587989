import { describe, expect, it } from '#jest';
import { LEAST_RUN_ROWS, RUN_ROWS, SHORT_RUN_ROWS, splitHistory } from './history-split.js';

/** One column that counts the rows, so that every row is known by its value. */
function stretch(rows: number, from = 0): Float64Array {
  return Float64Array.from({ length: rows }, (_, i) => from + i);
}

const EVENLY = { training: 2, calibration: 1, test: 1 };

describe('the split of history', () => {
  it('deals runs of two days out in order of time, in the ratio that is needed', () => {
    const { runs, rows } = splitHistory([stretch(8 * RUN_ROWS)], 1, EVENLY);
    expect(runs.training).toHaveLength(4);
    expect(runs.calibration).toHaveLength(2);
    expect(runs.test).toHaveLength(2);
    const starts = (part: readonly Float64Array[]): number[] =>
      part.map((run) => Math.floor(run[0] / RUN_ROWS));
    // Each run goes to who has least of its part: the first three in turn, the fourth to training, which has half of its
    // two parts only; training now has slightly more than the others, which lost an hour each, so that they come first.
    expect(starts(runs.training)).toEqual([0, 3, 6, 7]);
    expect(starts(runs.calibration)).toEqual([1, 4]);
    expect(starts(runs.test)).toEqual([2, 5]);
    expect(rows.training).toBe(runs.training.reduce((sum, run) => sum + run.length, 0));
  });

  it('uses no row twice and leaves an hour out between runs for different purposes', () => {
    const { runs } = splitHistory([stretch(4 * RUN_ROWS)], 1, EVENLY);
    const all = Object.values(runs).flatMap((part) => part.flatMap((run) => [...run]));
    expect(new Set(all).size).toBe(all.length);
    // training 0, calibration 1, test 2, training 3: three borders of 20 rows.
    expect(all).toHaveLength(4 * RUN_ROWS - 3 * 20);
    expect(runs.calibration[0][0]).toBe(RUN_ROWS + 20);
  });

  it('cuts shorter runs while there is less than twice the least', () => {
    const least = { training: 2 * SHORT_RUN_ROWS, calibration: SHORT_RUN_ROWS, test: SHORT_RUN_ROWS };
    const { runs } = splitHistory([stretch(4 * SHORT_RUN_ROWS)], 1, least);
    expect(Object.values(runs).map((part) => part.length)).toEqual([2, 1, 1]);
  });

  it('leaves out stretches shorter than half a day', () => {
    const { rows } = splitHistory([stretch(LEAST_RUN_ROWS - 1), stretch(LEAST_RUN_ROWS)], 1, EVENLY);
    expect(rows).toEqual({ training: LEAST_RUN_ROWS, calibration: 0, test: 0 });
  });
});
