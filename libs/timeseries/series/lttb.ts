import type { SeriesPoints } from './bin-averages.js';

/**
 * Largest-Triangle-Three-Buckets downsampling (S. Steinarsson, "Downsampling Time Series for Visual
 * Representation", University of Iceland 2013, §4.2): keeps the first and the last point and of every bucket in
 * between the one that spans the largest triangle with the point kept before it and the mean of the next bucket.
 *
 * @param times ascending
 * @param threshold how many points to keep, at least 2
 * @returns ascending indices of the points to keep; all of them when there are no more than `threshold`
 */
export function lttbIndices(times: Float64Array, values: Float64Array, threshold: number): Uint32Array {
  const length = times.length;
  if (length <= threshold) return Uint32Array.from({ length }, (_, i) => i);
  const kept = new Uint32Array(threshold);
  const bucketSize = (length - 2) / (threshold - 2);
  const middle = threshold - 2;
  const startOf = (bucket: number): number =>
    bucket === middle ? length - 1 : Math.floor(bucket * bucketSize) + 1;
  let previous = 0;
  for (let bucket = 0; bucket < middle; bucket++) {
    const end = startOf(bucket + 1);
    const nextEnd = bucket + 1 === middle ? length : startOf(bucket + 2);
    const next = { time: mean(times, end, nextEnd), value: mean(values, end, nextEnd) };
    previous = largestTriangle({ times, values }, previous, next, startOf(bucket), end);
    kept[bucket + 1] = previous;
  }
  kept[threshold - 1] = length - 1;
  return kept;
}

function largestTriangle(
  { times, values }: SeriesPoints,
  previous: number,
  next: { time: number; value: number },
  start: number,
  end: number,
): number {
  const timeOff = times[previous] - next.time;
  const valueOff = next.value - values[previous];
  let largest = -1;
  let index = start;
  for (let i = start; i < end; i++) {
    const doubleArea = Math.abs(
      timeOff * (values[i] - values[previous]) - (times[previous] - times[i]) * valueOff,
    );
    if (doubleArea > largest) {
      largest = doubleArea;
      index = i;
    }
  }
  return index;
}

function mean(numbers: Float64Array, start: number, end: number): number {
  let sum = 0;
  for (let i = start; i < end; i++) sum += numbers[i];
  return sum / (end - start);
}
