import { describe, expect, it } from '#jest';
import { DLinear } from './dlinear.js';
import { SeededRandom } from '../math/seeded-random.js';

/** Two columns: a straight line whose slope differs from run to run, and white noise. */
function aRun(seed: number, rows: number): Float64Array {
  const random = new SeededRandom(seed);
  const slope = random.nextNormal();
  const table = new Float64Array(rows * 2);
  for (let t = 0; t < rows; t++) {
    table[t * 2] = slope * (t - rows / 2) * 0.1;
    table[t * 2 + 1] = random.nextNormal();
  }
  return table;
}

describe('DLinear', () => {
  const tables = Array.from({ length: 40 }, (_, n) => aRun(n, 120));
  const model = DLinear.fit(tables, 2, { window: 10, horizon: 4, kernel: 5, ridge: 1e-9 });

  it('goes on along a straight line', () => {
    const table = Float64Array.from({ length: 20 }, (_, i) => (i % 2 === 0 ? 3 + 0.5 * (i / 2) : 0));
    const forecast = model.forecast(table, 9);
    // the tenth row is 3 + 0.5 · 9 = 7.5
    [8, 8.5, 9, 9.5].forEach((value, h) => expect(forecast[h * 2]).toBeCloseTo(value, 3));
  });

  it('expects nothing of noise', () => {
    const table = Float64Array.from({ length: 20 }, (_, i) => (i % 2 === 0 ? 0 : 1));
    const forecast = model.forecast(table, 9);
    for (let h = 0; h < 4; h++) expect(Math.abs(forecast[h * 2 + 1])).toBeLessThan(0.25);
  });

  it('refuses what has no window', () => {
    expect(() => model.forecast(new Float64Array(20), 8)).toThrow('no 10 rows');
    expect(() => DLinear.fit([new Float64Array(20)], 2, { window: 10, horizon: 4 })).toThrow('14 rows');
  });
});
