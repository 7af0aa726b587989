import { describe, expect, it } from '#jest';
import { FORECAST_HORIZON } from './horizon.js';
import {
  ADAPTATION_STRIDE,
  ADAPTED_STEPS,
  adaptedLevels,
  COVERAGE_LEVELS,
  coverageReaching,
  INTERVAL_ALPHA,
  interpolatedHalfWidth,
} from './intervals.js';

const ROWS = 101;
const NOW = ROWS - 1;

/** One tag whose intervals held up to the same α every time: never for −10, always for 1. */
function levelsFor(heldUpTo: number): Float64Array {
  const rows = Array.from({ length: ROWS }, (_, row) => row).filter((row) => row % ADAPTATION_STRIDE === 0);
  return adaptedLevels(
    {
      tags: 1,
      heldUpTo: new Float64Array(rows.length * ADAPTED_STEPS.length).fill(heldUpTo),
      indexOf: new Map(rows.map((row, n) => [row, n])),
    },
    0,
    NOW,
  );
}

describe('the adapted levels of a forecast', () => {
  it('fall by γ (1 − α) for every judged miss, each step of the horizon judged as late as it falls due', () => {
    const levels = levelsFor(-10);
    // 51 forecasts at rows 0, 2 … 100: that for 1 row ahead is assessed from row 2 on, that for 20 rows from row 20 on,
    // ten forecasts later, so with γ / √10
    expect(levels[0]).toBeCloseTo(INTERVAL_ALPHA - 50 * 0.01 * 0.9, 12);
    expect(levels[FORECAST_HORIZON - 1]).toBeCloseTo(INTERVAL_ALPHA - (41 * 0.01 * 0.9) / Math.sqrt(10), 12);
  });

  it('rise by γ α for every hit', () => {
    expect(levelsFor(1)[0]).toBeCloseTo(INTERVAL_ALPHA + 50 * 0.01 * 0.1, 12);
  });

  it('rise where the interval just held what came', () => {
    const assessed = {
      tags: 1,
      heldUpTo: new Float64Array(2 * ADAPTED_STEPS.length).fill(INTERVAL_ALPHA),
      indexOf: new Map([
        [0, 0],
        [2, 1],
      ]),
    };
    // One forecast is assessed, at the level of 0.1 that it was made with.
    expect(adaptedLevels(assessed, 0, 2)[0]).toBeCloseTo(INTERVAL_ALPHA + 0.01 * 0.1, 12);
  });

  it('lie between those of the neighbours where a step is not judged', () => {
    const levels = levelsFor(-10);
    // steps 5 and 10 are assessed, step 7 is two fifths of the way
    expect(levels[6]).toBeCloseTo(0.6 * levels[4] + 0.4 * levels[9], 12);
  });
});

describe('the half-width for a coverage', () => {
  const table = Float32Array.from(COVERAGE_LEVELS, (level) => 10 * level);

  it('is read off the table, between its entries along a straight line', () => {
    expect(interpolatedHalfWidth(table, 0, 0.9)).toBeCloseTo(9, 5);
    expect(interpolatedHalfWidth(table, 0, 0.825)).toBeCloseTo(8.25, 5);
  });

  it('goes on along the last stretches beyond it, and never below 0', () => {
    expect(interpolatedHalfWidth(table, 0, 1.2)).toBeCloseTo(12, 4);
    expect(interpolatedHalfWidth(table, 0, 0.25)).toBeCloseTo(2.5, 5);
    expect(interpolatedHalfWidth(table, 0, -0.5)).toBe(0);
  });

  it('has an inverse', () => {
    for (const coverage of [0.2, 0.5, 0.77, 0.9, 0.99, 1.3]) {
      const half = interpolatedHalfWidth(table, 0, coverage);
      expect(coverageReaching(table, 0, half)).toBeCloseTo(coverage, 5);
    }
    // no interval of a tag that never moved reaches a value off its place
    expect(coverageReaching(new Float32Array(COVERAGE_LEVELS.length), 0, 1)).toBe(Infinity);
    expect(coverageReaching(new Float32Array(COVERAGE_LEVELS.length), 0, 0)).toBe(0);
  });
});
