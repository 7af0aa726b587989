import { beforeAll, describe, expect, it } from '#jest';
import type { LabelledRun } from '../window/labelled-run.js';
import { measureAutoregression, measureIntervals } from './calibration.js';
import { CALM, DISTURBED, TAGS, WIDTH, aForecastModel } from './forecast-model.fixture.js';
import { COVERAGE_LEVELS } from './intervals.js';
import { startTensors } from '../network/tf-backend.js';

/** A run whose standardised second tag is the square of the row; the first one stands still. */
function aRun(rows: number): LabelledRun {
  const values = Float64Array.from({ length: rows * TAGS }, (_, at) =>
    at % TAGS === 0 ? 10 : 20 + 4 * Math.floor(at / TAGS) ** 2,
  );
  return { values, idv: 0, onsetRow: rows };
}

/** How far the square of the row runs ahead in some steps. */
const ahead = (row: number, step: number): number => (row + step) ** 2 - row ** 2;

describe('the half-widths of forecasts, as measured', () => {
  beforeAll(async () => {
    await startTensors();
  });

  const at = (halfWidths: Float32Array, regime: number, step: number, tag: number): number[] => {
    const from = (regime * WIDTH + (step - 1) * TAGS + tag) * COVERAGE_LEVELS.length;
    return Array.from(halfWidths.subarray(from, from + COVERAGE_LEVELS.length));
  };

  it('are quantiles of the misses at every eighth row, the largest where too few promise nothing', () => {
    // The last value is the forecast. Of 100 rows 8, 16 … 72 are measured, nine: from row 80 on the last step is never seen.
    const { halfWidths } = measureIntervals(aForecastModel({ disturbedAbove: CALM }), [aRun(100)]);
    // The ⌈10·coverage⌉-th smallest of nine: 5th, 6th, 7th, 8th, then the 9th, also in place of a tenth.
    const rows = [40, 48, 56, 64, 72, 72, 72, 72, 72, 72];
    expect(halfWidths).toHaveLength(2 * WIDTH * COVERAGE_LEVELS.length);
    for (const step of [1, 7, 20]) {
      at(halfWidths, 0, step, 1).forEach((half, level) =>
        expect(half).toBeCloseTo(ahead(rows[level], step), 1),
      );
      at(halfWidths, 0, step, 0).forEach((half) => expect(half).toBe(0));
    }
    // Nothing was seen of a disturbed plant.
    expect(at(halfWidths, 1, 7, 1)).toEqual(new Array(COVERAGE_LEVELS.length).fill(0));
  });

  it('are in units of the local spread for a disturbed plant, over all runs together', () => {
    const model = aForecastModel({ disturbedAbove: DISTURBED });
    // 29 rows have one measured row, 8; 28 have none.
    const { halfWidths } = measureIntervals(model, [aRun(29), aRun(28), aRun(29)]);
    const { spread } = model.inputs(model.foundation.scaler.transform(aRun(29).values));
    for (const step of [1, 20]) {
      const half = ahead(8, step) / spread[8 * TAGS + 1];
      at(halfWidths, 1, step, 1).forEach((value) => expect(value).toBeCloseTo(half, 3));
      expect(at(halfWidths, 0, step, 1)).toEqual(new Array(COVERAGE_LEVELS.length).fill(0));
    }
  });

  it('of an autoregression are those of what it iterates to', () => {
    // Of the second tag nothing is left after a row: 0 is forecast, and (8 + step)² comes.
    const { model, scaler } = aForecastModel({ disturbedAbove: CALM }).foundation;
    const halfWidths = measureAutoregression(model, scaler, [aRun(29)]);
    expect(halfWidths).toHaveLength(WIDTH * COVERAGE_LEVELS.length);
    for (const step of [1, 5, 20]) {
      at(halfWidths, 0, step, 1).forEach((half) => expect(half).toBeCloseTo((8 + step) ** 2, 2));
      at(halfWidths, 0, step, 0).forEach((half) => expect(half).toBe(0));
    }
  });
});
