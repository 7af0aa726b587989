import { coordinate, ellipsize, escapeXml, estimateTextWidth, svgDocument, svgText } from './markup.js';
import { SVG_COLOURS } from './theme.js';

export interface HeatMapOptions {
  title: string;
  description?: string;
  heading: string;
  /** CSS pixels. @default 640 */
  width?: number;
  columns: readonly string[];
  /** Values 0 … 1 decide the shade; null stays empty. */
  rows: readonly { label: string; values: readonly (number | null)[] }[];
  /** @default per cent without decimals */
  format?: (value: number) => string;
  /** Explains the shades. */
  footnote?: string;
}

const ROW_HEIGHT = 16;
const LABEL_SHARE = 0.4;
const LIGHT = [244, 248, 251] as const;
const DARK = [10, 66, 110] as const;

/** A table whose cells are the darker the larger their value, with the value in it: it is read without colour, too. */
export function heatMapSvg(options: HeatMapOptions): string {
  const { columns, rows, heading, footnote, width = 640, format = percent } = options;
  const left =
    10 + Math.min(LABEL_SHARE * width, Math.max(0, ...rows.map(({ label }) => estimateTextWidth(label))));
  const cellWidth = (width - left) / Math.max(1, columns.length);
  const headLines = columns.map((label) => wrapped(label, cellWidth - 6));
  const head = Math.max(1, ...headLines.map((lines) => lines.length)) * 11;
  const top = 22 + head + 4;
  const bottom = top + rows.length * ROW_HEIGHT;
  const { title, description } = options;
  return svgDocument({ width, height: bottom + (footnote ? 18 : 2), title, description }, [
    svgText(0, 11, heading, { size: 11, fill: SVG_COLOURS.ink, bold: true }),
    ...headLines.flatMap((lines, k) =>
      lines.map((line, n) =>
        svgText(left + (k + 0.5) * cellWidth, top - 5 - (lines.length - 1 - n) * 11, line, {
          anchor: 'middle',
          fill: SVG_COLOURS.ink,
        }),
      ),
    ),
    ...rows.flatMap(({ label, values }, row) => {
      const y = top + row * ROW_HEIGHT;
      return [
        svgText(left - 6, y + ROW_HEIGHT / 2 + 3, ellipsize(label, left - 8), {
          anchor: 'end',
          fill: SVG_COLOURS.ink,
        }),
        ...values.map((value, k) =>
          cellMarkup(value, left + k * cellWidth, y, cellWidth, `${label}, ${columns[k]}`, format),
        ),
      ];
    }),
    footnote ? svgText(0, bottom + 13, footnote) : '',
  ]);
}

function cellMarkup(
  value: number | null,
  x: number,
  y: number,
  width: number,
  what: string,
  format: (value: number) => string,
): string {
  if (value === null || !Number.isFinite(value))
    return svgText(x + width / 2, y + ROW_HEIGHT / 2 + 3, '–', { anchor: 'middle' });
  const share = Math.max(0, Math.min(1, value));
  const shade = LIGHT.map((from, c) => Math.round(from + share * (DARK[c] - from)));
  return (
    `<g><title>${escapeXml(`${what}: ${format(value)}`)}</title>` +
    `<rect x="${coordinate(x + 0.5)}" y="${coordinate(y + 0.5)}" width="${coordinate(width - 1)}" ` +
    `height="${coordinate(ROW_HEIGHT - 1)}" fill="rgb(${shade.join(',')})" stroke="${SVG_COLOURS.grid}" stroke-width="0.5"/>` +
    svgText(x + width / 2, y + ROW_HEIGHT / 2 + 3.2, format(value), {
      anchor: 'middle',
      fill: share > 0.5 ? '#ffffff' : SVG_COLOURS.ink,
    }) +
    '</g>'
  );
}

/** Broken at blanks and underscores where it is too wide. */
function wrapped(label: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of label.split(/(?<=[_ ])/)) {
    if (line && estimateTextWidth(line + word) > width) {
      lines.push(line.trimEnd());
      line = word;
    } else line += word;
  }
  return [...lines, line].map((each) => ellipsize(each, width));
}

function percent(value: number): string {
  return (100 * value).toFixed(0);
}
