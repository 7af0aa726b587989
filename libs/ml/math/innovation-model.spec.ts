import { describe, expect, it } from '#jest';
import { fitInnovationModel } from './innovation-model.js';
import { laggedMoments } from './lagged-moments.js';
import { SeededRandom } from './seeded-random.js';

/** x(t) = 0.8·x(t−1) + e, y(t) = x(t−1) + 0.5·f with independent standard normal e, f. */
function aRun(seed: number, rows: number): Float64Array {
  const random = new SeededRandom(seed);
  const run = new Float64Array(rows * 2);
  let x = 0;
  for (let row = 0; row < rows; row++) {
    run[row * 2 + 1] = x + 0.5 * random.nextNormal();
    x = 0.8 * x + random.nextNormal();
    run[row * 2] = x;
  }
  return run;
}

describe('lagged moments', () => {
  it('equal the sums of products written out sample by sample', () => {
    const runs = [aRun(1, 40), aRun(2, 25)];
    const lags = 3;
    const size = (lags + 1) * 2;
    const expected = new Float64Array(size * size);
    for (const run of runs) {
      for (let t = lags; t < run.length / 2; t++) {
        const x = Array.from({ length: size }, (_, i) => run[(t - Math.floor(i / 2)) * 2 + (i % 2)]);
        x.forEach((a, i) => x.forEach((b, j) => (expected[i * size + j] += a * b)));
      }
    }
    const moments = laggedMoments(runs, 2, lags);
    expect(moments.samples).toBe(40 - 3 + 25 - 3);
    moments.matrix.forEach((value, at) => expect(value).toBeCloseTo(expected[at], 9));
  });

  it('need a run longer than the lags', () => {
    expect(() => laggedMoments([new Float64Array(6)], 2, 3)).toThrow('a run of 3 rows');
  });
});

describe('the innovation model', () => {
  const runs = [aRun(5, 60), aRun(6, 45)];

  it('solves the ridge normal equations, and leaves over what it does not predict', () => {
    const [lags, ridge] = [2, 0.05];
    const { coefficients, covariance, precision } = fitInnovationModel(runs, 2, { lags, ridge });
    const past = lags * 2;
    const samples = 60 - lags + 45 - lags;
    const left = new Float64Array(4);
    /** Σ past·(what is left of a tag) equals the penalty times its coefficients. */
    const gradient = new Float64Array(2 * past);
    for (const run of runs) {
      for (let t = lags; t < run.length / 2; t++) {
        const x = Array.from({ length: past }, (_, i) => run[(t - 1 - Math.floor(i / 2)) * 2 + (i % 2)]);
        const e = [0, 1].map((i) =>
          x.reduce((rest, value, k) => rest - coefficients[i * past + k] * value, run[t * 2 + i]),
        );
        e.forEach((a, i) => e.forEach((b, j) => (left[i * 2 + j] += (a * b) / samples)));
        e.forEach((a, i) => x.forEach((value, k) => (gradient[i * past + k] += a * value)));
      }
    }
    gradient.forEach((value, at) => expect(value).toBeCloseTo(ridge * samples * coefficients[at], 9));
    // The floor of the variance is 1e-8.
    [left[0] + 1e-8, left[1], left[2], left[3] + 1e-8].forEach((value, at) =>
      expect(covariance[at]).toBeCloseTo(value, 12),
    );
    const determinant = covariance[0] * covariance[3] - covariance[1] ** 2;
    const inverse = [covariance[3], -covariance[1], -covariance[1], covariance[0]];
    inverse.forEach((value, at) => expect(precision[at]).toBeCloseTo(value / determinant, 9));
  });

  it('looks six samples back with a ridge of 1e-5 where nothing else is asked for', () => {
    const model = fitInnovationModel(runs, 2);
    expect([model.columns, model.lags]).toEqual([2, 6]);
    expect(model).toEqual(fitInnovationModel(runs, 2, { lags: 6, ridge: 1e-5 }));
  });

  it('recovers the coefficients and the innovation variances of a known process', () => {
    const model = fitInnovationModel([aRun(3, 20_000), aRun(4, 20_000)], 2, { lags: 2, ridge: 1e-6 });
    const row = (i: number): number[] => Array.from(model.coefficients.subarray(i * 4, i * 4 + 4));
    [0.8, 0, 0, 0].forEach((value, i) => expect(row(0)[i]).toBeCloseTo(value, 1));
    [1, 0, 0, 0].forEach((value, i) => expect(row(1)[i]).toBeCloseTo(value, 1));
    expect(model.covariance[0]).toBeCloseTo(1, 1);
    expect(model.covariance[3]).toBeCloseTo(0.25, 2);
    expect(model.covariance[1]).toBeCloseTo(0, 1);
    expect(model.precision[3]).toBeCloseTo(4, 0);
  });
});
