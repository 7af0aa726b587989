import type { SeriesPoints } from './bin-averages.js';
import type { SeriesMethod } from './downsampling.js';
import { joinedNumbers, joinedSeries, noWorseThan, type RawSeries } from './raw-series.js';
import type { Rollup } from '../rollup/rollup.js';
import { BAD_QUALITY, GOOD_QUALITY, UNCERTAIN_QUALITY } from '../samples/sample-columns.js';
import { rollupExtremes } from './rollup-extremes.js';

/** What one segment of a window holds of one tag. */
export type TagSegment = { raw: RawSeries } | { rollups: Rollup[] };

/** One tag's points over the whole window. */
export interface JoinedSeries {
  series: SeriesPoints;
  /** How many samples each point stands for; absent when it is one each. */
  weights: Float64Array | undefined;
}

/** The worst quality that is shown; rollups, and the samples beside them, show good values only. */
const WORST_SHOWN: Readonly<Record<SeriesMethod, number>> = {
  raw: BAD_QUALITY,
  avg: GOOD_QUALITY,
  minmax: UNCERTAIN_QUALITY,
  lttb: UNCERTAIN_QUALITY,
};

/**
 * Joins the segments of one tag, in order of time. Rollups become their means where averages are wanted, and their
 * extremes otherwise.
 */
export function seriesOfSegments(segments: readonly TagSegment[], method: SeriesMethod): JoinedSeries {
  const raw = segments.flatMap((segment) => ('raw' in segment ? [segment.raw] : []));
  if (raw.length === segments.length)
    return { series: noWorseThan(WORST_SHOWN[method], joinedSeries(raw)), weights: undefined };
  const parts = segments.map((segment) => pointsOf(segment, method));
  return {
    series: {
      times: joinedNumbers(parts.map(({ times }) => times)),
      values: joinedNumbers(parts.map(({ values }) => values)),
    },
    weights: joinedNumbers(parts.map(({ times, weights }) => weights ?? ones(times.length))),
  };
}

function pointsOf(segment: TagSegment, method: SeriesMethod): SeriesPoints & { weights?: Float64Array } {
  if ('raw' in segment) return noWorseThan(GOOD_QUALITY, segment.raw);
  const rollups = segment.rollups.filter(({ count }) => count > 0);
  if (method !== 'avg') return rollupExtremes(rollups);
  return {
    times: Float64Array.from(rollups, ({ bucket }) => bucket),
    values: Float64Array.from(rollups, ({ sum, count }) => sum / count),
    weights: Float64Array.from(rollups, ({ count }) => count),
  };
}

function ones(length: number): Float64Array {
  return new Float64Array(length).fill(1);
}
