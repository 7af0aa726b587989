import { describe, expect, it } from '#jest';
import { CholeskyDecomposition, EigenvalueDecomposition, Matrix } from 'ml-matrix';
import { choleskyFactor, choleskyInverse, choleskySolve } from './cholesky.js';
import { covariance } from './covariance.js';
import { SeededRandom } from './seeded-random.js';
import { symmetricEigen } from './symmetric-eigen.js';

function expectClose(actual: Float64Array, expected: ArrayLike<number>, digits = 10): void {
  expect(actual).toHaveLength(expected.length);
  actual.forEach((value, i) => expect(value).toBeCloseTo(expected[i], digits));
}

function product(a: Float64Array, b: Float64Array, n: number): Float64Array {
  return Float64Array.from({ length: n * n }, (_, at) => {
    let sum = 0;
    for (let k = 0; k < n; k++) sum += a[Math.floor(at / n) * n + k] * b[k * n + (at % n)];
    return sum;
  });
}

const asMatrix = (a: Float64Array, columns: number): Matrix =>
  Matrix.from1DArray(a.length / columns, columns, a);

function randomSymmetric(n: number, seed = 7): Float64Array {
  const random = new SeededRandom(seed);
  const a = new Float64Array(n * n);
  for (let i = 0; i < n; i++) for (let j = 0; j <= i; j++) a[i * n + j] = a[j * n + i] = random.nextNormal();
  return a;
}

describe('Cholesky factor', () => {
  const a = Float64Array.of(4, 2, 2, 2, 5, 3, 2, 3, 6);

  it('of a 3×3 matrix by hand: rows (2), (1, 2), (1, 1, 2)', () => {
    expectClose(choleskyFactor(a, 3), [2, 0, 0, 1, 2, 0, 1, 1, 2]);
  });

  it('solves A·x = b: x = (1, −1, 2) gives b = (6, 3, 11)', () => {
    expectClose(choleskySolve(choleskyFactor(a, 3), 3, Float64Array.of(6, 3, 11)), [1, -1, 2]);
  });

  it('inverts', () => {
    expectClose(product(a, choleskyInverse(choleskyFactor(a, 3), 3), 3), [1, 0, 0, 0, 1, 0, 0, 0, 1]);
  });

  it.each([1, 2, 3, 10, 52])(
    'and the solution for three right sides are those of ml-matrix, order %d',
    (n) => {
      // S·Sᵀ + I has a condition of |S|² + 1, about 4n + 1 = 209 for the largest: rounding, 1e-16 times that, is far below the
      // 5e-10 allowed.
      const root = randomSymmetric(n, n);
      const definite = product(root, root, n).map((value, at) => (at % (n + 1) === 0 ? value + 1 : value));
      const theirs = new CholeskyDecomposition(asMatrix(definite, n));
      const factor = choleskyFactor(definite, n);
      expectClose(factor, theirs.lowerTriangularMatrix.to1DArray(), 9);
      const random = new SeededRandom(100 + n);
      const right = Float64Array.from({ length: 3 * n }, () => random.nextNormal());
      const solution = theirs.solve(asMatrix(right, 3)).to1DArray();
      expectClose(choleskySolve(factor, n, right, 3), solution, 9);
    },
  );

  it('inverts to exact symmetry, whatever is above the diagonal of the matrix', () => {
    const n = 12;
    const root = randomSymmetric(n, 3);
    const definite = product(root, root, n).map((value, at) => (at % (n + 1) === 0 ? value + 1 : value));
    const lowerOnly = definite.map((value, at) => (at % n > Math.floor(at / n) ? NaN : value));
    const inverse = choleskyInverse(choleskyFactor(lowerOnly, n), n);
    expect(inverse).toEqual(inverse.map((_, at) => inverse[(at % n) * n + Math.floor(at / n)]));
    const identity = Array.from({ length: n * n }, (_, at) => (at % (n + 1) === 0 ? 1 : 0));
    expectClose(product(definite, inverse, n), identity, 9);
  });

  it('refuses a matrix that is not positive definite', () => {
    // (1, 1), (1, 1 + ε): the second pivot is ε
    const almost = (pivot: number): Float64Array => Float64Array.of(1, 1, 1, 1 + pivot);
    expect(() => choleskyFactor(almost(0), 2)).toThrow('not positive definite (pivot 1)');
    expect(choleskyFactor(almost(2 ** -40), 2)[3]).toBe(2 ** -20);
    expect(() => choleskyFactor(Float64Array.of(NaN), 1)).toThrow('pivot 0');
    expect(() => choleskyFactor(new Float64Array(4), 2)).toThrow('pivot 0');
    expect(() => choleskyFactor(Float64Array.of(1, 2, 2, 1), 2)).toThrow('not positive definite');
  });
});

describe('eigenvalues of a symmetric matrix', () => {
  it('of [[2, 1], [1, 2]] are 3 and 1 with vectors (1, 1)/√2 and (1, −1)/√2', () => {
    const { values, vectors } = symmetricEigen(Float64Array.of(2, 1, 1, 2), 2);
    expectClose(values, [3, 1]);
    expectClose(
      vectors.map(Math.abs),
      [1, 1, 1, 1].map((v) => v / Math.SQRT2),
    );
    expect(vectors[2] * vectors[3]).toBeLessThan(0);
  });

  it('of the second-difference matrix of order 40 are 2 − 2·cos(kπ/41)', () => {
    const n = 40;
    const a = Float64Array.from({ length: n * n }, (_, at) => {
      const distance = Math.abs(Math.floor(at / n) - (at % n));
      return distance === 0 ? 2 : distance === 1 ? -1 : 0;
    });
    const expected = Array.from({ length: n }, (_, i) => 2 - 2 * Math.cos(((n - i) * Math.PI) / (n + 1)));
    expectClose(symmetricEigen(a, n).values, expected, 12);
  });

  it('rebuild a random matrix of order 60 and have orthonormal vectors', () => {
    const n = 60;
    const a = randomSymmetric(n);
    const { values, vectors } = symmetricEigen(a, n);
    const transposed = Float64Array.from(
      { length: n * n },
      (_, at) => vectors[(at % n) * n + Math.floor(at / n)],
    );
    const scaled = vectors.map((value, at) => value * values[Math.floor(at / n)]);
    expectClose(product(transposed, scaled, n), a);
    const identity = Float64Array.from({ length: n * n }, (_, at) => (Math.floor(at / n) === at % n ? 1 : 0));
    expectClose(product(vectors, transposed, n), identity);
  });

  it.each([1, 2, 3, 10, 52])('and the vectors are those of ml-matrix, order %d', (n) => {
    const a = randomSymmetric(n, n);
    const theirs = new EigenvalueDecomposition(asMatrix(a, n), { assumeSymmetric: true });
    const { values, vectors } = symmetricEigen(a, n);
    // Theirs ascend. A vector may point either way, its product with theirs being 1 or −1; ours
    // has its largest component positive.
    expectClose(values, theirs.realEigenvalues.toReversed(), 10);
    values.forEach((_, k) => {
      const vector = vectors.subarray(k * n, (k + 1) * n);
      const own = Matrix.rowVector(vector);
      const other = theirs.eigenvectorMatrix.getColumnVector(n - 1 - k);
      expect(Math.abs(own.mmul(other).get(0, 0))).toBeCloseTo(1, 9);
      expect(Math.max(...vector)).toBe(Math.max(...vector.map(Math.abs)));
    });
  });

  it('handle repeated values and zeros', () => {
    expectClose(symmetricEigen(Float64Array.of(1, 1, 1, 1, 1, 1, 1, 1, 1), 3).values, [3, 0, 0]);
    expectClose(symmetricEigen(new Float64Array(9), 3).values, [0, 0, 0]);
  });

  it('of a diagonal matrix are its entries in descending order, with unit vectors, and the matrix stays as it is', () => {
    const a = Float64Array.of(1, 0, 0, 0, -5, 0, 0, 0, 3);
    const { values, vectors } = symmetricEigen(a, 3);
    expect(Array.from(values)).toEqual([3, 1, -5]);
    expectClose(vectors, [0, 0, 1, 1, 0, 0, 0, 1, 0]);
    expect(Array.from(a)).toEqual([1, 0, 0, 0, -5, 0, 0, 0, 3]);
  });

  it('keep what is small beside what is large', () => {
    // 10⁻⁸ beside 1 in a column: reflected the wrong way, it would be lost in 1 − √(1 + 10⁻¹⁶).
    const a = Float64Array.of(0, 1, 1e-8, 1, 0, 0, 1e-8, 0, 5);
    const { values, vectors } = symmetricEigen(a, 3);
    values.forEach((value, k) => {
      const vector = vectors.subarray(k * 3, k * 3 + 3);
      for (let i = 0; i < 3; i++) {
        const product = vector.reduce((sum, x, j) => sum + a[i * 3 + j] * x, 0);
        expect(Math.abs(product - value * vector[i])).toBeLessThan(1e-14);
      }
    });
  });

  it.each([NaN, Infinity])('are not looked for in a matrix that holds %d', (value) => {
    expect(() => symmetricEigen(Float64Array.of(1, value, value, 1), 2)).toThrow('no convergence');
  });
});

describe('covariance', () => {
  it('of the rows (1, 2), (2, 4), (3, 9): variances 1 and 13, covariance 3.5', () => {
    const tables = [Float64Array.of(1, 2, 2, 4), Float64Array.of(3, 9)];
    expectClose(covariance(tables, 2), [1, 3.5, 3.5, 13]);
  });

  it('needs two rows', () => {
    expect(() => covariance([Float64Array.of(1, 2)], 2)).toThrow('at least two rows');
    expectClose(covariance([Float64Array.of(1, 2), Float64Array.of(3, 2)], 2), [2, 0, 0, 0]);
  });
});
