/** Points of a series: times ascending, a value each. */
export interface SeriesPoints {
  times: Float64Array;
  values: Float64Array;
  /** Indices of QUALITIES; absent where not all points are samples. */
  qualities?: Uint8Array;
}

/**
 * Weighted mean of each of `bins` equal spans of `[from, to)`; a span without points gives none.
 * @param times ascending, within `[from, to)`
 * @param weights how many samples each value stands for
 * @returns means at the start of their span, rounded down to the millisecond
 */
export function binAverages(
  { times, values }: SeriesPoints,
  weights: Float64Array | undefined,
  from: number,
  to: number,
  bins: number,
): SeriesPoints {
  const averageTimes: number[] = [];
  const averages: number[] = [];
  const binMs = (to - from) / bins;
  for (let start = 0; start < times.length;) {
    const bin = Math.floor((times[start] - from) / binMs);
    let sum = 0;
    let weight = 0;
    let end = start;
    for (; end < times.length && Math.floor((times[end] - from) / binMs) === bin; end++) {
      const own = weights?.[end] ?? 1;
      sum += own * values[end];
      weight += own;
    }
    averageTimes.push(Math.floor(from + bin * binMs));
    averages.push(sum / weight);
    start = end;
  }
  return { times: Float64Array.from(averageTimes), values: Float64Array.from(averages) };
}
