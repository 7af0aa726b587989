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

const CODE_POINTS = 0x110000;
const LAST_OF_ONE_UNIT = 0xffff;
/** Class of the paragraph that has every letter of a document once. */
const LETTERS = 'letters';

/**
 * Noto Sans KR at the weights in use, twice: with the letters reports usually have, and whole as a family behind it, which
 * a browser loads for a letter the first lacks. Ranges of letters (`unicode-range`) would say the same, but a browser that
 * finds a space outside of them loads the whole font for every document.
 *
 * Behind them the rules for `lettersOf`: on the screen nothing but its letters is laid out.
 */
export function fontStyles(): string {
  const face = (family: string, file: string) => (weight: number) =>
    `@font-face{font-family:"${family}";font-weight:${weight};src:url(/fonts/${file}-${weight}.ttf)}`;
  const common = WEIGHTS.map(face('Noto Sans KR', 'common'));
  const whole = WEIGHTS.map(face('Noto Sans KR Whole', 'whole'));
  const screen = `@media screen{body>:not(.${LETTERS}){display:none}}@media print{.${LETTERS}{display:none}}`;
  return `${[...common, ...whole].join('')}${screen}\n`;
}

/**
 * What a document shows on the screen: each of its characters at every weight, so that the browser loads the fonts it is printed with.
 * A browser lays a document out for the screen before and after it prints it, and asks for fonts only there; to lay out all of
 * it, twice, and to paint it takes as long as the paper does.
 * @param html with tags, whose characters are in any font
 */
export function lettersOf(html: string): string {
  const seen = new Uint8Array(CODE_POINTS);
  let letters = '';
  // a set of single characters would make a string of each
  for (let i = 0; i < html.length; i++) {
    const point = html.codePointAt(i) ?? 0;
    if (point > LAST_OF_ONE_UNIT) i++;
    if (seen[point] === 1) continue;
    seen[point] = 1;
    letters += String.fromCodePoint(point);
  }
  const shown = letters.replace(/[<>&\s]/g, '');
  const weights = WEIGHTS.map((weight) => `<span style="font-weight:${weight}">${shown}</span>`);
  return `<p class="${LETTERS}" aria-hidden="true">${weights.join('')}</p>`;
}
