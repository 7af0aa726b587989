import { numberFormat } from './number-format.js';
import { coordinate, estimateTextWidth, svgLine, svgText } from './markup.js';
import { linearScale, numberTicks, timeTicks, type NumberTicks } from './scale.js';
import { SVG_COLOURS, SVG_FONT_SIZE } from './theme.js';
import { extentOf, type SeriesScales } from './time-series.js';

export interface LimitLine {
  value: number;
  /** Short, drawn with the value: `HH`. */
  label: string;
  side: 'low' | 'high';
  urgent?: boolean;
}

export interface TimeBand {
  from: number;
  to: number;
}

/** What charts over time have in common. */
export interface TimePlotOptions {
  /** What the chart shows, for screen readers. */
  title: string;
  description?: string;
  /** CSS pixels. @default 330 */
  width?: number;
  /** CSS pixels. @default 140 */
  height?: number;
  /** Epoch milliseconds; where absent, as far as the data reach. */
  from?: number;
  to?: number;
  limits?: readonly LimitLine[];
  /** Spans of time to shade and hatch. */
  bands?: readonly TimeBand[];
  /** IANA name or fixed offset. @default 'UTC' */
  timeZone?: string;
  /** @default 'en-GB' */
  locale?: string;
}

export interface TimePlot extends SeriesScales {
  left: number;
  right: number;
  top: number;
  bottom: number;
  /** Bands, grid and axes: to be drawn first. */
  background: string[];
  /** Limit lines and their labels: to be drawn over the background, under the data. */
  limits: string[];
}

/** The data should fill at least this share of the height; a limit farther away is named, not drawn to scale. */
const SMALLEST_DATA_SHARE = 0.22;
const LINE_HEIGHT = SVG_FONT_SIZE + 2;

/**
 * Axes, grid, bands and limits around data that reach from `low` to `high`.
 * @param low NaN when there are no data
 */
export function timePlot(
  options: TimePlotOptions,
  low: number,
  high: number,
  span: readonly [number, number],
): TimePlot {
  const { width = 330, height = 140, limits = [], bands = [], locale = 'en-GB' } = options;
  const [from, to] = span[1] > span[0] ? span : [span[0] - 30_000, span[0] + 30_000];
  const domain = valueDomain(low, high, limits);
  const ticks = numberTicks(domain[0], domain[1], Math.max(2, Math.floor(height / 34)));
  const numbers = tickNumberFormat(ticks, locale);
  const shown = limits.filter((limit) => limit.value >= domain[0] && limit.value <= domain[1]);
  const beyond = limits.filter((limit) => !shown.includes(limit));
  const limitText = (limit: LimitLine): string => `${limit.label} ${formatLimit(limit.value, locale)}`;

  const left = 8 + Math.max(14, ...ticks.values.map((tick) => estimateTextWidth(numbers.format(tick))));
  const right = width - 6 - Math.max(0, ...shown.map((limit) => estimateTextWidth(limitText(limit)) + 4));
  const top = beyond.some((limit) => limit.side === 'high') ? 14 : 6;
  const bottom =
    height - 2 * LINE_HEIGHT - 2 - (beyond.some((limit) => limit.side === 'low') ? LINE_HEIGHT : 0);
  const x = linearScale([from, to], [left, right]);
  const y = linearScale(domain, [bottom, top]);

  const background = bands.flatMap((band) => bandMarkup(band, [from, to], x, top, bottom));
  for (const tick of ticks.values) {
    background.push(svgLine([left, y(tick)], [right, y(tick)], SVG_COLOURS.grid));
    background.push(svgText(left - 4, y(tick) + 3, numbers.format(tick), { anchor: 'end' }));
  }
  background.push(svgLine([left, bottom], [right, bottom], SVG_COLOURS.axis));
  background.push(...timeAxis(from, to, x, bottom, [left, right], options));
  return {
    x,
    y,
    left,
    right,
    top,
    bottom,
    background,
    limits: [
      ...shown.flatMap((limit) => limitMarkup(limit, y(limit.value), left, right)),
      ...spreadLabels(shown.map((limit) => ({ limit, at: y(limit.value) + 3, text: limitText(limit) }))).map(
        (label) => svgText(right + 4, label.at, label.text, { fill: limitColour(label.limit) }),
      ),
      ...beyondMarkup(beyond, limitText, right, top, bottom),
    ],
  };
}

function valueDomain(low: number, high: number, limits: readonly LimitLine[]): [number, number] {
  if (!Number.isFinite(low)) {
    const [lowest, highest] = extentOf(limits.map((limit) => limit.value));
    return Number.isFinite(lowest) && highest > lowest ? padded(lowest, highest) : [0, 1];
  }
  const spread = high - low || Math.abs(high) * 0.02 || 1;
  let [bottom, top] = high > low ? [low, high] : [low - spread / 2, high + spread / 2];
  const byDistance = [...limits].sort(
    (a, b) => distanceOutside(a.value, low, high) - distanceOutside(b.value, low, high),
  );
  for (const { value } of byDistance) {
    const wider = [Math.min(bottom, value), Math.max(top, value)] as const;
    if (spread / (wider[1] - wider[0]) >= SMALLEST_DATA_SHARE) [bottom, top] = wider;
  }
  return padded(bottom, top);
}

function distanceOutside(value: number, low: number, high: number): number {
  return Math.max(low - value, value - high, 0);
}

function padded(low: number, high: number): [number, number] {
  const margin = (high - low) * 0.06;
  return [low - margin, high + margin];
}

function tickNumberFormat(ticks: NumberTicks, locale: string): Intl.NumberFormat {
  const decimals = Math.min(ticks.decimals, 12);
  return numberFormat(locale, { minimumFractionDigits: decimals, maximumFractionDigits: decimals });
}

function formatLimit(value: number, locale: string): string {
  return numberFormat(locale, { maximumSignificantDigits: 4 }).format(value);
}

function limitColour(limit: LimitLine): string {
  return limit.urgent ? SVG_COLOURS.urgentLimit : SVG_COLOURS.limit;
}

function limitMarkup(limit: LimitLine, at: number, left: number, right: number): string[] {
  const dashes = limit.urgent ? '' : ' stroke-dasharray="5 3"';
  return [svgLine([left, at], [right, at], limitColour(limit), `stroke-width="1"${dashes}`)];
}

/** Moves labels that would overlap apart, downwards from the highest. */
function spreadLabels<T extends { at: number }>(labels: T[]): T[] {
  const sorted = [...labels].sort((a, b) => a.at - b.at);
  for (let i = 1; i < sorted.length; i++)
    sorted[i].at = Math.max(sorted[i].at, sorted[i - 1].at + LINE_HEIGHT - 1);
  return sorted;
}

function beyondMarkup(
  limits: readonly LimitLine[],
  textOf: (limit: LimitLine) => string,
  right: number,
  top: number,
  bottom: number,
): string[] {
  const line = (side: 'low' | 'high', at: number): string[] => {
    const here = limits.filter((limit) => limit.side === side);
    if (here.length === 0) return [];
    const text = here.map((limit) => `${side === 'high' ? '↑' : '↓'} ${textOf(limit)}`).join('   ');
    return [svgText(right, at, text, { anchor: 'end', fill: limitColour(here[0]) })];
  };
  return [...line('high', top - 4), ...line('low', bottom + LINE_HEIGHT * 3)];
}

function bandMarkup(
  band: TimeBand,
  domain: readonly [number, number],
  x: (time: number) => number,
  top: number,
  bottom: number,
): string[] {
  const from = x(Math.max(band.from, domain[0]));
  const to = Math.max(x(Math.min(band.to, domain[1])), from + 1.5);
  if (band.to < domain[0] || band.from > domain[1]) return [];
  const rectangle =
    `<rect x="${coordinate(from)}" y="${coordinate(top)}" width="${coordinate(to - from)}" ` +
    `height="${coordinate(bottom - top)}" fill="${SVG_COLOURS.band}"/>`;
  return [
    rectangle,
    hatch(from, to, top, bottom),
    svgLine([from, top], [from, bottom], SVG_COLOURS.bandHatch),
  ];
}

/** Lines at 45°, cut to the rectangle by arithmetic: patterns and clip paths need ids, which collide in one page. */
function hatch(left: number, right: number, top: number, bottom: number): string {
  let path = '';
  const height = bottom - top;
  const firstStep = Math.ceil((left + top) / 7) * 7;
  for (let sum = firstStep; sum < right + bottom; sum += 7) {
    const startX = Math.max(left, sum - bottom);
    const endX = Math.min(right, sum - top);
    if (endX > startX && height > 0) {
      path += `M${coordinate(startX)} ${coordinate(sum - startX)}L${coordinate(endX)} ${coordinate(sum - endX)}`;
    }
  }
  return (
    path &&
    `<path d="${path}" stroke="${SVG_COLOURS.bandHatch}" stroke-width="0.5" fill="none" opacity="0.7"/>`
  );
}

function timeAxis(
  from: number,
  to: number,
  x: (time: number) => number,
  bottom: number,
  [left, right]: readonly [number, number],
  options: TimePlotOptions,
): string[] {
  const ticks = timeTicks(from, to, Math.max(2, Math.floor((right - left) / 46)), options);
  return ticks.flatMap((tick) => {
    const at = x(tick.at);
    const mark = svgLine([at, bottom], [at, bottom + 3], SVG_COLOURS.axis);
    const label = centred(tick.label, at, bottom + LINE_HEIGHT, left, right);
    return tick.dateLabel
      ? [mark, label, centred(tick.dateLabel, at, bottom + 2 * LINE_HEIGHT, left, right)]
      : [mark, label];
  });
}

/** Centred on x, but shifted inwards where it would leave the chart. */
function centred(text: string, x: number, y: number, left: number, right: number): string {
  const half = estimateTextWidth(text) / 2;
  return svgText(Math.min(Math.max(x, left - 20 + half), right + 6 - half), y, text, { anchor: 'middle' });
}
