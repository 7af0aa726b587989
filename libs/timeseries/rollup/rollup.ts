import { BAD_QUALITY, GOOD_QUALITY, type SampleColumn } from '../samples/sample-columns.js';

/** Lengths of the rollup buckets that every sample is part of, finest first; each divides the next. They stay for good. */
export const BUCKETS_MS = [900_000, 3_600_000, 86_400_000] as const;
export const QUARTER_MS = BUCKETS_MS[0];
/** Lengths of the finer buckets of quarters that are sampled often, finest first. They go with the raw samples. */
export const FINE_BUCKETS_MS = [10_000, 60_000] as const;
/** Finer buckets are worth their place if they hold so many samples on average, at the usual interval. */
const SAMPLES_PER_FINE_BUCKET = 4;
/** Fewer samples do not show how often a tag is sampled. */
const LEAST_CONCLUSIVE_SAMPLES = 8;

/** What a bucket `[bucket, bucket + bucketMs)` of one tag holds. */
export interface Rollup {
  tagId: number;
  bucketMs: number;
  /** Start of the bucket, epoch milliseconds. */
  bucket: number;
  /** Good samples. All statistics are theirs alone. */
  count: number;
  /** Samples of uncertain and of bad quality. */
  uncertain: number;
  bad: number;
  /** Times of the first and the last sample, whatever their quality. */
  fromTs: number;
  toTs: number;
  /** Of the good samples; without any Infinity, and `max` −Infinity. */
  min: number;
  max: number;
  sum: number;
  sumSquares: number;
  /** The first and the last good sample; without any at Infinity and −Infinity, and NaN. */
  firstTs: number;
  first: number;
  lastTs: number;
  last: number;
  /** Of a quarter: the length of the shortest buckets that are kept within it, together with all longer ones; 0 without any. */
  finestMs: number;
}

/** Start of the bucket that holds `ts`. */
export function bucketOf(ts: number, bucketMs: number): number {
  return Math.floor(ts / bucketMs) * bucketMs;
}

/** Identifies a rollup among all tags and lengths. */
export function rollupKey(tagId: number, bucketMs: number, bucket: number): string {
  return `${tagId}:${bucketMs}:${bucket}`;
}

/** Rolls up the samples `[start, end)` of a column, which lie in one bucket. */
export function rollupOfSamples(
  { tagId, ts, values, qualities }: SampleColumn,
  bucketMs: number,
  start: number,
  end: number,
): Rollup {
  let min = Infinity;
  let max = -Infinity;
  let sum = 0;
  let sumSquares = 0;
  let first = -1;
  let last = -1;
  let bad = 0;
  let uncertain = 0;
  for (let i = start; i < end; i++) {
    if (qualities[i] !== GOOD_QUALITY) {
      if (qualities[i] === BAD_QUALITY) bad++;
      else uncertain++;
      continue;
    }
    const value = values[i];
    if (value < min) min = value;
    if (value > max) max = value;
    sum += value;
    sumSquares += value * value;
    if (first < 0) first = i;
    last = i;
  }
  return {
    tagId,
    bucketMs,
    bucket: bucketOf(ts[start], bucketMs),
    count: end - start - uncertain - bad,
    uncertain,
    bad,
    fromTs: ts[start],
    toTs: ts[end - 1],
    min,
    max,
    sum,
    sumSquares,
    firstTs: first < 0 ? Infinity : ts[first],
    first: first < 0 ? NaN : values[first],
    lastTs: last < 0 ? -Infinity : ts[last],
    last: last < 0 ? NaN : values[last],
    finestMs: 0,
  };
}

/** Samples of any quality. */
export function samplesIn({ count, uncertain, bad }: Pick<Rollup, 'count' | 'uncertain' | 'bad'>): number {
  return count + uncertain + bad;
}

/** The shortest buckets worth keeping within a quarter by how often it was sampled; never longer ones than it has. */
export function finestWorthwhile(quarter: Rollup): number {
  const intervals = samplesIn(quarter) - 1;
  const spanMs = quarter.toTs - quarter.fromTs;
  const isConclusive = intervals + 1 >= LEAST_CONCLUSIVE_SAMPLES;
  const worthwhile = isConclusive
    ? (FINE_BUCKETS_MS.find((bucketMs) => spanMs * SAMPLES_PER_FINE_BUCKET <= intervals * bucketMs) ?? 0)
    : 0;
  return worthwhile > 0 && quarter.finestMs > 0
    ? Math.min(worthwhile, quarter.finestMs)
    : Math.max(worthwhile, quarter.finestMs);
}

/** The lengths of finer buckets kept within a quarter whose shortest are `finestMs` long. */
export function fineLevels(finestMs: number): number[] {
  return finestMs === 0 ? [] : FINE_BUCKETS_MS.filter((bucketMs) => bucketMs >= finestMs);
}

/** Rolls up a column into buckets of one length, those of the samples `[start, end)`. */
export function rollupsOfColumn(
  column: SampleColumn,
  bucketMs: number,
  start = 0,
  end = column.ts.length,
): Rollup[] {
  const { ts } = column;
  const rollups: Rollup[] = [];
  for (let first = start, next = start; first < end; first = next) {
    const bucketEnd = bucketOf(ts[first], bucketMs) + bucketMs;
    while (next < end && ts[next] < bucketEnd) next++;
    rollups.push(rollupOfSamples(column, bucketMs, first, next));
  }
  return rollups;
}

/** Adds what `part` holds to `whole`; the two share no sample. */
export function addRollup(whole: Rollup, part: Rollup): void {
  whole.count += part.count;
  whole.uncertain += part.uncertain;
  whole.bad += part.bad;
  if (part.fromTs < whole.fromTs) whole.fromTs = part.fromTs;
  if (part.toTs > whole.toTs) whole.toTs = part.toTs;
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
    else whole.set(key, { ...part, bucketMs, bucket, finestMs: 0 });
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
