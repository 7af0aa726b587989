import { describe, expect, it } from '#jest';
import { RidgeVar } from './ridge-var.js';
import { SeededRandom } from '../math/seeded-random.js';

/** x_t = 0.5 x_{t−1} + 0.2 y_{t−2} + e, y_t = −0.3 y_{t−1} + e */
function simulated(rows: number, seed: number): Float64Array {
  const random = new SeededRandom(seed);
  const table = new Float64Array(rows * 2);
  for (let t = 2; t < rows; t++) {
    table[t * 2] = 0.5 * table[t * 2 - 2] + 0.2 * table[t * 2 - 3] + random.nextNormal();
    table[t * 2 + 1] = -0.3 * table[t * 2 - 1] + random.nextNormal();
  }
  return table;
}

describe('a ridge vector autoregression', () => {
  it('finds the coefficients of a simulated process in several tables', () => {
    const model = RidgeVar.fit([simulated(20_000, 1), simulated(20_000, 2)], 2, { order: 2, ridge: 0 });
    const expected = [0.5, 0, 0, -0.3, 0, 0, 0.2, 0];
    expected.forEach((value, i) => expect(model.coefficients[i]).toBeCloseTo(value, 1));
  });

  it('solves the same normal equations as the plain sums over its rows', () => {
    const table = simulated(12, 3);
    const { coefficients } = RidgeVar.fit([table], 2, { order: 3, ridge: 0.01 });
    const rows = 12 - 3;
    const z = (t: number, i: number): number => table[(t - 1 - Math.floor(i / 2)) * 2 + (i % 2)];
    for (let i = 0; i < 6; i++) {
      for (let j = 0; j < 2; j++) {
        let left = 0.01 * rows * coefficients[i * 2 + j];
        let right = 0;
        for (let t = 3; t < 12; t++) {
          right += z(t, i) * table[t * 2 + j];
          for (let k = 0; k < 6; k++) left += z(t, i) * z(t, k) * coefficients[k * 2 + j];
        }
        expect(left).toBeCloseTo(right, 9);
      }
    }
  });

  it('forecasts by feeding its own predictions back', () => {
    // x halves at every step
    const model = new RidgeVar(1, 1, Float64Array.of(0.5));
    expect([...model.forecast(Float64Array.of(1, 8), 1, 3)]).toEqual([4, 2, 1]);
  });

  it('predicts from as many rows as there are, the missing ones being the mean, 0', () => {
    const random = new SeededRandom(4);
    const [order, columns] = [3, 2];
    const coefficients = Float64Array.from({ length: order * columns * columns }, () => random.nextNormal());
    const model = new RidgeVar(order, columns, coefficients);
    const table = Float64Array.from({ length: 5 * columns }, () => random.nextNormal());
    table[2] = 0;
    for (let row = 0; row < 5; row++) {
      const out = new Float64Array(8).fill(9);
      model.predict(table, row, out, 4);
      for (let j = 0; j < columns; j++) {
        let expected = 0;
        for (let k = 1; k <= Math.min(order, row); k++) {
          for (let i = 0; i < columns; i++)
            expected += coefficients[((k - 1) * columns + i) * columns + j] * table[(row - k) * columns + i];
        }
        expect(out[4 + j]).toBeCloseTo(expected, 12);
      }
      expect(Array.from(out.with(4, 9).with(5, 9))).toEqual(new Array(8).fill(9));
    }
  });

  it('forecasts from a past that is shorter than its order', () => {
    // x(t) = ½·x(t−1) + ¼·x(t−2): of 8 alone come 4, then 2 + 2, then 2 + 1
    const model = new RidgeVar(2, 1, Float64Array.of(0.5, 0.25));
    expect([...model.forecast(Float64Array.of(8, 100), 0, 3)]).toEqual([4, 4, 3]);
  });

  it('refuses coefficients that do not fit', () => {
    expect(() => new RidgeVar(2, 1, new Float64Array(3))).toThrow(
      "3 coefficients don't make a VAR(2) of 1 columns",
    );
  });

  it('refuses tables that are too short', () => {
    expect(() => RidgeVar.fit([new Float64Array(4)], 2, { order: 2, ridge: 1 })).toThrow(
      'longer than 2 rows',
    );
  });
});
