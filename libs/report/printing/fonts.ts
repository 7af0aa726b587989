import { existsSync } from 'node:fs';
import { projectPath } from '#platform';

/** Weights the style sheet uses. */
const WEIGHTS = [400, 500, 700] as const;

/**
 * Folder of the fonts that `npm run build` makes (scripts/build-fonts.mjs).
 * @throws Error when it is not there
 */
export function fontFolder(): string {
  const folder = projectPath('dist', 'fonts');
  if (existsSync(folder)) return folder;
  throw new Error(`There are no fonts in ${folder}; npm run build makes them`);
}

/**
 * Noto Sans KR at the weights in use, twice: with the letters reports usually have, and whole as a family behind it, which
 * a browser loads for a letter the first lacks. Ranges of letters (`unicode-range`) would say the same, but a browser that
 * finds a space outside of them loads the whole font for every document.
 */
export function fontFaceStyles(): string {
  const face = (family: string, file: string) => (weight: number) =>
    `@font-face{font-family:"${family}";font-weight:${weight};src:url(/fonts/${file}-${weight}.ttf)}`;
  const common = WEIGHTS.map(face('Noto Sans KR', 'common'));
  const whole = WEIGHTS.map(face('Noto Sans KR Whole', 'whole'));
  return `${[...common, ...whole].join('')}\n`;
}
