/** Samples of several tags as they were stored: irregular, possibly with holes. */
export interface SampleSeries {
  /** Milliseconds, ascending, no time twice. */
  readonly times: Float64Array;
  /** Row-major, one row per time; NaN = no value of that tag at that time. */
  readonly values: Float64Array;
  readonly columns: number;
}

export interface WindowOptions {
  readonly samplingIntervalMs: number;
  /** Rows of a window. */
  readonly length: number;
  /** Rows from one window to the next. Default 1. */
  readonly stride?: number;
  /** A tag's last value bridges at most so many missing rows. Default 3. */
  readonly maxGap?: number;
}

export interface Windows {
  /** count × length × columns, row-major. */
  readonly values: Float64Array;
  /** Time of the last row of each window. */
  readonly endTimes: Float64Array;
  /** Windows left out because a gap was too long to bridge. */
  readonly dropped: number;
}

/** Rows `from`…`to` (milliseconds, both inclusive) of one column that nothing could fill. */
export interface Gap {
  readonly column: number;
  readonly from: number;
  readonly to: number;
}

export type WindowAt =
  { readonly values: Float64Array; readonly gaps?: never } | { readonly gaps: readonly Gap[] };

interface Grid {
  readonly start: number;
  readonly rows: number;
  readonly values: Float64Array;
}

/**
 * Cuts a series into windows on a regular grid.
 *
 * Gap policy: a sample belongs to the nearest grid point, the later of two on the same point wins; a missing value is
 * bridged by the tag's last value for at most `maxGap` rows; a window with any cell still missing is dropped and
 * counted, never filled with invented values. The grid starts at the first sample.
 *
 * @throws RangeError on an unordered or ragged series, or options that are not positive integers
 */
export function buildWindows(series: SampleSeries, options: WindowOptions): Windows {
  const { length, stride = 1, maxGap = 3, samplingIntervalMs } = options;
  assertSeries(series);
  assertPositive({ length, stride, samplingIntervalMs });
  if (series.times.length === 0)
    return { values: new Float64Array(0), endTimes: new Float64Array(0), dropped: 0 };
  const { times, columns } = series;
  const rows = Math.round((times[times.length - 1] - times[0]) / samplingIntervalMs) + 1;
  const grid = fillGrid(series, times[0], rows, samplingIntervalMs, maxGap);
  const complete = lastIncompleteRow(grid.values, rows, columns);
  const ends: number[] = [];
  let dropped = 0;
  for (let end = length - 1; end < rows; end += stride) {
    if (complete[end] > end - length) dropped++;
    else ends.push(end);
  }
  const values = new Float64Array(ends.length * length * columns);
  ends.forEach((end, at) => {
    values.set(
      grid.values.subarray((end - length + 1) * columns, (end + 1) * columns),
      at * length * columns,
    );
  });
  return {
    values,
    endTimes: Float64Array.from(ends, (end) => grid.start + end * samplingIntervalMs),
    dropped,
  };
}

/**
 * The one window whose last row is at `endTime`, or the gaps that forbid it. Same policy as {@link buildWindows}; the
 * grid ends at `endTime`, and samples up to `maxGap` rows before the window may bridge into it.
 *
 * @throws RangeError on an unordered or ragged series, or options that are not positive integers
 */
export function windowAt(
  series: SampleSeries,
  endTime: number,
  options: Omit<WindowOptions, 'stride'>,
): WindowAt {
  const { length, maxGap = 3, samplingIntervalMs } = options;
  assertSeries(series);
  assertPositive({ length, samplingIntervalMs });
  const { columns } = series;
  const start = endTime - (length + maxGap - 1) * samplingIntervalMs;
  const grid = fillGrid(series, start, length + maxGap, samplingIntervalMs, maxGap);
  const values = grid.values.slice(maxGap * columns);
  const gaps = findGaps(values, columns, endTime - (length - 1) * samplingIntervalMs, samplingIntervalMs);
  return gaps.length > 0 ? { gaps } : { values };
}

function fillGrid(
  series: SampleSeries,
  start: number,
  rows: number,
  intervalMs: number,
  maxGap: number,
): Grid {
  const { times, columns } = series;
  const values = new Float64Array(rows * columns).fill(NaN);
  for (let k = 0; k < times.length; k++) {
    const row = Math.round((times[k] - start) / intervalMs);
    if (row < 0 || row >= rows) continue;
    for (let j = 0; j < columns; j++) {
      const value = series.values[k * columns + j];
      if (!Number.isNaN(value)) values[row * columns + j] = value;
    }
  }
  for (let j = 0; j < columns; j++) bridge(values, rows, columns, j, maxGap);
  return { start, rows, values };
}

function bridge(values: Float64Array, rows: number, columns: number, column: number, maxGap: number): void {
  let last = NaN;
  let missing = 0;
  for (let row = 0; row < rows; row++) {
    const at = row * columns + column;
    if (!Number.isNaN(values[at])) {
      last = values[at];
      missing = 0;
    } else if (++missing <= maxGap) {
      values[at] = last;
    }
  }
}

/** For each row, the latest row up to it with a missing cell; −1 when there is none. */
function lastIncompleteRow(values: Float64Array, rows: number, columns: number): Int32Array {
  const last = new Int32Array(rows);
  for (let row = 0, latest = -1; row < rows; row++) {
    if (values.subarray(row * columns, (row + 1) * columns).some(Number.isNaN)) latest = row;
    last[row] = latest;
  }
  return last;
}

function findGaps(values: Float64Array, columns: number, startTime: number, intervalMs: number): Gap[] {
  const gaps: Gap[] = [];
  const rows = values.length / columns;
  for (let column = 0; column < columns; column++) {
    for (let row = 0; row < rows; row++) {
      if (!Number.isNaN(values[row * columns + column])) continue;
      const from = row;
      while (row + 1 < rows && Number.isNaN(values[(row + 1) * columns + column])) row++;
      gaps.push({ column, from: startTime + from * intervalMs, to: startTime + row * intervalMs });
    }
  }
  return gaps;
}

function assertSeries({ times, values, columns }: SampleSeries): void {
  if (values.length !== times.length * columns) {
    throw new RangeError(`${values.length} values are not ${times.length} rows of ${columns}`);
  }
  for (let k = 1; k < times.length; k++) {
    if (!(times[k] > times[k - 1])) throw new RangeError(`time ${k} does not come after the one before it`);
  }
}

function assertPositive(options: Record<string, number>): void {
  for (const [name, value] of Object.entries(options)) {
    if (!(Number.isInteger(value) && value > 0))
      throw new RangeError(`${name} must be a positive integer, got ${value}`);
  }
}
