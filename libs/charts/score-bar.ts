import { coordinate, svgDocument, svgLine } from './markup.js';
import { SVG_COLOURS } from './theme.js';

export interface ScoreBarOptions {
  title: string;
  /** 0 (worst) to 100 (best); outside values are cut, NaN draws the empty track. */
  score: number;
  /** Below the first the bar is poor, below the second fair. @default [50, 80] */
  thresholds?: readonly [number, number];
  /** CSS pixels. @default 120 */
  width?: number;
  /** CSS pixels. @default 9 */
  height?: number;
}

/** A score from 0 to 100 as a filled track; the two thresholds are notches, so that grey print can be read too. */
export function scoreBarSvg(options: ScoreBarOptions): string {
  const { title, score, thresholds = [50, 80], width = 120, height = 9 } = options;
  const share = Number.isFinite(score) ? Math.min(100, Math.max(0, score)) / 100 : 0;
  const fill =
    score < thresholds[0] ? SVG_COLOURS.poor : score < thresholds[1] ? SVG_COLOURS.fair : SVG_COLOURS.good;
  const bar = (length: number, colour: string): string =>
    `<rect x="0" y="0" width="${coordinate(length)}" height="${coordinate(height)}" rx="1.5" fill="${colour}"/>`;
  return svgDocument({ width, height, title }, [
    bar(width, SVG_COLOURS.track),
    share > 0 ? bar(width * share, fill) : '',
    ...thresholds.map((at) => {
      const x = (width * at) / 100;
      return svgLine([x, 0], [x, height], '#ffffff', 'stroke-width="1.2"');
    }),
  ]);
}
