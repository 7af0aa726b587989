import { area, line } from 'd3-shape';
import { numberFormat } from './number-format.js';
import { legendMarkup, SAMPLE_WIDTH } from './legend.js';
import { markerMarkup, type SvgMarker } from './marker.js';
import { coordinate, DECIMALS, estimateTextWidth, svgDocument, svgLine, svgText } from './markup.js';
import { linearScale, numberTicks } from './scale.js';
import { SVG_COLOURS } from './theme.js';

export interface CurvePoint {
  x: number;
  y: number;
  /** Radius of the marker in CSS pixels. @default 3.2 */
  radius?: number;
}

export interface Curve {
  label: string;
  points: readonly CurvePoint[];
  /** @default the colour of series */
  colour?: string;
  /** CSS pixels; 0 for markers alone. @default 1.5 */
  strokeWidth?: number;
  /** Pattern of an SVG stroke-dasharray; solid where absent. */
  dashes?: string | undefined;
  marker?: SvgMarker;
}

/** An axis; where an end is absent, as far as the data reach. */
export interface CurveAxis {
  /** What it measures, with its unit. */
  label: string;
  from?: number;
  to?: number;
}

export interface CurveChartOptions {
  title: string;
  description?: string;
  heading: string;
  /** CSS pixels. @default 640 */
  width?: number;
  /** CSS pixels. @default 320 */
  height?: number;
  x: CurveAxis;
  y: CurveAxis;
  curves: readonly Curve[];
  /** Shaded between low and high, under the curves. */
  band?: { label: string; points: readonly { x: number; low: number; high: number }[] };
  /** Upright lines with a word. */
  marks?: readonly { x: number; label: string }[];
  /** @default 'en-GB' */
  locale?: string;
}

interface Frame {
  x: (value: number) => number;
  y: (value: number) => number;
  left: number;
  right: number;
  top: number;
  bottom: number;
}

/** Curves over a number, distinguished by dashes and markers as well as by colour. Points that are not finite are left out. */
export function curveChartSvg(options: CurveChartOptions): string {
  const { heading, width = 640, height = 320, curves, band, marks = [], title, description } = options;
  const legend = legendMarkup(legendEntries(options), 0, width, 28);
  const top = 20 + legend.height + (marks.length > 0 ? 18 : 8);
  const axes = axesMarkup(options, { left: 0, right: width - 8, top, bottom: height - 34 });
  const { frame } = axes;
  return svgDocument({ width, height, title, description }, [
    svgText(0, 11, heading, { size: 11, fill: SVG_COLOURS.ink, bold: true }),
    ...legend.markup,
    ...axes.markup,
    band ? bandMarkup(band.points, frame) : '',
    ...marks.flatMap((mark) => [
      svgLine(
        [frame.x(mark.x), top],
        [frame.x(mark.x), frame.bottom],
        SVG_COLOURS.muted,
        'stroke-dasharray="2 2"',
      ),
      svgText(frame.x(mark.x), top - 5, mark.label, { anchor: 'middle', fill: SVG_COLOURS.ink }),
    ]),
    ...curves.flatMap((curve) => curveMarkup(curve, frame)),
  ]);
}

function legendEntries({ curves, band }: CurveChartOptions) {
  const half = SAMPLE_WIDTH / 2;
  return [
    ...curves.map((curve) => ({
      label: curve.label,
      sample: (x: number, y: number): string =>
        strokeMarkup(
          `M${coordinate(x - half)} ${coordinate(y)}L${coordinate(x + half)} ${coordinate(y)}`,
          curve,
        ) + (curve.marker ? markerMarkup(curve.marker, x, y, curve.colour ?? SVG_COLOURS.series) : ''),
    })),
    ...(band
      ? [
          {
            label: band.label,
            sample: (x: number, y: number): string =>
              `<rect x="${coordinate(x - half)}" y="${coordinate(y - 4)}" width="${SAMPLE_WIDTH}" height="8" fill="${SVG_COLOURS.seriesSoft}"/>`,
          },
        ]
      : []),
  ];
}

function axesMarkup(
  { x, y, curves, band, locale = 'en-GB' }: CurveChartOptions,
  box: Omit<Frame, 'x' | 'y'>,
): { frame: Frame; markup: string[] } {
  const points = curves.flatMap((curve) => curve.points).filter(isFinitePoint);
  const bandPoints = band?.points ?? [];
  const xs = domainOf(x, [...points.map((point) => point.x), ...bandPoints.map((point) => point.x)], 0);
  const heights = [...points.map((point) => point.y), ...bandPoints.flatMap(({ low, high }) => [low, high])];
  const ys = domainOf(y, heights, 0.06);
  const xTicks = numberTicks(xs[0], xs[1], Math.floor((box.right - box.left) / 70));
  const yTicks = numberTicks(ys[0], ys[1], Math.floor((box.bottom - box.top) / 38));
  const format = (decimals: number): Intl.NumberFormat =>
    numberFormat(locale, { minimumFractionDigits: decimals, maximumFractionDigits: decimals });
  const yFormat = format(yTicks.decimals);
  const left = 20 + Math.max(0, ...yTicks.values.map((tick) => estimateTextWidth(yFormat.format(tick))));
  const frame: Frame = {
    ...box,
    left,
    x: linearScale(xs, [left, box.right]),
    y: linearScale(ys, [box.bottom, box.top]),
  };
  const middle = (box.top + box.bottom) / 2;
  return {
    frame,
    markup: [
      ...yTicks.values.flatMap((tick) => [
        svgLine([left, frame.y(tick)], [box.right, frame.y(tick)], SVG_COLOURS.grid),
        svgText(left - 4, frame.y(tick) + 3, yFormat.format(tick), { anchor: 'end' }),
      ]),
      ...xTicks.values.flatMap((tick) => [
        svgLine([frame.x(tick), box.bottom], [frame.x(tick), box.bottom + 3], SVG_COLOURS.axis),
        svgText(frame.x(tick), box.bottom + 14, format(xTicks.decimals).format(tick), { anchor: 'middle' }),
      ]),
      svgLine([left, box.bottom], [box.right, box.bottom], SVG_COLOURS.axis),
      svgText((left + box.right) / 2, box.bottom + 28, x.label, { anchor: 'middle', fill: SVG_COLOURS.ink }),
      `<g transform="rotate(-90 8 ${coordinate(middle)})">${svgText(8, middle, y.label, { anchor: 'middle', fill: SVG_COLOURS.ink })}</g>`,
    ],
  };
}

function domainOf({ from, to }: CurveAxis, values: readonly number[], margin: number): [number, number] {
  const low = from ?? (values.length > 0 ? Math.min(...values) : 0);
  const high = to ?? (values.length > 0 ? Math.max(...values) : 1);
  const room = (high > low ? high - low : Math.abs(low) || 1) * (high > low ? margin : 0.5);
  return [from ?? low - room, to ?? high + room];
}

function curveMarkup(curve: Curve, frame: Frame): string[] {
  const points = curve.points.filter(isFinitePoint);
  const path = line<CurvePoint>()
    .x(({ x }) => frame.x(x))
    .y(({ y }) => frame.y(y))
    .digits(DECIMALS)(points);
  const { marker, colour = SVG_COLOURS.series } = curve;
  return [
    path ? strokeMarkup(path, curve) : '',
    ...(marker
      ? points.map(({ x, y, radius }) => markerMarkup(marker, frame.x(x), frame.y(y), colour, radius))
      : []),
  ];
}

function strokeMarkup(
  path: string,
  { colour = SVG_COLOURS.series, strokeWidth = 1.5, dashes }: Curve,
): string {
  if (strokeWidth === 0) return '';
  const pattern = dashes ? ` stroke-dasharray="${dashes}"` : '';
  return `<path d="${path}" fill="none" stroke="${colour}" stroke-width="${strokeWidth}" stroke-linejoin="round"${pattern}/>`;
}

function bandMarkup(points: NonNullable<CurveChartOptions['band']>['points'], frame: Frame): string {
  const path = area<(typeof points)[number]>()
    .x(({ x }) => frame.x(x))
    .y0(({ low }) => frame.y(low))
    .y1(({ high }) => frame.y(high))
    .digits(DECIMALS)(points);
  return path ? `<path d="${path}" fill="${SVG_COLOURS.seriesSoft}"/>` : '';
}

function isFinitePoint({ x, y }: CurvePoint): boolean {
  return Number.isFinite(x) && Number.isFinite(y);
}
