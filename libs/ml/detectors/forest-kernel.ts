import { scoringKernel } from '../math/scoring-kernel.js';

/** Rows that the kernel walks together. */
export const ROWS_AT_ONCE = 8;
/** Levels that it decides for all rows at once: a forest must have them. */
const SHARED_LEVELS = 4;

export interface ForestLayout {
  readonly trees: number;
  readonly depth: number;
  /** `trees` heaps of 2^depth words from index 1 on: threshold in the high half, 16 · column in the low half. */
  readonly nodes: Int32Array;
  /** Path length of each bottom slot, 2^depth per tree. */
  readonly pathLengths: Float64Array;
  readonly mean: Float64Array;
  /** Key steps per unit of each column. */
  readonly keyScale: Float64Array;
}

/** Sums of path lengths, for eight rows at a time in SIMD, or for one row in several trees at a time. */
export interface ForestKernel {
  /**
   * @param rows row-major; eight rows from index `at` on
   * @param totals eight sums are written here from index `to` on
   */
  totalsOfEight(rows: Float64Array, at: number, totals: Float64Array, to: number): void;
  /** Of the row from index `at` on; the same number to the last bit. */
  totalOf(rows: Float64Array, at: number): number;
}

/** @returns undefined when the engine has no SIMD or the forest is too shallow; then walk it plainly */
export function createForestKernel(layout: ForestLayout): ForestKernel | undefined {
  const kernel = scoringKernel();
  const { trees, depth, nodes, pathLengths, mean, keyScale } = layout;
  if (kernel === null || depth < SHARED_LEVELS) return undefined;
  const columns = mean.length;
  const padded = columns + (columns % 2);
  const owner: Partial<ForestKernel> = {};
  const leavesAt = kernel.allocate(
    owner,
    (pathLengths.length + (2 + ROWS_AT_ONCE) * padded + ROWS_AT_ONCE) * 8,
  );
  const meanAt = leavesAt + pathLengths.length * 8;
  const scaleAt = meanAt + padded * 8;
  const valuesAt = scaleAt + padded * 8;
  const totalsAt = valuesAt + ROWS_AT_ONCE * padded * 8;
  const nodesAt = kernel.allocate(owner, nodes.length * 4);
  const keysAt = kernel.allocate(owner, padded * ROWS_AT_ONCE * 2);
  new Float64Array(kernel.buffer, leavesAt, pathLengths.length).set(pathLengths);
  new Float64Array(kernel.buffer, meanAt, 2 * padded).fill(0);
  new Float64Array(kernel.buffer, meanAt, columns).set(mean);
  new Float64Array(kernel.buffer, scaleAt, columns).set(keyScale);
  new Int32Array(kernel.buffer, nodesAt, nodes.length).set(nodes);
  let values = new Float64Array(kernel.buffer, valuesAt, ROWS_AT_ONCE * padded);
  let sums = new Float64Array(kernel.buffer, totalsAt, ROWS_AT_ONCE);
  const followMemory = (): void => {
    if (values.buffer === kernel.buffer) return;
    values = new Float64Array(kernel.buffer, valuesAt, ROWS_AT_ONCE * padded);
    sums = new Float64Array(kernel.buffer, totalsAt, ROWS_AT_ONCE);
  };
  return Object.assign(owner, {
    totalsOfEight(rows: Float64Array, at: number, totals: Float64Array, to: number): void {
      followMemory();
      for (let row = 0; row < ROWS_AT_ONCE; row++) {
        values.set(rows.subarray(at + row * columns, at + (row + 1) * columns), row * padded);
      }
      sums.fill(0);
      kernel.wasm.quantise(ROWS_AT_ONCE, padded, valuesAt, meanAt, scaleAt, keysAt);
      kernel.wasm.addPathLengths(trees, depth, nodesAt, leavesAt, keysAt, totalsAt);
      totals.set(sums, to);
    },
    totalOf(rows: Float64Array, at: number): number {
      followMemory();
      for (let column = 0; column < columns; column++) values[column] = rows[at + column];
      kernel.wasm.quantise(1, padded, valuesAt, meanAt, scaleAt, keysAt);
      return kernel.wasm.pathLengthOfRow(trees, depth, nodesAt, leavesAt, keysAt);
    },
  });
}
