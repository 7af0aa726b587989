import { BUCKETS_MS, bucketOf } from '../rollup/rollup.js';

/** Part of a window to be read from one source: rollups of that length, or raw samples (`bucketMs` 0). `[from, to)`. */
export interface WindowSegment {
  bucketMs: number;
  from: number;
  to: number;
}

/**
 * Cuts `[from, to)` so that as much as possible is read from the longest buckets: raw samples at the edges, then
 * ever longer rollups towards the middle. The segments are disjoint, in order of time, and cover the window.
 * @param longestMs no longer buckets than this; 0 means raw samples only
 */
export function windowSegments(
  from: number,
  to: number,
  longestMs: number = BUCKETS_MS[BUCKETS_MS.length - 1],
): WindowSegment[] {
  return cut(from, to, BUCKETS_MS.filter((bucketMs) => bucketMs <= longestMs).length - 1);
}

function cut(from: number, to: number, level: number): WindowSegment[] {
  if (from >= to) return [];
  if (level < 0) return [{ bucketMs: 0, from, to }];
  const bucketMs = BUCKETS_MS[level];
  const innerFrom = -bucketOf(-from, bucketMs);
  const innerTo = bucketOf(to, bucketMs);
  if (innerFrom >= innerTo) return cut(from, to, level - 1);
  return [
    ...cut(from, innerFrom, level - 1),
    { bucketMs, from: innerFrom, to: innerTo },
    ...cut(innerTo, to, level - 1),
  ];
}
