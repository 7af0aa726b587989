import { createForestKernel, ROWS_AT_ONCE, type ForestKernel } from './forest-kernel.js';
import { SeededRandom } from '../math/seeded-random.js';
import { StandardScaler } from '../math/standard-scaler.js';

export interface IsolationForestOptions {
  /** Default 100. */
  readonly trees?: number;
  /** Rows drawn without replacement for each tree, ψ. Default 256, or all rows when there are fewer. */
  readonly subsample?: number;
  /** Default 1. */
  readonly seed?: number;
}

export interface IsolationForestParameters {
  readonly mean: Float64Array;
  readonly standardDeviation: Float64Array;
  readonly trees: number;
  readonly subsample: number;
  /** Split thresholds on the key grid, `trees` heaps of `width` nodes; {@link LEAF} below a leaf. */
  readonly thresholds: Float32Array;
  /** Column a node splits on, same layout. */
  readonly features: Float32Array;
  /** Training rows that reached each bottom slot of each heap. */
  readonly leafSizes: Float32Array;
}

const EULER_MASCHERONI = 0.5772156649015329;

/** Grid steps per standard deviation: a key is a standardised value in fixed point with 16 bits, ±32 deviations. */
export const KEYS_PER_DEVIATION = 1024;
const LARGEST_KEY = 0x7ffe;
const SMALLEST_KEY = -0x8000;
/** Threshold that no key reaches: the sample falls to the left until the bottom. */
export const LEAF = 0x7fff;
/** Bits of a node that hold 16 · column, the place of the column's keys in the kernel. */
const COLUMN_MASK = 0xffff;
const MAX_COLUMNS = 256;

/** c(n) = 2·H(n−1) − 2(n−1)/n with H(i) ≈ ln i + γ: the mean path of an unsuccessful search among n (Liu et al. 2008). */
export function averagePathLength(n: number): number {
  if (n <= 1) return 0;
  if (n === 2) return 1;
  return 2 * (Math.log(n - 1) + EULER_MASCHERONI) - (2 * (n - 1)) / n;
}

/**
 * Isolation forest of Liu, Ting and Zhou (ICDM 2008): each tree splits a random subsample at random columns and random
 * thresholds down to depth ⌈log₂ψ⌉; the score is 2^(−mean path length / c(ψ)), near 1 for points that are isolated early.
 *
 * A tree is a heap of 2^depth words (children of i: 2i and 2i+1), threshold in the high half, 16 · column in the low one.
 * Values are compared as fixed-point keys; since thresholds lie on the key grid, key ≥ threshold exactly when
 * value ≥ threshold. Columns that are constant among the rows of a node are never chosen. NaN counts as the mean; callers
 * fill it before. Where the engine has SIMD, the kernel scores.
 */
export class IsolationForest {
  readonly columns: number;
  private readonly depth: number;
  private readonly width: number;
  private readonly nodes: Int32Array;
  private readonly pathLengths: Float64Array;
  /** By 16 · column, as the nodes name it. */
  private readonly keys = new Int16Array(16 * MAX_COLUMNS);
  private readonly keyScale: Float64Array;
  private readonly normaliser: number;
  private readonly kernel: ForestKernel | undefined;

  /** @throws RangeError when the arrays do not fit together */
  constructor(readonly parameters: IsolationForestParameters) {
    const { mean, standardDeviation, trees, subsample, thresholds, features, leafSizes } = parameters;
    this.columns = mean.length;
    this.depth = heapDepth(subsample);
    this.width = 2 ** this.depth;
    const size = trees * this.width;
    if (thresholds.length !== size || features.length !== size || leafSizes.length !== size) {
      throw new RangeError(`a forest of ${trees} trees of depth ${this.depth} has ${size} nodes`);
    }
    this.nodes = Int32Array.from(thresholds, (threshold, at) => (threshold << 16) | (features[at] << 4));
    this.pathLengths = new Float64Array(size);
    for (let tree = 0; tree < trees; tree++) this.fillPathLengths(tree * this.width, 1, 0);
    this.normaliser = trees * averagePathLength(subsample);
    this.keyScale = standardDeviation.map((deviation) => KEYS_PER_DEVIATION / deviation);
    const { depth, nodes, pathLengths, keyScale } = this;
    this.kernel = createForestKernel({ trees, depth, nodes, pathLengths, mean, keyScale });
  }

  /**
   * @param rows row-major training rows, finite numbers
   * @throws RangeError with fewer than two rows or more than 256 columns
   */
  static fit(rows: Float64Array, columns: number, options: IsolationForestOptions = {}): IsolationForest {
    if (columns > MAX_COLUMNS) throw new RangeError(`${columns} columns, ${MAX_COLUMNS} at most`);
    const { mean, standardDeviation } = StandardScaler.fit([rows], columns);
    const count = rows.length / columns;
    const { trees = 100, seed = 1 } = options;
    const subsample = Math.min(options.subsample ?? 256, count);
    const width = 2 ** heapDepth(subsample);
    const thresholds = new Float32Array(trees * width).fill(LEAF);
    const features = new Float32Array(trees * width);
    const leafSizes = new Float32Array(trees * width);
    const keyScale = standardDeviation.map((deviation) => KEYS_PER_DEVIATION / deviation);
    const random = new SeededRandom(seed);
    for (let tree = 0; tree < trees; tree++) {
      const drawn = random.sample(subsample, count);
      const keys = new Int32Array(subsample * columns);
      drawn.forEach((row, at) => {
        for (let j = 0; j < columns; j++) {
          keys[at * columns + j] = keyOf((rows[row * columns + j] - mean[j]) * keyScale[j]);
        }
      });
      const from = tree * width;
      const heap = {
        thresholds: thresholds.subarray(from, from + width),
        features: features.subarray(from, from + width),
        leafSizes: leafSizes.subarray(from, from + width),
      };
      grow(
        heap,
        keys,
        columns,
        Array.from({ length: subsample }, (_, i) => i),
        1,
        random,
      );
    }
    return new IsolationForest({
      mean,
      standardDeviation,
      trees,
      subsample,
      thresholds,
      features,
      leafSizes,
    });
  }

  /** Anomaly score of each row, 0…1. */
  scores(rows: Float64Array, out = new Float64Array(rows.length / this.columns)): Float64Array {
    let row = 0;
    if (this.kernel !== undefined) {
      for (; row + ROWS_AT_ONCE <= out.length; row += ROWS_AT_ONCE) {
        this.kernel.totalsOfEight(rows, row * this.columns, out, row);
      }
    }
    for (; row < out.length; row++) out[row] = this.totalPathLength(rows, row * this.columns);
    for (let i = 0; i < out.length; i++) out[i] = 2 ** (-out[i] / this.normaliser);
    return out;
  }

  /** Score of one row whose first value stands at `at`. */
  score(rows: Float64Array, at = 0): number {
    return 2 ** (-this.totalPathLength(rows, at) / this.normaliser);
  }

  /**
   * Depth-based importance of each column for one row (local DIFFI: Carletti, Terzi and Susto, 2020): a split on the
   * row's path counts the more, the earlier its tree isolates the row; divided by how often the column was split on.
   */
  localImportance(row: Float64Array, out: Float64Array): Float64Array {
    this.setKeys(row, 0);
    const { nodes, keys, width, depth } = this;
    const splits = new Uint32Array(this.columns);
    out.fill(0);
    for (let tree = 0; tree < nodes.length; tree += width) {
      const length = this.splitsOnPath(tree);
      for (let level = 0, i = 1; level < length; level++) {
        const word = nodes[tree + i];
        const at = word & COLUMN_MASK;
        splits[at >> 4]++;
        out[at >> 4] += 1 / length - 1 / depth;
        i = 2 * i + (keys[at] >= word >> 16 ? 1 : 0);
      }
    }
    for (let j = 0; j < out.length; j++) if (splits[j] > 0) out[j] /= splits[j];
    return out;
  }

  private setKeys(rows: Float64Array, at: number): void {
    const { keys, keyScale } = this;
    const { mean } = this.parameters;
    for (let j = 0; j < mean.length; j++) keys[j << 4] = keyOf((rows[at + j] - mean[j]) * keyScale[j]);
  }

  /**
   * Sum of path lengths of a row over all trees. Without the kernel: comparison by sign bit instead of a branch, because which way a sample turns
   * cannot be predicted.
   */
  private totalPathLength(rows: Float64Array, at: number): number {
    if (this.kernel !== undefined) return this.kernel.totalOf(rows, at);
    this.setKeys(rows, at);
    const { nodes, keys, width, depth, pathLengths } = this;
    let sum = 0;
    for (let tree = 0; tree < nodes.length; tree += width) {
      let i = 1;
      for (let level = 0; level < depth; level++) {
        const word = nodes[tree + i];
        i = (2 * i + 1 + ((keys[word & COLUMN_MASK] - (word >> 16)) >> 31)) | 0;
      }
      sum += pathLengths[tree + i - width];
    }
    return sum;
  }

  private splitsOnPath(tree: number): number {
    let level = 0;
    for (let i = 1; level < this.depth; level++) {
      const word = this.nodes[tree + i];
      if (word >> 16 === LEAF) break;
      i = 2 * i + (this.keys[word & COLUMN_MASK] >= word >> 16 ? 1 : 0);
    }
    return level;
  }

  /** Path length of a leaf: its depth, plus what the rows left in it would still have needed. */
  private fillPathLengths(tree: number, node: number, level: number): void {
    const { thresholds, leafSizes } = this.parameters;
    if (level < this.depth && thresholds[tree + node] !== LEAF) {
      this.fillPathLengths(tree, 2 * node, level + 1);
      this.fillPathLengths(tree, 2 * node + 1, level + 1);
      return;
    }
    const bottom = tree + node * 2 ** (this.depth - level) - this.width;
    this.pathLengths[bottom] = level + averagePathLength(leafSizes[bottom]);
  }
}

/** Rows that the normal level of the importance is measured on: the mean of so many varies by a few per cent. */
const BASELINE_ROWS = 1000;

/** Mean local importance of each column over rows spread evenly through a table: what is usual. */
export function meanImportance(forest: IsolationForest, rows: Float64Array): Float64Array {
  const { columns } = forest;
  const count = rows.length / columns;
  const used = Math.min(count, BASELINE_ROWS);
  const mean = new Float64Array(columns);
  const importance = new Float64Array(columns);
  for (let k = 0; k < used; k++) {
    const row = Math.floor((k * count) / used);
    forest.localImportance(rows.subarray(row * columns, (row + 1) * columns), importance);
    for (let j = 0; j < columns; j++) mean[j] += importance[j] / used;
  }
  return mean;
}

interface Heap {
  readonly thresholds: Float32Array;
  readonly features: Float32Array;
  readonly leafSizes: Float32Array;
}

function grow(
  heap: Heap,
  keys: Int32Array,
  columns: number,
  rows: number[],
  node: number,
  random: SeededRandom,
): void {
  const width = heap.thresholds.length;
  const split = node < width && rows.length > 1 ? drawSplit(keys, columns, rows, random) : undefined;
  if (!split) {
    let bottom = node;
    while (bottom < width) bottom *= 2;
    heap.leafSizes[bottom - width] = rows.length;
    return;
  }
  heap.features[node] = split.column;
  heap.thresholds[node] = split.threshold;
  const isLeft = (row: number): boolean => keys[row * columns + split.column] < split.threshold;
  grow(heap, keys, columns, rows.filter(isLeft), 2 * node, random);
  grow(
    heap,
    keys,
    columns,
    rows.filter((row) => !isLeft(row)),
    2 * node + 1,
    random,
  );
}

/** A random column that varies among the rows, and a threshold that leaves rows on both sides; none if all are equal. */
function drawSplit(
  keys: Int32Array,
  columns: number,
  rows: readonly number[],
  random: SeededRandom,
): { column: number; threshold: number } | undefined {
  const untried = Array.from({ length: columns }, (_, j) => j);
  while (untried.length > 0) {
    const pick = random.nextInt(untried.length);
    const column = untried[pick];
    untried[pick] = untried[untried.length - 1];
    untried.pop();
    let min = Infinity;
    let max = -Infinity;
    for (const row of rows) {
      const key = keys[row * columns + column];
      if (key < min) min = key;
      if (key > max) max = key;
    }
    if (max > min) return { column, threshold: min + 1 + random.nextInt(max - min) };
  }
  return undefined;
}

function heapDepth(subsample: number): number {
  if (!(subsample >= 2)) throw new RangeError(`an isolation tree needs two rows, got ${subsample}`);
  return Math.ceil(Math.log2(subsample));
}

/** The same rounding and limits as in the kernel. */
function keyOf(steps: number): number {
  const key = Math.floor(steps);
  return key > LARGEST_KEY ? LARGEST_KEY : key < SMALLEST_KEY ? SMALLEST_KEY : key | 0;
}
