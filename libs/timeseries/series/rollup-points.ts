import type { SeriesPoints } from './bin-averages.js';
import type { SeriesMethod } from './downsampling.js';
import type { Rollup } from '../rollup/rollup.js';
import { rollupExtremes } from './rollup-extremes.js';

/** A rollup with a good sample as a chart needs it: tag, bucket, and the columns of its form. */
export type RollupRow = number[];

/** Points that stand in for samples. */
interface WeightedPoints {
  series: SeriesPoints;
  /** How many samples each point stands for; absent when it is one each. */
  weights?: Float64Array;
}

/** What a method makes points from: only these columns are read. */
export interface RollupForm {
  /** Of timeseries_rollup, behind tag_id and bucket. */
  columns: readonly string[];
  /** A rollup that was computed in the form of those that are read. */
  rowOf(rollup: Rollup): RollupRow;
  /** @param rows one tag's, in ascending order of time */
  points(rows: readonly RollupRow[]): WeightedPoints;
}

const MEANS: RollupForm = {
  columns: ['count', 'sum'],
  rowOf: ({ tagId, bucket, count, sum }) => [tagId, bucket, count, sum],
  points: (rows) => ({
    series: {
      times: Float64Array.from(rows, ([, bucket]) => bucket),
      values: Float64Array.from(rows, ([, , count, sum]) => sum / count),
    },
    weights: Float64Array.from(rows, ([, , count]) => count),
  }),
};

const EXTREMES: RollupForm = {
  columns: ['min', 'max', 'first_ts', 'first', 'last_ts', 'last'],
  rowOf: ({ tagId, bucket, min, max, firstTs, first, lastTs, last }) => [
    tagId,
    bucket,
    min,
    max,
    firstTs,
    first,
    lastTs,
    last,
  ],
  points: (rows) => ({
    series: rollupExtremes(
      rows.map(([, , min, max, firstTs, first, lastTs, last]) => ({
        min,
        max,
        firstTs,
        first,
        lastTs,
        last,
      })),
    ),
  }),
};

/** The form of rollups that a method thins out: means for averages, extremes for the others. */
export function rollupFormOf(method: SeriesMethod): RollupForm {
  return method === 'avg' ? MEANS : EXTREMES;
}
