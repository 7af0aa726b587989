import { coordinate, svgDocument } from './markup.js';
import { SVG_COLOURS } from './theme.js';
import { timePlot, type TimePlotOptions } from './time-plot.js';
import { extentOf, lastPoint, seriesPath, type TimeSeries } from './time-series.js';

export interface LineChartOptions extends TimePlotOptions {
  series: TimeSeries;
}

/**
 * One series over time with its limits and shaded spans, as an SVG element. Gaps stay open; the newest value is
 * marked with a dot. A limit too far away to be drawn to scale is named at the edge with an arrow.
 */
export function lineChartSvg(options: LineChartOptions): string {
  const { series, width = 330, height = 140 } = options;
  const [low, high] = extentOf(series.values);
  const plot = timePlot(options, low, high, timeSpan(options, series));
  const last = lastPoint(series);
  return svgDocument({ width, height, title: options.title, description: options.description }, [
    ...plot.background,
    ...plot.limits,
    `<path d="${seriesPath(series, plot)}" fill="none" stroke="${SVG_COLOURS.series}" stroke-width="1.25" ` +
      'stroke-linejoin="round" stroke-linecap="round"/>',
    last
      ? `<circle cx="${coordinate(plot.x(last.time))}" cy="${coordinate(plot.y(last.value))}" r="2.2" fill="${SVG_COLOURS.series}"/>`
      : '',
  ]);
}

function timeSpan(options: LineChartOptions, { times }: TimeSeries): [number, number] {
  const first = times.length > 0 ? times[0] : 0;
  const last = times.length > 0 ? times[times.length - 1] : 0;
  return [options.from ?? first, options.to ?? last];
}
