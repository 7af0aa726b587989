import { describe, expect, it } from '#jest';
import {
  averagePathLength,
  IsolationForest,
  type IsolationForestParameters,
  KEYS_PER_DEVIATION,
  LEAF,
  meanImportance,
} from './isolation-forest.js';
import { SeededRandom } from '../math/seeded-random.js';

function aCloud(rows: number, columns: number, seed = 11): Float64Array {
  const random = new SeededRandom(seed);
  return Float64Array.from({ length: rows * columns }, () => random.nextNormal());
}

/** Scores straight from the definition: recursion over the stored splits, thresholds in standard deviations. */
function scoreByDefinition(parameters: IsolationForestParameters, row: Float64Array): number {
  const { trees, subsample, thresholds, features, leafSizes, mean, standardDeviation } = parameters;
  const width = thresholds.length / trees;
  const path = (tree: number, node: number, depth: number): number => {
    const at = tree * width + node;
    if (node >= width || thresholds[at] === LEAF) {
      const bottom = tree * width + node * 2 ** (Math.log2(width) - depth) - width;
      return depth + averagePathLength(leafSizes[bottom]);
    }
    const column = features[at];
    const isRight =
      (row[column] - mean[column]) / standardDeviation[column] >= thresholds[at] / KEYS_PER_DEVIATION;
    return path(tree, 2 * node + (isRight ? 1 : 0), depth + 1);
  };
  let total = 0;
  for (let tree = 0; tree < trees; tree++) total += path(tree, 1, 0);
  return 2 ** (-total / trees / averagePathLength(subsample));
}

describe('an isolation forest', () => {
  it('normalises by c(n) = 2(ln(n−1) + γ) − 2(n−1)/n: c(256) = 10.2448, c(2) = 1, c(1) = 0', () => {
    expect(averagePathLength(256)).toBeCloseTo(10.244771, 5);
    expect(averagePathLength(2)).toBe(1);
    expect(averagePathLength(1)).toBe(0);
  });

  it('scores a forest of one tree by hand', () => {
    // ψ = 4, depth 2. Root splits column 0 at 0, its right child splits column 1 at 1 (standardised = raw here).
    // Left leaf: depth 1, 2 rows: 1 + c(2) = 2. Right: both leaves depth 2, one row each: 2.  c(4) = 2(ln 3 + γ) − 1.5.
    const forest = new IsolationForest({
      mean: Float64Array.of(0, 0),
      standardDeviation: Float64Array.of(1, 1),
      trees: 1,
      subsample: 4,
      thresholds: Float32Array.of(LEAF, 0, LEAF, KEYS_PER_DEVIATION),
      features: Float32Array.of(0, 0, 0, 1),
      leafSizes: Float32Array.of(1, 0, 3, 1),
    });
    const c4 = 2 * (Math.log(3) + 0.5772156649) - 1.5;
    const c3 = 2 * (Math.log(2) + 0.5772156649) - 4 / 3;
    expect(forest.score(Float64Array.of(-0.1, 9))).toBeCloseTo(2 ** (-1 / c4), 9);
    expect(forest.score(Float64Array.of(0, 0.99))).toBeCloseTo(2 ** (-(2 + c3) / c4), 9);
    expect(forest.score(Float64Array.of(0, 1))).toBeCloseTo(2 ** (-2 / c4), 9);
  });

  // Trees of depth 7 go to the arithmetic in WebAssembly, those of depth 3 to that in JavaScript.
  it.each([100, 8])(
    'gives the scores that recursion over its splits gives: trees of %i rows',
    (subsample) => {
      const rows = aCloud(600, 7);
      const forest = IsolationForest.fit(rows, 7, { trees: 30, subsample, seed: 4 });
      const scores = forest.scores(rows);
      scores.forEach((score, at) => {
        expect(score).toBeCloseTo(scoreByDefinition(forest.parameters, rows.slice(at * 7, at * 7 + 7)), 12);
      });
    },
  );

  // 97 trees: one is left when four at a time are walked.
  it('scores a row alone as it scores it among others', () => {
    const rows = aCloud(67, 52);
    const forest = IsolationForest.fit(aCloud(400, 52, 5), 52, { trees: 97 });
    const scores = forest.scores(rows);
    scores.forEach((score, at) => expect(forest.score(rows, at * 52)).toBe(score));
  });

  it('keeps every row of every subsample in exactly one leaf, and one row per leaf above the depth limit', () => {
    const { parameters } = IsolationForest.fit(aCloud(300, 3), 3, { trees: 20, subsample: 64 });
    const width = 64;
    for (let tree = 0; tree < 20; tree++) {
      const sizes = parameters.leafSizes.subarray(tree * width, (tree + 1) * width);
      expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(64);
    }
  });

  it('finds what stands apart: points at 6 σ score above every normal point but few', () => {
    const rows = aCloud(1000, 5);
    const forest = IsolationForest.fit(rows, 5);
    const outlier = forest.score(Float64Array.of(6, -6, 6, -6, 6));
    expect(outlier).toBeGreaterThan(0.7);
    expect(forest.scores(rows).filter((score) => score > 0.6).length).toBeLessThan(20);
    const mean = forest.scores(rows).reduce((sum, score) => sum + score, 0) / 1000;
    expect(mean).toBeGreaterThan(0.4);
    expect(mean).toBeLessThan(0.5);
  });

  it('is the same forest for the same seed, whatever the units of a column', () => {
    const rows = aCloud(300, 2);
    const inOtherUnits = rows.map((value, at) => (at % 2 === 0 ? value * 1024 + 4096 : value));
    const a = IsolationForest.fit(rows, 2, { seed: 9 }).scores(rows);
    const b = IsolationForest.fit(inOtherUnits, 2, { seed: 9 }).scores(inOtherUnits);
    const c = IsolationForest.fit(rows, 2, { seed: 10 }).scores(rows);
    a.forEach((score, i) => expect(score).toBeCloseTo(b[i], 2));
    expect(Array.from(c)).not.toEqual(Array.from(a));
  });

  it('blames the column that isolates the row', () => {
    const rows = aCloud(1000, 6);
    const forest = IsolationForest.fit(rows, 6);
    const importance = forest.localImportance(Float64Array.of(0, 0, 0, 8, 0, 0), new Float64Array(6));
    expect(importance.indexOf(Math.max(...importance))).toBe(3);
  });

  it('refuses arrays that do not fit together, a single row, and too many columns', () => {
    const { parameters } = IsolationForest.fit(aCloud(40, 2), 2, { trees: 3, subsample: 16 });
    for (const name of ['thresholds', 'features', 'leafSizes'] as const) {
      const short = { ...parameters, [name]: parameters[name].subarray(1) };
      expect(() => new IsolationForest(short)).toThrow('a forest of 3 trees of depth 4 has 48 nodes');
    }
    expect(() => IsolationForest.fit(aCloud(40, 2), 2, { subsample: 1 })).toThrow('needs two rows, got 1');
    expect(() => IsolationForest.fit(new Float64Array(2 * 257), 257)).toThrow('257 columns, 256 at most');
    expect(IsolationForest.fit(aCloud(3, 256), 256, { trees: 2 }).columns).toBe(256);
  });

  it('has a hundred trees of 256 rows by default, of all rows when there are fewer', () => {
    const { parameters } = IsolationForest.fit(aCloud(300, 2), 2);
    expect([parameters.trees, parameters.subsample]).toEqual([100, 256]);
    expect(parameters).toEqual(
      IsolationForest.fit(aCloud(300, 2), 2, { trees: 100, subsample: 256, seed: 1 }).parameters,
    );
    expect(IsolationForest.fit(aCloud(50, 2), 2, { trees: 1 }).parameters.subsample).toBe(50);
    expect(IsolationForest.fit(aCloud(50, 2), 2, { trees: 1, subsample: 51 }).parameters.subsample).toBe(50);
  });

  it('scores by the same rule with and without the kernel, which needs four levels', () => {
    const rows = aCloud(100, 3);
    for (const subsample of [8, 9]) {
      const forest = IsolationForest.fit(rows, 3, { trees: 5, subsample });
      forest.scores(rows).forEach((score, at) => {
        expect(score).toBeCloseTo(scoreByDefinition(forest.parameters, rows.subarray(at * 3, at * 3 + 3)), 9);
        expect(forest.score(rows, at * 3)).toBe(score);
      });
    }
  });

  it('reaches 32 deviations to both sides, and takes what is beyond for the end', () => {
    const stump = (threshold: number): IsolationForest =>
      new IsolationForest({
        mean: Float64Array.of(0),
        standardDeviation: Float64Array.of(1),
        trees: 1,
        subsample: 2,
        thresholds: Float32Array.of(LEAF, threshold),
        features: Float32Array.of(0, 0),
        leafSizes: Float32Array.of(1, 9),
      });
    // Left, a leaf of one row: 2^(−1/1). Right, of nine: 2^(−1 − c(9)).
    const right = 2 ** (-1 - averagePathLength(9));
    const score = (threshold: number, value: number): number =>
      stump(threshold).score(Float64Array.of(value));
    expect(score(31.9 * KEYS_PER_DEVIATION, 1e9)).toBeCloseTo(right, 9);
    expect(score(-31.9 * KEYS_PER_DEVIATION, -1e9)).toBeCloseTo(0.5, 9);
    expect(score(0, 0)).toBeCloseTo(right, 9);
    expect(score(0, -1e-9)).toBeCloseTo(0.5, 9);
  });

  it('blames by hand: the earlier a tree isolates the row the more, over the splits on a column', () => {
    // Two trees of depth 2 over columns 0 and 1: the first splits 0 at 0 and, to its right, 1 at 1; the second splits 1 alone.
    const forest = new IsolationForest({
      mean: Float64Array.of(0, 0),
      standardDeviation: Float64Array.of(1, 1),
      trees: 2,
      subsample: 4,
      thresholds: Float32Array.of(LEAF, 0, LEAF, KEYS_PER_DEVIATION, LEAF, 0, LEAF, LEAF),
      features: Float32Array.of(0, 0, 0, 1, 0, 1, 0, 0),
      leafSizes: Float32Array.of(1, 0, 1, 1, 2, 0, 2, 0),
    });
    const blame = (...row: number[]): number[] =>
      Array.from(forest.localImportance(Float64Array.from(row), new Float64Array(2).fill(9)));
    // Depth 1 counts 1 − ½, depth 2 counts ½ − ½. The right half of the first tree splits on both columns.
    expect(blame(-1, 5)).toEqual([0.5, 0.5]);
    expect(blame(1, 5)).toEqual([0, (0 + 0.5) / 2]);
  });

  it('measures what blame is usual over rows spread evenly, a thousand at most', () => {
    const rows = aCloud(1500, 2);
    const forest = IsolationForest.fit(rows, 2, { trees: 4, subsample: 16 });
    const usual = (picked: readonly number[]): number[] => {
      const each = picked.map((row) =>
        forest.localImportance(rows.subarray(row * 2, row * 2 + 2), new Float64Array(2)),
      );
      return [0, 1].map((j) => each.reduce((sum, blame) => sum + blame[j], 0) / each.length);
    };
    const spread = Array.from({ length: 1000 }, (_, k) => Math.floor(k * 1.5));
    meanImportance(forest, rows).forEach((value, j) => expect(value).toBeCloseTo(usual(spread)[j], 12));
    const few = [0, 1, 2, 3, 4];
    meanImportance(forest, rows.subarray(0, 10)).forEach((value, j) =>
      expect(value).toBeCloseTo(usual(few)[j], 12),
    );
  });

  it('copes with constant columns and with rows that are all equal', () => {
    const constant = aCloud(100, 2).map((value, at) => (at % 2 === 0 ? 5 : value));
    const { parameters } = IsolationForest.fit(constant, 2);
    expect(parameters.thresholds.some((t, at) => t !== LEAF && parameters.features[at] === 0)).toBe(false);
    const flat = IsolationForest.fit(new Float64Array(40).fill(3), 2, { trees: 3 });
    expect(flat.score(Float64Array.of(3, 3))).toBeCloseTo(0.5, 12);
  });
});
