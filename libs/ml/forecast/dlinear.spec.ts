import { describe, expect, it } from '#jest';
import { Matrix, solve } from 'ml-matrix';
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

  it('is the ridge regression on moving average and remainder of each window, column by column', () => {
    const [window, horizon, kernel, ridge] = [6, 3, 5, 0.3];
    const tables = [aRun(50, 30), aRun(51, 24), aRun(52, 8)];
    const { weights } = DLinear.fit(tables, 2, { window, horizon, kernel, ridge });
    const split = (past: readonly number[]): number[] => {
      const trend = past.map((_, i) => {
        // beyond its ends a window goes on with its first and last value
        const around = [-2, -1, 0, 1, 2].map((k) => past[Math.min(window - 1, Math.max(0, i + k))]);
        return around.reduce((sum, value) => sum + value, 0) / kernel;
      });
      return [...trend, ...past.map((value, i) => value - trend[i])];
    };
    for (const column of [0, 1]) {
      const [features, targets]: number[][][] = [[], []];
      for (const table of tables) {
        const series = Array.from({ length: table.length / 2 }, (_, row) => table[row * 2 + column]);
        for (let at = 0; at + window + horizon <= series.length; at++) {
          features.push(split(series.slice(at, at + window)));
          targets.push(series.slice(at + window, at + window + horizon));
        }
      }
      const [x, y] = [new Matrix(features), new Matrix(targets)];
      const gram = x
        .transpose()
        .mmul(x)
        .add(Matrix.eye(2 * window).mul(ridge * features.length));
      const regressed = solve(gram, x.transpose().mmul(y));
      // What a window with a single 1 leads to is one row of the weights.
      for (let i = 0; i < window; i++) {
        const unit = Array.from({ length: window }, (_, k) => (k === i ? 1 : 0));
        const effect = new Matrix([split(unit)]).mmul(regressed).to1DArray();
        const from = (column * window + i) * horizon;
        effect.forEach((value, h) => expect(weights[from + h]).toBeCloseTo(value, 5));
      }
    }
  });

  it('has a moving average of 25 rows and a ridge of 1e-4 by default', () => {
    const options = { window: 30, horizon: 2 };
    const byDefault = DLinear.fit([aRun(60, 80)], 2, options);
    expect(byDefault).toEqual(DLinear.fit([aRun(60, 80)], 2, { ...options, kernel: 25, ridge: 1e-4 }));
  });

  it('refuses what has no window', () => {
    expect(() => new DLinear(2, 10, 4, new Float32Array(79))).toThrow(
      "79 weights don't forecast 4 rows from 10",
    );
    expect([...model.forecast(new Float64Array(20), 9)]).toEqual(new Array(8).fill(0));
    expect(() => model.forecast(new Float64Array(20), 8)).toThrow('no 10 rows');
    expect(() => DLinear.fit([new Float64Array(20)], 2, { window: 10, horizon: 4 })).toThrow('14 rows');
  });
});
