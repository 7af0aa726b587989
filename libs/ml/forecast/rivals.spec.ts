import { describe, expect, it } from '#jest';
import { DLinear } from './dlinear.js';
import { FORECAST_HORIZON } from './horizon.js';
import { COVERAGE_LEVELS } from './intervals.js';
import { ForecastRivals } from './rivals.js';
import { RidgeVar } from './ridge-var.js';

const TAGS = 2;

/** The first tag halves from row to row, of the second nothing is left; half-widths grow in proportion to the coverage. */
function theRivals(halfAtOne: (step: number, tag: number) => number): ForecastRivals {
  const halfWidths = Float32Array.from(
    { length: FORECAST_HORIZON * TAGS * COVERAGE_LEVELS.length },
    (_, i) => {
      const at = Math.floor(i / COVERAGE_LEVELS.length);
      return halfAtOne(Math.floor(at / TAGS) + 1, at % TAGS) * COVERAGE_LEVELS[i % COVERAGE_LEVELS.length];
    },
  );
  const weights = Float32Array.from({ length: TAGS * 3 * FORECAST_HORIZON }, (_, i) => i);
  return new ForecastRivals(
    new RidgeVar(1, TAGS, Float64Array.of(0.5, 0, 0, 0)),
    new DLinear(TAGS, 3, FORECAST_HORIZON, weights),
    halfWidths,
  );
}

describe('the autoregression beside a plant', () => {
  it('forecasts every row, with intervals that narrow by hits and widen by misses from the first row on', () => {
    const rivals = theRivals((step, tag) => 10 * step + tag);
    // The first tag halves as forecast; the second one, forecast as 0, is far off in row 4.
    const z = Float64Array.of(16, 0, 8, 0, 4, 0, 2, 0, 1, 1000, 0.5, 0);
    const { values, halfWidths } = rivals.autoregression(z, [1, 3]);
    const rows = [16, 8, 4, 2, 1, 0.5];
    expect(Array.from(values)).toEqual(rows.flatMap((x) => [x / 2, 0, x / 8, 0]));
    // α is 0.1 + 0.01·0.1 for each hit and − 0.01·0.9 for each miss so far: one step ahead is judged from row 1 on, three
    // steps ahead from row 3 on.
    const hits = (row: number, step: number): number => Math.max(0, row - step + 1);
    const missed = (row: number): number => (row >= 4 ? 1 : 0);
    rows.forEach((_, row) => {
      [1, 3].forEach((step, n) => {
        const first = 0.1 + 0.001 * hits(row, step);
        expect(halfWidths[row * 4 + 2 * n]).toBeCloseTo(10 * step * (1 - first), 4);
        const second = first - 0.01 * missed(row);
        expect(halfWidths[row * 4 + 2 * n + 1]).toBeCloseTo((10 * step + 1) * (1 - second), 4);
      });
    });
  });

  it('comes back from files as it was', () => {
    const rivals = theRivals((step, tag) => step + tag);
    const { ridgeVar, dlinear, halfWidths } = ForecastRivals.fromFiles(rivals.toFiles());
    expect(ridgeVar).toEqual(rivals.ridgeVar);
    expect(dlinear).toEqual(rivals.dlinear);
    expect(halfWidths).toEqual(rivals.halfWidths);
  });
});
