import { describe, expect, it } from '#jest';
import type { DetectorArtifact, StreamingDetector } from './detector.js';
import { InnovationBankDetector } from './innovation-bank.detector.js';
import { IsolationForestChartsDetector } from './isolation-forest-charts.detector.js';
import { IsolationForestDetector } from './isolation-forest.detector.js';
import { KEYS_PER_DEVIATION, LEAF } from './isolation-forest.js';
import { QuadraticDetector } from './quadratic.detector.js';
import { ZScoreDetector } from './zscore.detector.js';

const tagCodes = ['A', 'B'];
const numbers = (...values: number[]): Float64Array => Float64Array.from(values);
const UNIT = { mean: numbers(0, 0), standardDeviation: numbers(1, 1) };

/** Contributions to sample after sample; the detector writes all of them into one buffer. */
function blamed(detector: StreamingDetector, samples: readonly (readonly number[])[]): number[][] {
  return samples.map((sample) => Array.from(detector.step(Float64Array.from(sample)).contributions));
}

function expectClose(actual: number[][], expected: number[][]): void {
  expect(actual).toHaveLength(expected.length);
  actual.flat().forEach((value, at) => expect(value).toBeCloseTo(expected.flat()[at], 12));
}

/** One tree of depth 2: the root splits A at `threshold`, and its right child B at 1. */
function aTree(threshold: number): {
  meta: { trees: number; subsample: number };
  tensors: DetectorArtifact['tensors'];
} {
  return {
    meta: { trees: 1, subsample: 4 },
    tensors: {
      ...UNIT,
      thresholds: numbers(LEAF, threshold * KEYS_PER_DEVIATION, LEAF, KEYS_PER_DEVIATION),
      features: numbers(0, 0, 0, 1),
      leafSizes: numbers(1, 0, 3, 1),
    },
  };
}

/** Tags that predict nothing and one chart of the square of its present innovation, whose rarity is the square itself. */
const bank = new InnovationBankDetector({
  tagCodes,
  ...UNIT,
  model: {
    columns: 2,
    lags: 1,
    coefficients: numbers(0, 0, 0, 0),
    covariance: numbers(1, 0, 0, 1),
    precision: numbers(1, 0, 0, 1),
  },
  quadratic: {
    columns: 2,
    components: 0,
    smoothing: 0.1,
    projection: numbers(),
    productMeans: numbers(),
    intercept: numbers(0, 0),
    weights: numbers(),
  },
  charts: [{ kind: 'variance', residual: 'sensor', smoothing: 1, memory: 1 }],
  scales: [{ offset: numbers(0, 0), slope: numbers(1, 1) }],
  limit: 5,
});

describe('contributions, sample after sample, by hand', () => {
  it('of the z-score are the distances from the mean, nothing for a value that is missing', () => {
    const detector = ZScoreDetector.fromArtifact({
      meta: { detector: 'zscore', tagCodes, limit: 3 },
      tensors: { mean: numbers(10, 0), standardDeviation: numbers(2, 5) },
    });
    // |16 − 10|/2 and |−5 − 0|/5, then |9 − 10|/2
    const samples = [
      [16, -5],
      [9, NaN],
      [16, -5],
    ];
    expect(blamed(detector, samples)).toEqual([
      [3, 1],
      [0.5, 0],
      [3, 1],
    ]);
  });

  it('of a quadratic form are (M·z)ᵢ²/Mᵢᵢ, and add up to the statistic where M is diagonal', () => {
    const quadratic = (form: Float64Array): QuadraticDetector =>
      new QuadraticDetector({ name: 'pca_t2', tagCodes, ...UNIT, lags: 1, form, limit: 1 });
    const samples = [
      [2, -1],
      [0, 3],
      [0, 0],
    ];
    // M = [[2, 1], [1, 2]]: M·z = (3, 0), then (3, 6), then 0; squared and divided by 2
    expect(blamed(quadratic(numbers(2, 1, 1, 2)), samples)).toEqual([
      [4.5, 0],
      [4.5, 18],
      [0, 0],
    ]);
    // M = diag(2, 3): T² = 2·a² + 3·b² = 8 + 3, then 27
    const diagonal = quadratic(numbers(2, 0, 0, 3));
    expect(blamed(diagonal, samples)).toEqual([
      [8, 3],
      [0, 27],
      [0, 0],
    ]);
    expect(diagonal.step(numbers(2, -1)).statistic).toBe(8 + 3);
  });

  it('of a form over two samples are those of the present one and the one before it together', () => {
    // M = diag(1, 2, 3, 4) over the stack (a, b, a before, b before): a² + 3·(a before)² and 2·b² + 4·(b before)²
    const form = Float64Array.from({ length: 16 }, (_, at) => (at % 5 === 0 ? 1 + at / 5 : 0));
    const detector = new QuadraticDetector({ name: 'cva', tagCodes, ...UNIT, lags: 2, form, limit: 1 });
    const samples = [
      [1, 2],
      [3, 1],
      [0, 1],
      [0, 0],
      [0, 0],
    ];
    expect(blamed(detector, samples)).toEqual([
      [1, 8],
      [9 + 3, 2 + 16],
      [27, 2 + 4],
      [0, 4],
      [0, 0],
    ]);
  });

  it('of the isolation forest are what the tree needed of a tag beyond the normal', () => {
    const { meta, tensors } = aTree(0);
    const detector = IsolationForestDetector.fromArtifact({
      meta: { detector: 'isolation_forest', tagCodes, limit: 0.5, ...meta },
      tensors: { ...tensors, normalImportance: numbers(0.1, 0.2) },
    });
    // A < 0 is isolated by one split of depth 2: 1/1 − 1/2, less 0.1. Otherwise both levels are used: 1/2 − 1/2.
    const samples = [
      [-1, 0],
      [1, 2],
      [-1, 0],
      [-1, 9],
    ];
    expectClose(blamed(detector, samples), [
      [0.4, 0],
      [0, 0],
      [0.4, 0],
      [0.4, 0],
    ]);
  });

  it('of the innovation bank are shares in the excess of the rarest chart and the averaged innovation, both squared', () => {
    bank.reset();
    // The average moves a tenth of the way, and its deviation is √(0.1/1.9): 2 counts (0.1·2)²·19 = 0.76, 1 counts 0.19.
    // Rarities 2² and 1², of which 2 is ordinary: excess 2 and 0. After a sample at rest the averages have 0.9 left.
    const samples = [
      [0, 0],
      [2, 1],
      [0, 0],
      [0, 0],
    ];
    expectClose(blamed(bank, samples), [
      [0, 0],
      [4.76 / 4.95, 0.19 / 4.95],
      [0.76 / 0.95, 0.19 / 0.95],
      [0.76 / 0.95, 0.19 / 0.95],
    ]);
    // Both values missing: the past is gone, and nobody is to blame.
    expect(blamed(bank, [[NaN, NaN]])).toEqual([[0, 0]]);
  });

  it('of the innovation bank in alarm are weighed from the onset, and stay while the plant stands still', () => {
    bank.reset();
    const [atRest, calm, onset, second, ...still] = blamed(bank, [
      [0, 0],
      [0, 0.1],
      [3, 0],
      [0, 3],
      [0, 3],
      [0, 3],
    ]);
    expect(atRest).toEqual([0, 0]);
    expectClose([calm], [[0, 1]]);
    // Rarity 3² is beyond the limit, 5: excess 7. The averages are 0.3 and 0.9 · 0.01, their squares count 19 times.
    const first = 49 + 0.3 ** 2 * 19;
    const b = (0.009 ** 2 * 19) / (first + 0.009 ** 2 * 19);
    expectClose([onset], [[1 - b, b]]);
    // Then averages 0.27 and 0.9 · 0.009 + 0.3, the second sample of weight 1/2 among 1 + 1/2. And then nothing new.
    const moved = [0.27 ** 2 * 19, 49 + 0.3081 ** 2 * 19];
    const later = b + ((moved[1] / (moved[0] + moved[1]) - b) * (1 / 2)) / (1 + 1 / 2);
    expectClose([second], [[1 - later, later]]);
    expect(still).toEqual([second, second]);
    // A reset forgets the onset, too: what counts is the sample again.
    bank.reset();
    const afresh = blamed(bank, [
      [0, 0],
      [0, 0.1],
    ]);
    expect(afresh).toEqual([
      [0, 0],
      [0, 1],
    ]);
  });

  it('of the forest on the charts are what its tree needed of the chart of a tag', () => {
    const forest = aTree(1);
    const named = Object.entries(forest.tensors).map(([name, tensor]) => [`forest_${name}`, tensor] as const);
    const { meta, tensors } = bank.toArtifact();
    const detector = IsolationForestChartsDetector.fromArtifact({
      meta: { ...meta, ...forest.meta, detector: 'isolation_forest_charts', bankLimit: 5, limit: 0.5 },
      tensors: { ...tensors, ...Object.fromEntries(named), normalImportance: numbers(0.1, 0.2) },
    });
    // The rarity of A, its square, is below 1 or not: 1/1 − 1/2 − 0.1, or 1/2 − 1/2. The first sample has no past.
    const samples = [
      [0, 0],
      [0.5, 2],
      [2, 1],
      [0.5, 2],
      [NaN, NaN],
      [0, 0],
    ];
    expectClose(blamed(detector, samples), [
      [0, 0],
      [0.4, 0],
      [0, 0],
      [0.4, 0],
      [0, 0],
      [0, 0],
    ]);
  });
});
