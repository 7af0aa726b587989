import { coordinate, svgDocument } from './markup.js';
import { linearScale } from './scale.js';
import { SVG_COLOURS } from './theme.js';
import { extentOf, lastPoint, seriesPath, type TimeSeries } from './time-series.js';

export interface SparklineOptions {
  title: string;
  series: TimeSeries;
  /** CSS pixels. @default 120 */
  width?: number;
  /** CSS pixels. @default 22 */
  height?: number;
}

/** The shape of a series without axes, the newest value dotted; an empty drawing when nothing is finite. */
export function sparklineSvg(options: SparklineOptions): string {
  const { title, series, width = 120, height = 22 } = options;
  const last = lastPoint(series);
  if (!last) return svgDocument({ width, height, title }, []);
  const [low, high] = extentOf(series.values);
  const middle = (low + high) / 2;
  const half = (high - low) / 2 || 1;
  const plot = {
    x: linearScale([series.times[0], series.times[series.times.length - 1]], [2, width - 4]),
    y: linearScale([middle - half, middle + half], [height - 3, 3]),
  };
  return svgDocument({ width, height, title }, [
    `<path d="${seriesPath(series, plot)}" fill="none" stroke="${SVG_COLOURS.series}" stroke-width="0.9" stroke-linejoin="round" stroke-linecap="round"/>`,
    `<circle cx="${coordinate(plot.x(last.time))}" cy="${coordinate(plot.y(last.value))}" r="2" fill="${SVG_COLOURS.series}"/>`,
  ]);
}
