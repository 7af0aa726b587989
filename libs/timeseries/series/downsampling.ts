import { binAverages, type SeriesPoints } from './bin-averages.js';
import { lttbIndices } from './lttb.js';
import { minMaxIndices } from './min-max-decimation.js';

/** How a series is thinned out; `raw` is not at all. */
export const SERIES_METHODS = ['raw', 'avg', 'minmax', 'lttb'] as const;
export type SeriesMethod = (typeof SERIES_METHODS)[number];

export interface DownsamplingOptions {
  /** How many samples each point stands for; one each by default. */
  weights?: Float64Array | undefined;
  /** The window of the series, `[from, to)`. */
  from: number;
  to: number;
  /** Most points to keep. */
  points: number;
  method: SeriesMethod;
}

/** Thins a series out; one that is short enough is returned as it is. */
export function downsample(
  series: SeriesPoints,
  { weights, from, to, points, method }: DownsamplingOptions,
): SeriesPoints {
  const { times, values } = series;
  if (times.length <= points) return series;
  switch (method) {
    case 'raw':
      return series;
    case 'avg':
      return binAverages(series, weights, from, to, points);
    case 'minmax':
      return picked(series, minMaxIndices(times, values, from, to, Math.max(1, Math.floor(points / 2))));
    case 'lttb':
      return picked(series, lttbIndices(times, values, points));
  }
}

function picked({ times, values, qualities }: SeriesPoints, indices: Uint32Array): SeriesPoints {
  return {
    times: Float64Array.from(indices, (index) => times[index]),
    values: Float64Array.from(indices, (index) => values[index]),
    ...(qualities && { qualities: Uint8Array.from(indices, (index) => qualities[index]) }),
  };
}
