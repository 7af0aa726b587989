export interface ChartPoint {
  label: string;
  value: number;
  low: number;
  high: number;
}

const WIDTH = 48;

/**
 * A forecast as lines of text, one a step: `·` spans the interval, `●` is the value.
 * @param points at least one
 */
export function forecastChart(points: readonly ChartPoint[]): string[] {
  const lowest = Math.min(...points.map(({ low }) => low));
  const highest = Math.max(...points.map(({ high }) => high));
  const column = (value: number): number =>
    Math.round(((value - lowest) / (highest - lowest || 1)) * (WIDTH - 1));
  return points.map(({ label, value, low, high }) => {
    const cells = Array.from({ length: WIDTH }, (_, i): string =>
      i >= column(low) && i <= column(high) ? '·' : ' ',
    );
    cells[column(value)] = '●';
    return `${label} │${cells.join('')}│ ${significant(value)}  [${significant(low)}, ${significant(high)}]`;
  });
}

function significant(value: number): string {
  return value.toPrecision(5);
}
