/**
 * The lowest and the highest point of each of `bins` equal spans of `[from, to)`, in order of time: no peak is lost.
 * @param times ascending, within `[from, to)`
 * @returns ascending indices of the points to keep, at most two a bin
 */
export function minMaxIndices(
  times: Float64Array,
  values: Float64Array,
  from: number,
  to: number,
  bins: number,
): Uint32Array {
  const kept: number[] = [];
  const binMs = (to - from) / bins;
  for (let start = 0; start < times.length;) {
    const bin = Math.floor((times[start] - from) / binMs);
    let lowest = start;
    let highest = start;
    let end = start + 1;
    for (; end < times.length && Math.floor((times[end] - from) / binMs) === bin; end++) {
      if (values[end] < values[lowest]) lowest = end;
      if (values[end] > values[highest]) highest = end;
    }
    kept.push(Math.min(lowest, highest));
    if (lowest !== highest) kept.push(Math.max(lowest, highest));
    start = end;
  }
  return Uint32Array.from(kept);
}
