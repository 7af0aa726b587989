import { describe, expect, it } from '#jest';
import { ConstantMatrix, plainProduct } from './constant-matrix.js';
import { SeededRandom } from './seeded-random.js';

describe('a constant matrix', () => {
  it.each([
    [4, 2],
    [5, 3],
    [52, 817],
    [1, 1],
  ])('of %i × %i multiplies as written out, in SIMD and plainly', (rows, columns) => {
    const random = new SeededRandom(1);
    const values = Float64Array.from({ length: rows * columns }, () => random.nextNormal());
    const vector = Float64Array.from({ length: columns }, () => random.nextNormal());
    const expected = Array.from({ length: rows }, (_, i) => {
      return vector.reduce((sum, x, j) => sum + values[i * columns + j] * x, 0);
    });
    const inSimd = new Float64Array(rows);
    const plain = new Float64Array(rows);
    new ConstantMatrix(values, rows, columns).multiply(vector, inSimd);
    plainProduct(values, columns)(vector, plain);
    expected.forEach((value, i) => {
      expect(inSimd[i]).toBeCloseTo(value, 10);
      expect(plain[i]).toBeCloseTo(value, 10);
    });
  });

  it('keeps its numbers while many others come', () => {
    const first = new ConstantMatrix(Float64Array.of(1, 2, 3, 4), 2, 2);
    const others = Array.from(
      { length: 200 },
      () => new ConstantMatrix(new Float64Array(10_000).fill(9), 100, 100),
    );
    const out = new Float64Array(2);
    first.multiply(Float64Array.of(1, 10), out);
    expect(others).toHaveLength(200);
    expect(Array.from(out)).toEqual([21, 43]);
  });

  it('refuses numbers that do not fill it', () => {
    expect(() => new ConstantMatrix(new Float64Array(5), 2, 3)).toThrow('5 values are not a 2 × 3 matrix');
  });
});
