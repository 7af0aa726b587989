import { line } from 'd3-shape';
import { DECIMALS } from './markup.js';

/** Values over time; a value that is not finite is a gap. Times are epoch milliseconds, ascending. */
export interface TimeSeries {
  times: ArrayLike<number>;
  values: ArrayLike<number>;
}

/** From time and value to CSS pixels. */
export interface SeriesScales {
  x: (time: number) => number;
  y: (value: number) => number;
}

/** Smallest and largest finite value; NaN, NaN when there is none. */
export function extentOf(...series: ArrayLike<number>[]): [number, number] {
  let low = Infinity;
  let high = -Infinity;
  for (const values of series) {
    for (let i = 0; i < values.length; i++) {
      const value = values[i];
      if (!Number.isFinite(value)) continue;
      if (value < low) low = value;
      if (value > high) high = value;
    }
  }
  return low <= high ? [low, high] : [NaN, NaN];
}

/**
 * The `d` of a line through the finite values; gaps stay open and a lone value becomes a dot (a zero-length
 * stroke, drawn round). Where more than two values fall on one pixel column, only the first, lowest, highest and
 * last of the column are kept, which looks the same.
 */
export function seriesPath({ times, values }: TimeSeries, { x, y }: SeriesScales): string {
  const count = Math.min(times.length, values.length);
  const drawn: number[] = [];
  for (let start = 0; start < count;) {
    if (!Number.isFinite(values[start])) {
      drawn.push(start++);
      continue;
    }
    const column = Math.round(x(times[start]));
    let end = start + 1;
    while (end < count && Number.isFinite(values[end]) && Math.round(x(times[end])) === column) end++;
    drawn.push(...columnIndices(values, start, end));
    start = end;
  }
  const path = line<number>()
    .defined((i) => Number.isFinite(values[i]))
    .x((i) => x(times[i]))
    .y((i) => y(values[i]))
    .digits(DECIMALS);
  return path(drawn) ?? '';
}

/** The last finite point of a series. */
export function lastPoint(series: TimeSeries): { time: number; value: number } | undefined {
  for (let i = Math.min(series.times.length, series.values.length) - 1; i >= 0; i--) {
    if (Number.isFinite(series.values[i])) return { time: series.times[i], value: series.values[i] };
  }
  return undefined;
}

function columnIndices(values: ArrayLike<number>, start: number, end: number): number[] {
  if (end - start <= 2) return end - start === 1 ? [start] : [start, start + 1];
  let lowest = start;
  let highest = start;
  for (let i = start + 1; i < end; i++) {
    if (values[i] < values[lowest]) lowest = i;
    if (values[i] > values[highest]) highest = i;
  }
  return [...new Set([start, lowest, highest, end - 1])].sort((a, b) => a - b);
}
