import { setImmediate } from 'node:timers/promises';
import { AppError } from '#platform';
import { QUALITIES, type QualityName } from '../samples/sample-columns.js';
import { noWorseThan, type RawSeries } from './raw-series.js';

/** Largest matrix, in cells: 53 tags every 180 s for 90 days, 20 MB. */
export const MAX_MATRIX_CELLS = 2_500_000;

/** Others run after so many rows, which take about a millisecond. */
const ROWS_AT_ONCE = 50_000;

/** Values of some tags over time, row by row: `values[row * tags + tag]`, NaN where a tag has none. */
export interface SampleMatrix {
  /** Every time at which at least one of the tags has a value, ascending; with bad samples their times too. */
  timestamps: Float64Array;
  values: Float64Array;
  /** 1 where the value is missing because the sample is bad; absent when there is none, or they were not asked for. */
  bad?: Uint8Array;
}

/** Which samples have a value in a matrix. */
export interface MatrixQualities {
  /** The worst quality a value may have; whatever is worse is missing. Uncertain values count by default. */
  worst?: Exclude<QualityName, 'bad'> | undefined;
  /** Whether the rows of bad samples stay, and are marked. */
  withBad?: boolean | undefined;
}

/**
 * Puts the samples of some tags side by side; lets others run now and then.
 * @throws AppError WINDOW_TOO_LARGE beyond MAX_MATRIX_CELLS
 */
export async function matrixOf(
  series: readonly RawSeries[],
  { worst = 'uncertain', withBad = false }: MatrixQualities = {},
): Promise<SampleMatrix> {
  const worstValue = QUALITIES.indexOf(worst);
  const columns = withBad ? series : series.map((each) => noWorseThan(worstValue, each));
  const timestamps = await unionOfTimes(columns);
  requireMatrixFits(timestamps.length * columns.length);
  const values = new Float64Array(timestamps.length * columns.length).fill(NaN);
  let bad: Uint8Array | undefined;
  let passed = 0;
  for (const [column, { times, values: ownValues, qualities }] of columns.entries()) {
    for (let row = 0, i = 0; i < times.length; row++) {
      if (timestamps[row] !== times[i]) continue;
      const cell = row * columns.length + column;
      if (qualities[i] <= worstValue) values[cell] = ownValues[i];
      else (bad ??= new Uint8Array(values.length))[cell] = 1;
      i++;
    }
    passed += timestamps.length;
    if (passed < ROWS_AT_ONCE) continue;
    passed = 0;
    await setImmediate();
  }
  return { timestamps, values, ...(bad && { bad }) };
}

/** @throws AppError WINDOW_TOO_LARGE */
export function requireMatrixFits(cells: number): void {
  if (cells > MAX_MATRIX_CELLS)
    throw AppError.unprocessable(
      'WINDOW_TOO_LARGE',
      `The window holds ${cells} values, more than ${MAX_MATRIX_CELLS}; choose a shorter one or fewer tags`,
    );
}

async function unionOfTimes(columns: readonly RawSeries[]): Promise<Float64Array> {
  let union = columns[0]?.times ?? new Float64Array(0);
  let passed = 0;
  for (const { times } of columns) {
    if (sameTimes(union, times)) continue;
    union = mergedTimes(union, times);
    passed += union.length;
    if (passed < ROWS_AT_ONCE) continue;
    passed = 0;
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
