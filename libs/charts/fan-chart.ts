import { curveLinearClosed, line } from 'd3-shape';
import { coordinate, DECIMALS, estimateTextWidth, svgDocument, svgLine, svgText } from './markup.js';
import { SVG_COLOURS } from './theme.js';
import { timePlot, type TimePlot, type TimePlotOptions } from './time-plot.js';
import { extentOf, lastPoint, seriesPath, type TimeSeries } from './time-series.js';

export interface FanChartOptions extends TimePlotOptions {
  history: TimeSeries;
  /** Predicted values with the ends of their interval, all of one length. */
  forecast: TimeSeries & { low: ArrayLike<number>; high: ArrayLike<number> };
  /** Stands at the line where the forecast begins. */
  forecastLabel?: string;
}

/**
 * What was measured and what is expected next: a solid line, then a dashed one inside its interval. The interval
 * opens from the last measured value. Forecast steps that are not finite end the fan.
 */
export function fanChartSvg(options: FanChartOptions): string {
  const { history, width = 330, height = 140, forecastLabel } = options;
  const forecast = finiteSteps(options.forecast);
  const [low, high] = extentOf(history.values, forecast.values, forecast.low, forecast.high);
  const plot = timePlot({ ...options, width, height }, low, high, [
    options.from ?? history.times[0] ?? forecast.times[0] ?? 0,
    options.to ?? forecast.times.at(-1) ?? history.times[history.times.length - 1] ?? 0,
  ]);
  const origin = lastPoint(history);
  const stroke = `fill="none" stroke="${SVG_COLOURS.series}" stroke-width="1.25" stroke-linejoin="round"`;
  return svgDocument({ width, height, title: options.title, description: options.description }, [
    ...plot.background,
    ...plot.limits,
    ...fan(forecast, origin, plot),
    `<path d="${seriesPath(history, plot)}" ${stroke} stroke-linecap="round"/>`,
    ...(forecast.times.length > 0
      ? [`<path d="${seriesPath(startingAt(forecast, origin), plot)}" ${stroke} stroke-dasharray="4 2.5"/>`]
      : []),
    ...(origin && forecast.times.length > 0 ? nowLine(plot, origin.time, forecastLabel) : []),
  ]);
}

interface Steps {
  times: number[];
  values: number[];
  low: number[];
  high: number[];
}

function finiteSteps({ times, values, low, high }: FanChartOptions['forecast']): Steps {
  const steps: Steps = { times: [], values: [], low: [], high: [] };
  for (let i = 0; i < times.length; i++) {
    if (![values[i], low[i], high[i]].every(Number.isFinite)) break;
    steps.times.push(times[i]);
    steps.values.push(values[i]);
    steps.low.push(low[i]);
    steps.high.push(high[i]);
  }
  return steps;
}

type Origin = { time: number; value: number } | undefined;

function startingAt(forecast: Steps, origin: Origin): TimeSeries {
  if (!origin) return forecast;
  return { times: [origin.time, ...forecast.times], values: [origin.value, ...forecast.values] };
}

function fan({ times, low, high }: Steps, origin: Origin, plot: TimePlot): string[] {
  if (times.length === 0) return [];
  const start = origin ? [[origin.time, origin.value] as const] : [];
  const upper = times.map((time, i) => [time, high[i]] as const);
  const lower = times.map((time, i) => [time, low[i]] as const).reverse();
  const path = line<readonly [number, number]>()
    .x(([time]) => plot.x(time))
    .y(([, value]) => plot.y(value))
    .curve(curveLinearClosed)
    .digits(DECIMALS)([...start, ...upper, ...lower]);
  return [
    `<path d="${path}" fill="${SVG_COLOURS.seriesSoft}" fill-opacity="0.75" stroke="${SVG_COLOURS.series}" stroke-width="0.4"/>`,
  ];
}

function nowLine(plot: TimePlot, time: number, label: string | undefined): string[] {
  const at = plot.x(time);
  const line = svgLine(
    [at, plot.top],
    [at, plot.bottom],
    SVG_COLOURS.ink,
    'stroke-width="0.8" stroke-dasharray="1.5 2"',
  );
  if (!label) return [line];
  const end = at - 4;
  const width = estimateTextWidth(label);
  return [
    line,
    // Paper behind the letters: a limit line may pass there.
    `<rect x="${coordinate(end - width - 2)}" y="${coordinate(plot.top)}" width="${coordinate(width + 3)}" ` +
      `height="11" fill="${SVG_COLOURS.paper}"/>`,
    svgText(end, plot.top + 8, label, { anchor: 'end', fill: SVG_COLOURS.ink }),
  ];
}
