import { numberFormat } from './number-format.js';
import {
  coordinate,
  ellipsize,
  escapeXml,
  estimateTextWidth,
  svgDocument,
  svgLine,
  svgText,
} from './markup.js';
import { SVG_COLOURS } from './theme.js';

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
  /** Labels stand left of their bars, cut at 45 % of the width, or above them in full. @default 'beside' */
  labels?: 'beside' | 'above';
  /** @default 'en-GB' */
  locale?: string;
  bars: readonly Bar[];
}

const BAR_HEIGHT = { beside: 12, above: 8 };
/** From one bar to the next, the label above it included. */
const ROW_HEIGHT = { beside: 17, above: 24 };
const LABEL_SHARE = 0.45;

/**
 * Horizontal bars in the order given, as an SVG element whose height follows from their number. Negative values run
 * to the left of a zero line in a second colour. A value that is not finite gets a dash and no bar.
 */
export function barChartSvg(options: BarChartOptions): string {
  const { bars, heading, width = 480, labels = 'beside', locale = 'en-GB' } = options;
  const numbers = numberFormat(locale, { maximumSignificantDigits: 3 });
  const valueTexts = bars.map((bar) =>
    Number.isFinite(bar.value) ? (bar.valueText ?? numbers.format(bar.value)) : '–',
  );
  const values = bars.map((bar) => (Number.isFinite(bar.value) ? bar.value : 0));
  const labelWidth = labels === 'above' ? 0 : besideWidth(bars, width);
  const valueWidth = Math.max(0, ...valueTexts.map((text) => estimateTextWidth(text))) + 8;
  const lowest = Math.min(0, ...values);
  const left = labelWidth + (lowest < 0 ? valueWidth : 0);
  const scale = (width - valueWidth - left) / (Math.max(0, ...values) - lowest || 1);
  const zero = left - lowest * scale;
  const top = heading ? 20 : 2;
  const height = top + bars.length * ROW_HEIGHT[labels] + 2;

  const rows = bars.flatMap((bar, index) => {
    const bottom = top + (index + 1) * ROW_HEIGHT[labels] - 3;
    const length = Math.abs(values[index]) * scale;
    const negative = values[index] < 0;
    const start = negative ? zero - length : zero;
    const baseline = bottom - BAR_HEIGHT[labels] / 2 + 3;
    const end = negative ? start - 4 : start + length + 4;
    return [
      `<g><title>${escapeXml(`${bar.label}: ${valueTexts[index]}`)}</title>`,
      labels === 'above'
        ? svgText(0, bottom - BAR_HEIGHT.above - 4, ellipsize(bar.label, width), { fill: SVG_COLOURS.ink })
        : svgText(labelWidth - 6, baseline, ellipsize(bar.label, labelWidth - 8), {
            anchor: 'end',
            fill: SVG_COLOURS.ink,
          }),
      `<rect x="${coordinate(start)}" y="${coordinate(bottom - BAR_HEIGHT[labels])}" width="${coordinate(length)}" ` +
        `height="${BAR_HEIGHT[labels]}" fill="${negative ? SVG_COLOURS.opposite : SVG_COLOURS.series}"/>`,
      svgText(end, baseline, valueTexts[index], { anchor: negative ? 'end' : 'start' }),
      zeroLine(zero, bottom, BAR_HEIGHT[labels]),
      '</g>',
    ];
  });
  return svgDocument({ width, height, title: options.title, description: options.description }, [
    heading ? svgText(0, 11, heading, { size: 11, fill: SVG_COLOURS.ink, bold: true }) : '',
    ...rows,
  ]);
}

function besideWidth(bars: readonly Bar[], width: number): number {
  return Math.min(width * LABEL_SHARE, Math.max(0, ...bars.map((bar) => estimateTextWidth(bar.label))) + 8);
}

/** Its share of the zero line, a little longer than the bar. */
function zeroLine(x: number, bottom: number, barHeight: number): string {
  return svgLine([x, bottom - barHeight - 1.5], [x, bottom + 1.5], SVG_COLOURS.axis);
}
