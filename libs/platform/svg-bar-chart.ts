import {
  coordinate,
  ellipsize,
  escapeXml,
  estimateTextWidth,
  svgDocument,
  svgLine,
  svgText,
} from './svg-markup.js';
import { SVG_COLOURS } from './svg-theme.js';

export interface Bar {
  label: string;
  value: number;
  /** Shown at the end of the bar. @default the value with three significant digits */
  valueText?: string;
}

export interface BarChartOptions {
  title: string;
  description?: string;
  /** Drawn above the bars; for charts that are opened alone. */
  heading?: string;
  /** CSS pixels. @default 480 */
  width?: number;
  /** CSS pixels a bar and the space below it take. @default 17 */
  rowHeight?: number;
  /** Share of the width labels may take. @default 0.45 */
  labelShare?: number;
  /** @default 'en-GB' */
  locale?: string;
  bars: readonly Bar[];
}

/**
 * Horizontal bars in the order given, as an SVG element whose height follows from their number. Negative values run
 * to the left of a zero line in a second colour. A value that is not finite gets a dash and no bar.
 */
export function barChartSvg(options: BarChartOptions): string {
  const { bars, heading, width = 480, rowHeight = 17, labelShare = 0.45, locale = 'en-GB' } = options;
  const numbers = new Intl.NumberFormat(locale, { maximumSignificantDigits: 3 });
  const valueTexts = bars.map((bar) =>
    Number.isFinite(bar.value) ? (bar.valueText ?? numbers.format(bar.value)) : '–',
  );
  const labelWidth = Math.min(
    width * labelShare,
    Math.max(0, ...bars.map((bar) => estimateTextWidth(bar.label))) + 8,
  );
  const valueWidth = Math.max(0, ...valueTexts.map((text) => estimateTextWidth(text))) + 8;
  const finite = bars.map((bar) => (Number.isFinite(bar.value) ? bar.value : 0));
  const lowest = Math.min(0, ...finite);
  const highest = Math.max(0, ...finite);
  const left = labelWidth + (lowest < 0 ? valueWidth : 0);
  const scale = (width - valueWidth - left) / (highest - lowest || 1);
  const zero = left - lowest * scale;
  const top = heading ? 20 : 2;

  const rows = bars.flatMap((bar, index) => {
    const y = top + index * rowHeight;
    const length = Math.abs(finite[index]) * scale;
    const negative = finite[index] < 0;
    const start = negative ? zero - length : zero;
    const baseline = y + rowHeight / 2 + 3;
    const fill = negative ? SVG_COLOURS.opposite : SVG_COLOURS.series;
    return [
      `<g><title>${escapeXml(`${bar.label}: ${valueTexts[index]}`)}</title>`,
      svgText(labelWidth - 6, baseline, ellipsize(bar.label, labelWidth - 8), {
        anchor: 'end',
        fill: SVG_COLOURS.ink,
      }),
      `<rect x="${coordinate(start)}" y="${coordinate(y + 2)}" width="${coordinate(length)}" height="${coordinate(rowHeight - 5)}" fill="${fill}"/>`,
      svgText(negative ? start - 4 : start + length + 4, baseline, valueTexts[index], {
        anchor: negative ? 'end' : 'start',
      }),
      '</g>',
    ];
  });
  const height = top + bars.length * rowHeight + 2;
  return svgDocument({ width, height, title: options.title, description: options.description }, [
    heading ? svgText(0, 11, heading, { size: 11, fill: SVG_COLOURS.ink, bold: true }) : '',
    ...rows,
    svgLine([zero, top], [zero, height - 2], SVG_COLOURS.axis),
  ]);
}
