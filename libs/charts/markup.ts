import { SVG_COLOURS, SVG_FONT_FAMILY, SVG_FONT_SIZE } from './theme.js';

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Control characters, lone surrogates and non-characters, none of which XML 1.0 can carry. */
const NOT_XML = /[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/gu;

/** Text made safe for XML content and for quoted attributes; characters XML cannot hold become U+FFFD. */
export function escapeXml(text: string): string {
  return text.replace(NOT_XML, '\uFFFD').replace(/[&<>"']/g, (character) => ENTITIES[character] ?? character);
}

/** Of coordinates: a tenth of a CSS pixel is below what print shows. */
export const DECIMALS = 1;

/** A coordinate with at most one decimal. */
export function coordinate(value: number): string {
  return String(Math.round(value * 10) / 10);
}

export interface SvgFrame {
  width: number;
  height: number;
  /** Read aloud by screen readers; never drawn. */
  title: string;
  description?: string | undefined;
}

/** A complete SVG element (also a valid SVG file) around already escaped markup. */
export function svgDocument(frame: SvgFrame, body: readonly string[]): string {
  const { width, height, title, description } = frame;
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" width="${coordinate(width)}" height="${coordinate(height)}" ` +
    `viewBox="0 0 ${coordinate(width)} ${coordinate(height)}" role="img" font-family="${SVG_FONT_FAMILY}" ` +
    `font-size="${SVG_FONT_SIZE}"><title>${escapeXml(title)}</title>` +
    (description ? `<desc>${escapeXml(description)}</desc>` : '') +
    `${body.join('')}</svg>`
  );
}

export interface SvgTextOptions {
  anchor?: 'start' | 'middle' | 'end';
  size?: number;
  fill?: string;
  bold?: boolean;
}

/** Text whose baseline lies at y. */
export function svgText(x: number, y: number, text: string, options: SvgTextOptions = {}): string {
  const { anchor = 'start', size = SVG_FONT_SIZE, fill = SVG_COLOURS.muted, bold = false } = options;
  return (
    `<text x="${coordinate(x)}" y="${coordinate(y)}" fill="${fill}"` +
    (anchor === 'start' ? '' : ` text-anchor="${anchor}"`) +
    (size === SVG_FONT_SIZE ? '' : ` font-size="${size}"`) +
    (bold ? ' font-weight="700"' : '') +
    `>${escapeXml(text)}</text>`
  );
}

/** A straight line. */
export function svgLine(
  from: readonly [number, number],
  to: readonly [number, number],
  stroke: string,
  attributes = '',
): string {
  return (
    `<line x1="${coordinate(from[0])}" y1="${coordinate(from[1])}" x2="${coordinate(to[0])}" ` +
    `y2="${coordinate(to[1])}" stroke="${stroke}"${attributes && ` ${attributes}`}/>`
  );
}

/** Hangul, CJK and full-width forms take a whole em in the fonts used here. */
const WIDE = /[\u1100-\u11FF\u2E80-\uA4CF\uAC00-\uD7FF\uF900-\uFAFF\uFF00-\uFF60]/u;

/** Width of a text in CSS pixels as the charts' fonts draw it, good to about a tenth; there is no DOM to ask. */
export function estimateTextWidth(text: string, size = SVG_FONT_SIZE): number {
  let ems = 0;
  for (const character of text) {
    if (WIDE.test(character)) ems += 0.92;
    else if (/[MWmw@%]/.test(character)) ems += 0.85;
    else if (/[A-Z_]/.test(character)) ems += 0.64;
    else if (/[ijl.,:;'|!()[\] ]/.test(character)) ems += 0.29;
    else ems += 0.56;
  }
  return ems * size;
}

/** The text, cut with an ellipsis where it is wider than maxWidth CSS pixels. */
export function ellipsize(text: string, maxWidth: number, size = SVG_FONT_SIZE): string {
  if (estimateTextWidth(text, size) <= maxWidth) return text;
  const characters = [...text];
  while (characters.length > 1 && estimateTextWidth(`${characters.join('')}…`, size) > maxWidth)
    characters.pop();
  return `${characters.join('').trimEnd()}…`;
}
