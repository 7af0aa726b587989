import { numberFormat } from './number-format.js';
import { legendMarkup } from './legend.js';
import { markerMarkup, type SvgMarker } from './marker.js';
import {
  coordinate,
  ellipsize,
  escapeXml,
  estimateTextWidth,
  svgDocument,
  svgLine,
  svgText,
} from './markup.js';
import { linearScale, numberTicks } from './scale.js';
import { SVG_COLOURS } from './theme.js';

export interface DotSeries {
  label: string;
  marker: SvgMarker;
  /** @default the colour of series */
  colour?: string;
  /** One a row; null where there is nothing to show. */
  values: readonly (number | null)[];
  /** Ends of an interval, drawn as a line through the marker. */
  intervals?: readonly (readonly [low: number, high: number] | null)[];
}

export interface DotChartOptions {
  title: string;
  description?: string;
  heading: string;
  /** CSS pixels. @default 640 */
  width?: number;
  /** What the axis measures, with its unit. */
  axisLabel: string;
  /** @default 'linear' */
  scale?: 'linear' | 'log';
  /** Label left of the row; note right of the chart. */
  rows: readonly { label: string; note?: string | undefined }[];
  series: readonly DotSeries[];
  /** @default 'en-GB' */
  locale?: string;
}

const ROW_HEIGHT = 17;
const LABEL_SHARE = 0.42;
const AXIS_HEIGHT = 30;
const LOG_STEPS = [1, 2, 5];

/** One row a category with a marker for each series at its value; on a logarithmic axis only values above 0 are shown. */
export function dotChartSvg(options: DotChartOptions): string {
  const { rows, series, heading, axisLabel, width = 640, scale = 'linear', locale = 'en-GB' } = options;
  const left =
    10 + Math.min(LABEL_SHARE * width, Math.max(0, ...rows.map(({ label }) => estimateTextWidth(label))));
  const noteWidth = Math.max(0, ...rows.map(({ note }) => (note ? estimateTextWidth(note) + 10 : 0)));
  const right = width - Math.max(12, noteWidth);
  const legend = legendMarkup(
    series.map(({ label, marker, colour = SVG_COLOURS.series }) => ({
      label,
      sample: (x, y) => markerMarkup(marker, x, y, colour),
    })),
    left - 6,
    width,
    26,
  );
  const top = 20 + legend.height + 4;
  const bottom = top + rows.length * ROW_HEIGHT;
  const axis = valueAxis(valuesOf(series, scale), scale, [left + 6, right - 6]);
  const numbers = numberFormat(locale, { maximumSignificantDigits: 6 });
  const body = [
    svgText(0, 11, heading, { size: 11, fill: SVG_COLOURS.ink, bold: true }),
    ...legend.markup,
    ...axis.ticks.flatMap((tick) => [
      svgLine([axis.at(tick), top], [axis.at(tick), bottom], SVG_COLOURS.grid),
      svgText(axis.at(tick), bottom + 12, numbers.format(tick), { anchor: 'middle' }),
    ]),
    svgLine([left, bottom], [right, bottom], SVG_COLOURS.axis),
    svgText((left + right) / 2, bottom + 25, axisLabel, { anchor: 'middle', fill: SVG_COLOURS.ink }),
    ...rows.flatMap(({ label, note }, row) => {
      const y = top + (row + 0.5) * ROW_HEIGHT;
      return [
        svgText(left - 6, y + 3, ellipsize(label, left - 8), { anchor: 'end', fill: SVG_COLOURS.ink }),
        svgLine([left, y], [right, y], SVG_COLOURS.grid, 'stroke-dasharray="1 3"'),
        note ? svgText(right + 6, y + 3, note) : '',
      ];
    }),
    ...series.flatMap((each, k) =>
      rows.map(({ label }, row) => {
        const y = top + (row + 0.5) * ROW_HEIGHT + spread(k, series.length);
        return dotMarkup(each, row, label, y, axis.at, numbers);
      }),
    ),
  ];
  const { title, description } = options;
  return svgDocument({ width, height: bottom + AXIS_HEIGHT, title, description }, body);
}

/** Series lie a little apart within the row, so that equal values don't hide each other. */
function spread(series: number, count: number): number {
  return count === 1 ? 0 : (series / (count - 1) - 0.5) * 0.42 * ROW_HEIGHT;
}

function valuesOf(series: readonly DotSeries[], scale: 'linear' | 'log'): number[] {
  const all = series.flatMap(({ values, intervals = [] }) => [
    ...values,
    ...intervals.flatMap((ends) => ends ?? []),
  ]);
  return all.filter(
    (value) => value !== null && Number.isFinite(value) && (scale === 'linear' || value > 0),
  ) as number[];
}

interface ValueAxis {
  at: (value: number) => number;
  ticks: number[];
}

function valueAxis(
  values: readonly number[],
  scale: 'linear' | 'log',
  range: readonly [number, number],
): ValueAxis {
  const low = values.length > 0 ? Math.min(...values) : 1;
  const high = values.length > 0 ? Math.max(...values) : 10;
  if (scale === 'linear') {
    const domain = [Math.min(0, low), high > low ? high : low + 1] as const;
    return { at: linearScale(domain, range), ticks: numberTicks(domain[0], domain[1], 6).values };
  }
  const steps = Array.from({ length: 40 }, (_, i) => LOG_STEPS[i % 3] * 10 ** (Math.floor(i / 3) - 4));
  const first = steps.findLastIndex((step) => step <= low);
  const last = steps.findIndex((step) => step >= high);
  const ticks = steps.slice(Math.max(0, first), last < 0 ? undefined : last + 1);
  const along = linearScale([Math.log(ticks[0]), Math.log(ticks[ticks.length - 1])], range);
  return { at: (value) => along(Math.log(value)), ticks };
}

function dotMarkup(
  { label, marker, colour = SVG_COLOURS.series, values, intervals = [] }: DotSeries,
  row: number,
  rowLabel: string,
  y: number,
  at: (value: number) => number,
  numbers: Intl.NumberFormat,
): string {
  const value = values[row];
  if (value === null || !Number.isFinite(at(value))) return '';
  const ends = intervals.at(row);
  const [from, to] = ends ? ends.map(at) : [NaN, NaN];
  const title = escapeXml(`${rowLabel}, ${label}: ${numbers.format(value)}`);
  const whisker =
    Number.isFinite(from) && Number.isFinite(to) && coordinate(from) !== coordinate(to)
      ? svgLine([from, y], [to, y], colour, 'stroke-width="1.2"')
      : '';
  return `<g><title>${title}</title>${whisker}${markerMarkup(marker, at(value), y, colour)}</g>`;
}
