import { estimateTextWidth, svgText } from './markup.js';
import { SVG_COLOURS } from './theme.js';

export interface LegendEntry {
  label: string;
  /** Draws the sample, centred on x, y and at most {@link SAMPLE_WIDTH} wide. */
  sample: (x: number, y: number) => string;
}

/** CSS pixels. */
export const SAMPLE_WIDTH = 20;
const LINE_HEIGHT = 14;
const GAP = 14;

/** Entries side by side from `left`, wrapped at `right`, the first line centred on `top`; and the height they take. */
export function legendMarkup(
  entries: readonly LegendEntry[],
  left: number,
  right: number,
  top: number,
): { markup: string[]; height: number } {
  const markup: string[] = [];
  let x = left;
  let y = top;
  for (const { label, sample } of entries) {
    const width = SAMPLE_WIDTH + 4 + estimateTextWidth(label);
    if (x > left && x + width > right) {
      x = left;
      y += LINE_HEIGHT;
    }
    markup.push(sample(x + SAMPLE_WIDTH / 2, y));
    markup.push(svgText(x + SAMPLE_WIDTH + 4, y + 3, label, { fill: SVG_COLOURS.ink }));
    x += width + GAP;
  }
  return { markup, height: entries.length === 0 ? 0 : y - top + LINE_HEIGHT };
}
