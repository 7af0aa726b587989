import { createRequire } from 'node:module';
import { dirname } from 'node:path';

/** Weights the style sheet uses. */
const WEIGHTS = [400, 500, 700] as const;

/** Folder of the font package: its style sheets, and woff2 files by Unicode range below `files/`. */
export function fontFolder(): string {
  return dirname(createRequire(import.meta.url).resolve('@fontsource/noto-sans-kr/package.json'));
}

/**
 * Noto Sans KR at the weights in use. The package's own sheets cover every script it has in some 120 small files;
 * the last rule puts all Hangul into one file, so that a Korean page embeds one font instead of dozens.
 */
export function fontFaceStyles(): string {
  const sheets = WEIGHTS.map((weight) => `@import url(/fonts/${weight}.css);`);
  const hangul = WEIGHTS.map(
    (weight) =>
      `@font-face{font-family:"Noto Sans KR";font-weight:${weight};unicode-range:U+AC00-D7A3;` +
      `src:url(/fonts/files/noto-sans-kr-korean-${weight}-normal.woff2)}`,
  );
  return `${sheets.join('')}${hangul.join('')}\n`;
}
