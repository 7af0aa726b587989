import type { Interval } from '#ml';

/** A table in GitHub's Markdown, the first column to the left, the others to the right, as wide as their longest cell. */
export function markdownTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((_, i) =>
    Math.max(LEAST_WIDTH, ...[head, ...rows].map((cells) => cells[i].length)),
  );
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell, i) => (i === 0 ? cell.padEnd(widths[i]) : cell.padStart(widths[i]))).join(' | ')} |`;
  const rule = widths.map((width, i) => (i === 0 ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`));
  return [line(head), line(rule), ...rows.map(line)].join('\n');
}

/** Of dashes under the head of a column. */
const LEAST_WIDTH = 3;

export const NOT_KNOWN = '–';

/** A mean with its interval behind it, both times the factor; without the interval where it is a point. */
export function intervalText(interval: Interval | null | undefined, digits: number, factor = 1): string {
  if (interval === null || interval === undefined) return NOT_KNOWN;
  const [mean, low, high] = [interval.mean, interval.low, interval.high].map((value) =>
    (value * factor).toFixed(digits),
  );
  return low === high ? mean : `${mean} (${low}–${high})`;
}

export function meanText(interval: Interval | null | undefined, digits: number, factor = 1): string {
  return interval === null || interval === undefined ? NOT_KNOWN : (interval.mean * factor).toFixed(digits);
}
