/** Lengths of the rollup buckets, finest first; each divides the next. */
export const BUCKETS_MS = [900_000, 3_600_000, 86_400_000] as const;

/** What a bucket `[bucket, bucket + bucketMs)` of one tag holds. */
export interface Rollup {
  tagId: number;
  bucketMs: number;
  /** Start of the bucket, epoch milliseconds. */
  bucket: number;
  count: number;
  min: number;
  max: number;
  sum: number;
  sumSquares: number;
  firstTs: number;
  first: number;
  lastTs: number;
  last: number;
}

/** Start of the bucket that holds `ts`. */
export function bucketOf(ts: number, bucketMs: number): number {
  return Math.floor(ts / bucketMs) * bucketMs;
}

/** Identifies a rollup among all tags and lengths. */
export function rollupKey(tagId: number, bucketMs: number, bucket: number): string {
  return `${tagId}:${bucketMs}:${bucket}`;
}

/** Rolls up `values[start … end)`, which lie in one bucket in ascending order of time. */
export function rollupOfSamples(
  tagId: number,
  bucketMs: number,
  ts: readonly number[],
  values: readonly number[],
  start: number,
  end: number,
): Rollup {
  let min = Infinity;
  let max = -Infinity;
  let sum = 0;
  let sumSquares = 0;
  for (let i = start; i < end; i++) {
    const value = values[i];
    if (value < min) min = value;
    if (value > max) max = value;
    sum += value;
    sumSquares += value * value;
  }
  return {
    tagId,
    bucketMs,
    bucket: bucketOf(ts[start], bucketMs),
    count: end - start,
    min,
    max,
    sum,
    sumSquares,
    firstTs: ts[start],
    first: values[start],
    lastTs: ts[end - 1],
    last: values[end - 1],
  };
}

/** Adds what `part` holds to `whole`; the two share no sample. */
export function addRollup(whole: Rollup, part: Rollup): void {
  whole.count += part.count;
  whole.sum += part.sum;
  whole.sumSquares += part.sumSquares;
  if (part.min < whole.min) whole.min = part.min;
  if (part.max > whole.max) whole.max = part.max;
  if (part.firstTs < whole.firstTs) {
    whole.firstTs = part.firstTs;
    whole.first = part.first;
  }
  if (part.lastTs > whole.lastTs) {
    whole.lastTs = part.lastTs;
    whole.last = part.last;
  }
}

/** Rolls finer rollups up into buckets of `bucketMs`, keyed by `rollupKey`. */
export function coarsen(parts: Iterable<Rollup>, bucketMs: number): Map<string, Rollup> {
  const whole = new Map<string, Rollup>();
  for (const part of parts) {
    const bucket = bucketOf(part.bucket, bucketMs);
    const key = rollupKey(part.tagId, bucketMs, bucket);
    const known = whole.get(key);
    if (known) addRollup(known, part);
    else whole.set(key, { ...part, bucketMs, bucket });
  }
  return whole;
}

/** A run of buckets that some tags have in common: bucket starts from `from` to `to`, both included. */
export interface BucketRange {
  bucketMs: number;
  from: number;
  to: number;
  tagIds: number[];
}

/** Says which buckets are meant in as few ranges as possible: neighbours become one run, tags share equal runs. */
export function bucketRanges(
  rollups: Iterable<Pick<Rollup, 'tagId' | 'bucketMs' | 'bucket'>>,
): BucketRange[] {
  const starts = new Map<string, number[]>();
  for (const { tagId, bucketMs, bucket } of rollups) {
    const key = `${bucketMs}:${tagId}`;
    const known = starts.get(key);
    if (known) known.push(bucket);
    else starts.set(key, [bucket]);
  }
  const ranges = new Map<string, BucketRange>();
  for (const [key, buckets] of starts) {
    const [bucketMs, tagId] = key.split(':').map(Number);
    for (const { from, to } of runsOf(buckets, bucketMs)) {
      const rangeKey = `${bucketMs}:${from}:${to}`;
      const range = ranges.get(rangeKey);
      if (range) range.tagIds.push(tagId);
      else ranges.set(rangeKey, { bucketMs, from, to, tagIds: [tagId] });
    }
  }
  return [...ranges.values()];
}

function runsOf(buckets: number[], bucketMs: number): { from: number; to: number }[] {
  const runs: { from: number; to: number }[] = [];
  for (const bucket of buckets.sort((a, b) => a - b)) {
    const run = runs.at(-1);
    if (run && bucket - run.to <= bucketMs) run.to = bucket;
    else runs.push({ from: bucket, to: bucket });
  }
  return runs;
}
