import type { SeriesPoints } from './bin-averages.js';
import type { SeriesMethod } from './downsampling.js';
import { joinedNumbers, type RawSeries } from './raw-series.js';
import type { Rollup } from '../rollup/rollup.js';
import { rollupExtremes } from './rollup-extremes.js';

/** What one segment of a window holds of one tag. */
export type TagSegment = { raw: RawSeries } | { rollups: Rollup[] };

/** One tag's points over the whole window. */
export interface JoinedSeries {
  series: SeriesPoints;
  /** How many samples each point stands for; absent when it is one each. */
  weights: Float64Array | undefined;
  /** Absent when not all points are samples. */
  qualities: Uint8Array | undefined;
}

/**
 * Joins the segments of one tag, in order of time. Rollups become their means where averages are wanted, and their
 * extremes otherwise.
 */
export function seriesOfSegments(segments: readonly TagSegment[], method: SeriesMethod): JoinedSeries {
  const parts = segments.map((segment) => pointsOf(segment, method));
  const rawOnly = segments.every((segment) => 'raw' in segment);
  return {
    series: {
      times: joinedNumbers(parts.map(({ times }) => times)),
      values: joinedNumbers(parts.map(({ values }) => values)),
    },
    weights: rawOnly
      ? undefined
      : joinedNumbers(parts.map(({ times, weights }) => weights ?? ones(times.length))),
    qualities: rawOnly
      ? Uint8Array.from(segments.flatMap((segment) => ('raw' in segment ? [...segment.raw.qualities] : [])))
      : undefined,
  };
}

function pointsOf(segment: TagSegment, method: SeriesMethod): SeriesPoints & { weights?: Float64Array } {
  if ('raw' in segment) return segment.raw;
  if (method !== 'avg') return rollupExtremes(segment.rollups);
  return {
    times: Float64Array.from(segment.rollups, ({ bucket }) => bucket),
    values: Float64Array.from(segment.rollups, ({ sum, count }) => sum / count),
    weights: Float64Array.from(segment.rollups, ({ count }) => count),
  };
}

function ones(length: number): Float64Array {
  return new Float64Array(length).fill(1);
}
