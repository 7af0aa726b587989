import type { SeriesMethod } from './downsampling.js';
import { BUCKETS_MS, FINE_BUCKETS_MS } from '../rollup/rollup.js';

/** Up to so many samples of all tags of a request are read as they are. */
const MAX_RAW_SAMPLES = 50_000;
/** A tag's samples are read where no rollup is short enough, unless there are so many of them for a point. */
const MAX_RAW_SAMPLES_PER_POINT = 10;
const ALL_BUCKETS_MS = [...FINE_BUCKETS_MS, ...BUCKETS_MS];

/** What is asked for, and what there is. */
export interface SourceQuestion {
  from: number;
  to: number;
  /** Points of a tag. */
  points: number;
  method: SeriesMethod;
  /** Whether there are raw samples in all of the window. */
  rawIsComplete: boolean;
  /** Samples by tag; a tag without any is missing. */
  counts: ReadonlyMap<number, number>;
}

/**
 * Says for each tag what its points are made from: the length of rollup buckets, 0 for raw samples. Raw samples where all
 * tags together have few enough, else, tag by tag, the longest buckets that still make as many points as are asked for,
 * unless the tag has fewer samples than there are buckets. So a tag reads at most some ten rows for each point.
 */
export function seriesSources(tagIds: readonly number[], question: SourceQuestion): Map<number, number> {
  const { from, to, points, method, rawIsComplete, counts } = question;
  let total = 0;
  for (const count of counts.values()) total += count;
  if (method === 'raw' || (rawIsComplete && total <= MAX_RAW_SAMPLES))
    return new Map(tagIds.map((id) => [id, 0]));
  const pointsPerBucket = method === 'avg' ? 1 : 2;
  const buckets = (bucketMs: number): number => (to - from) / bucketMs;
  const wanted = ALL_BUCKETS_MS.findLast((bucketMs) => buckets(bucketMs) * pointsPerBucket >= points);
  const mostRaw = wanted === undefined ? MAX_RAW_SAMPLES_PER_POINT * points : buckets(wanted);
  const rolledUp = wanted ?? FINE_BUCKETS_MS[0];
  return new Map(tagIds.map((id) => [id, rawIsComplete && (counts.get(id) ?? 0) <= mostRaw ? 0 : rolledUp]));
}
