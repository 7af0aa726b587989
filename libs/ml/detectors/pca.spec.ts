import { describe, expect, it } from '#jest';
import { EigenvalueDecomposition, Matrix } from 'ml-matrix';
import { empiricalLimit } from './calibration.js';
import { fitCva } from './cva.detector.js';
import type { DetectorFitInput } from './detector.js';
import { fitPca, hotellingLimit, parallelAnalysis, speLimit } from './pca.detector.js';
import { SeededRandom } from '../math/seeded-random.js';

const TAGS = 4;

/** Four tags moved by two causes, with noise of their own. */
function aRun(seed: number, rows = 300): Float64Array {
  const random = new SeededRandom(seed);
  const run = new Float64Array(rows * TAGS);
  let a = 0;
  for (let row = 0; row < rows; row++) {
    a = 0.7 * a + random.nextNormal();
    const b = random.nextNormal();
    const noise = (): number => 0.3 * random.nextNormal();
    run.set([5 + a + noise(), 2 * a + noise(), a - b + noise(), 100 + b + noise()], row * TAGS);
  }
  return run;
}

const input: DetectorFitInput = {
  tagCodes: ['A', 'B', 'C', 'D'],
  trainingRuns: [1, 2].map((seed) => aRun(seed)),
  calibrationRuns: [3, 4].map((seed) => aRun(seed, 600)),
};
const rows = 600;
const training = Matrix.from1DArray(
  rows,
  TAGS,
  input.trainingRuns.flatMap((run) => Array.from(run)),
);
const means = training.mean('column');
const deviations = training.standardDeviation('column', { unbiased: true });
const standardised = (values: ArrayLike<number>): number[] =>
  means.map((mean, i) => (values[i] - mean) / deviations[i]);

/** Correlations of the training rows, decomposed by another library; strongest first. */
function eigenOfCorrelations(): { values: number[]; vectors: number[][] } {
  const z = new Matrix(Array.from({ length: rows }, (_, row) => standardised(training.getRow(row))));
  const decomposition = new EigenvalueDecomposition(
    z
      .transpose()
      .mmul(z)
      .div(rows - 1),
    {
      assumeSymmetric: true,
    },
  );
  const order = [3, 2, 1, 0];
  return {
    values: order.map((k) => decomposition.realEigenvalues[k]),
    vectors: order.map((k) => decomposition.eigenvectorMatrix.getColumn(k)),
  };
}

describe('principal components', () => {
  const { values, vectors } = eigenOfCorrelations();
  const samples = [aRun(9, 20), Float64Array.of(9, -3, 4, 95)].flatMap((run) =>
    Array.from({ length: run.length / TAGS }, (_, row) => run.slice(row * TAGS, row * TAGS + TAGS)),
  );

  it.each([1, 2, 3])('split a sample into T² inside %d of them and SPE outside', (components) => {
    const { t2, spe } = fitPca(input, { components });
    for (const sample of samples) {
      const z = standardised(sample);
      const scores = vectors.map((vector) => vector.reduce((sum, value, i) => sum + value * z[i], 0));
      const inside = scores.slice(0, components).reduce((sum, score, k) => sum + score ** 2 / values[k], 0);
      const outside = scores.slice(components).reduce((sum, score) => sum + score ** 2, 0);
      expect(t2.step(sample).statistic).toBeCloseTo(inside, 8);
      expect(spe.step(sample).statistic).toBeCloseTo(outside, 8);
    }
  });

  it('have limits that one normal sample in a hundred exceeds, or by formula', () => {
    const { t2, spe } = fitPca(input, { components: 2 });
    for (const detector of [t2, spe])
      expect(detector.limit).toBe(empiricalLimit(detector, input.calibrationRuns, 0.01));
    const strict = fitPca(input, { components: 2, falseAlarmRate: 0.1 });
    expect(strict.t2.limit).toBe(empiricalLimit(t2, input.calibrationRuns, 0.1));
    const theoretical = fitPca(input, { components: 2, limits: 'theoretical' });
    expect(theoretical.t2.limit).toBeCloseTo(hotellingLimit(2, rows, 0.01), 8);
    expect(theoretical.spe.limit).toBeCloseTo(speLimit(Float64Array.from(values.slice(2)), 0.01), 8);
    expect([t2.name, spe.name]).toEqual(['pca_t2', 'pca_spe']);
  });

  it('are as many as stand out of chance, one at least and not all', () => {
    // (1 + √(4/100))² = 1.44
    expect(parallelAnalysis(Float64Array.of(2, 1.5, 0.3, 0.2), 100)).toBe(2);
    expect(parallelAnalysis(Float64Array.of(2, 1.44, 0.36, 0.2), 100)).toBe(1);
    expect(parallelAnalysis(Float64Array.of(1, 1, 1, 1), 100)).toBe(1);
    expect(parallelAnalysis(Float64Array.of(9, 9, 9), 100)).toBe(2);
    // Of the four here the first.
    const edge = (1 + Math.sqrt(4 / 600)) ** 2;
    expect(values.map((value) => value > edge)).toEqual([true, false, false, false]);
    const [byDefault, one] = [fitPca(input), fitPca(input, { components: 1 })];
    expect(byDefault.spe.step(samples[0]).statistic).toBe(one.spe.step(samples[0]).statistic);
  });

  it.each([0, 4, 1.5, NaN])('cannot be %d of four tags', (components) => {
    expect(() => fitPca(input, { components })).toThrow(
      `${components} components of 4 tags: there must be 1 … 3`,
    );
  });

  it('have an SPE limit by the formula of Jackson and Mudholkar', () => {
    // Eigenvalues 3, 2, 1: θ = 6, 14, 36, h = 1 − 2·6·36/(3·14²) = 0.26531; c = 2.32635 at 1 %.
    const h = 1 - (2 * 6 * 36) / (3 * 14 ** 2);
    const root = (2.326348 * Math.sqrt(2 * 14 * h ** 2)) / 6 + 1 + (14 * h * (h - 1)) / 36;
    expect(speLimit(Float64Array.of(3, 2, 1), 0.01)).toBeCloseTo(6 * root ** (1 / h), 3);
  });
});

describe('canonical variates', () => {
  it('leave T²_r of all states and of none: a whole Mahalanobis length in between', () => {
    // With p the past of two samples and Σ its covariance, the canonical variates are an orthogonal basis of L⁻¹·p: residual and
    // state parts add up to pᵀΣ⁻¹p, so that the residual shrinks with every state.
    const sample = [Float64Array.of(9, -3, 4, 95), Float64Array.of(5, 1, 0, 100)];
    const residuals = [1, 3, 5, 7].map((states) => {
      const detector = fitCva(input, { lags: 2, states });
      detector.step(sample[0]);
      return detector.step(sample[1]).statistic;
    });
    expect(residuals.toSorted((a, b) => b - a)).toEqual(residuals);
    expect(residuals[3]).toBeGreaterThan(0);
  });

  it.each([1, 3, 7])(
    'have a residual of as many directions of unit variance as %d states leave over',
    (states) => {
      const detector = fitCva(input, { lags: 2, states, ridge: 1e-9 });
      let sum = 0;
      let count = 0;
      for (const run of input.trainingRuns) {
        detector.reset();
        for (let at = 0; at < run.length; at += TAGS) {
          const { statistic, ready } = detector.step(run.subarray(at, at + TAGS));
          if (!ready) continue;
          sum += statistic;
          count++;
        }
      }
      // 2 tags × lags: 8 directions. The covariance is that of samples with a full past and future, nearly all of these.
      expect(Math.abs(sum / count - (8 - states))).toBeLessThan(0.05);
    },
  );

  it('leave what does not help to predict: the lasting cause is a state', () => {
    // What a sample says of the cause that lasts is in the first state, not in the residual; what it says of the other is not.
    const detector = fitCva(input, { lags: 1, states: 1 });
    const [mean, lasting, passing] = [means, [1, 2, 1, 0], [0, 0, -1, 1]];
    const step = (direction: number[]): number =>
      detector.step(Float64Array.from(mean, (value, i) => value + 3 * direction[i])).statistic;
    expect(step(passing)).toBeGreaterThan(5);
    expect(step(lasting)).toBeLessThan(0.2 * step(passing));
  });

  it('are found where a tag repeats another, by the ridge alone', () => {
    const repeated = (runs: readonly Float64Array[]): Float64Array[] =>
      runs.map((run) => run.map((value, at) => (at % TAGS === 3 ? run[at - 1] : value)));
    const twins = {
      ...input,
      trainingRuns: repeated(input.trainingRuns),
      calibrationRuns: repeated(input.calibrationRuns),
    };
    const detector = fitCva(twins, { lags: 1, states: 1 });
    const statisticAt = (apart: number): number =>
      detector.step(Float64Array.from(means).with(3, means[2] + apart)).statistic;
    expect(statisticAt(0)).toBeLessThan(detector.limit);
    expect(statisticAt(1)).toBeGreaterThan(100 * detector.limit);
    expect(() => fitCva(twins, { lags: 1, states: 1, ridge: 0 })).toThrow('not positive definite');
  });

  it('have three lags, 25 states and a limit of one sample in a hundred by default', () => {
    expect(() => fitCva(input)).toThrow('25 states of 12 past values: there must be 1 … 11');
    for (const states of [0, 8, 1.5])
      expect(() => fitCva(input, { lags: 2, states })).toThrow(`${states} states of 8 past values`);
    const detector = fitCva(input, { lags: 2, states: 3 });
    expect(detector.limit).toBe(
      fitCva(input, { lags: 2, states: 3, ridge: 1e-5, falseAlarmRate: 0.01 }).limit,
    );
    expect(detector.limit).toBe(empiricalLimit(detector, input.calibrationRuns, 0.01));
  });
});
