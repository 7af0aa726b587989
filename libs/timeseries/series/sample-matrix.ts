import { setImmediate } from 'node:timers/promises';
import { AppError } from '#platform';
import type { SeriesPoints } from './bin-averages.js';

/** Largest matrix, in cells: 53 tags every 180 s for 90 days, 20 MB. */
export const MAX_MATRIX_CELLS = 2_500_000;

/** Values of some tags over time, row by row: `values[row * tags + tag]`, NaN where a tag has no sample. */
export interface SampleMatrix {
  /** Every time at which at least one of the tags has a sample, ascending. */
  timestamps: Float64Array;
  values: Float64Array;
}

/**
 * Puts the samples of some tags side by side; lets others run between two tags.
 * @throws AppError WINDOW_TOO_LARGE beyond MAX_MATRIX_CELLS
 */
export async function matrixOf(columns: readonly SeriesPoints[]): Promise<SampleMatrix> {
  const timestamps = await unionOfTimes(columns);
  requireMatrixFits(timestamps.length * columns.length);
  const values = new Float64Array(timestamps.length * columns.length).fill(NaN);
  for (const [column, { times, values: ownValues }] of columns.entries()) {
    for (let row = 0, i = 0; i < times.length; row++)
      if (timestamps[row] === times[i]) values[row * columns.length + column] = ownValues[i++];
    await setImmediate();
  }
  return { timestamps, values };
}

/** @throws AppError WINDOW_TOO_LARGE */
export function requireMatrixFits(cells: number): void {
  if (cells > MAX_MATRIX_CELLS)
    throw AppError.unprocessable(
      'WINDOW_TOO_LARGE',
      `The window holds ${cells} values, more than ${MAX_MATRIX_CELLS}; choose a shorter one or fewer tags`,
    );
}

async function unionOfTimes(columns: readonly SeriesPoints[]): Promise<Float64Array> {
  let union = columns[0]?.times ?? new Float64Array(0);
  for (const { times } of columns) {
    if (sameTimes(union, times)) continue;
    union = mergedTimes(union, times);
    await setImmediate();
  }
  return union;
}

function sameTimes(a: Float64Array, b: Float64Array): boolean {
  return a.length === b.length && a.every((time, i) => time === b[i]);
}

function mergedTimes(a: Float64Array, b: Float64Array): Float64Array {
  const merged = new Float64Array(a.length + b.length);
  let length = 0;
  for (let i = 0, j = 0; i < a.length || j < b.length; length++) {
    const next = Math.min(i < a.length ? a[i] : Infinity, j < b.length ? b[j] : Infinity);
    if (a[i] === next) i++;
    if (b[j] === next) j++;
    merged[length] = next;
  }
  return merged.slice(0, length);
}
