import { describe, expect, it } from '#jest';
import {
  averagePathLength,
  IsolationForest,
  type IsolationForestParameters,
  KEYS_PER_DEVIATION,
  LEAF,
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

  it('gives the scores that recursion over its splits gives', () => {
    const rows = aCloud(600, 7);
    const forest = IsolationForest.fit(rows, 7, { trees: 30, subsample: 100, seed: 4 });
    const scores = forest.scores(rows);
    scores.forEach((score, at) => {
      expect(score).toBeCloseTo(scoreByDefinition(forest.parameters, rows.slice(at * 7, at * 7 + 7)), 12);
    });
  });

  it('scores a row alone, plainly, as it scores it among others, in SIMD', () => {
    const rows = aCloud(67, 52);
    const forest = IsolationForest.fit(aCloud(400, 52, 5), 52);
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

  it('copes with constant columns and with rows that are all equal', () => {
    const constant = aCloud(100, 2).map((value, at) => (at % 2 === 0 ? 5 : value));
    const { parameters } = IsolationForest.fit(constant, 2);
    expect(parameters.thresholds.some((t, at) => t !== LEAF && parameters.features[at] === 0)).toBe(false);
    const flat = IsolationForest.fit(new Float64Array(40).fill(3), 2, { trees: 3 });
    expect(flat.score(Float64Array.of(3, 3))).toBeCloseTo(0.5, 12);
  });
});
