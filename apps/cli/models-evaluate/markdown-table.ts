import type { Interval } from '#ml';

/** A table in GitHub's Markdown, the first column to the left, the others to the right. */
export function markdownTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map((_, i) => (i === 0 ? '---' : '---:'))), ...rows.map(line)].join('\n');
}

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
