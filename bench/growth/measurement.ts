/** A row of the table at one size: how long something takes, or how fast it goes. */
export interface Measurement {
  row: string;
  /** As people write it, e.g. `720 d`. */
  size: string;
  value: number;
  unit: 'ms' | 'samples/s' | 'MB';
}

/** Beyond this a row has got worse with growth. */
const MOST_TIMES_WORSE = 2;

/** How many times worse a row is than at the smallest size that it was measured at; room taken is not judged. */
export function timesWorse({ value, unit }: Measurement, smallest: Measurement): number | undefined {
  if (unit === 'MB') return undefined;
  return unit === 'ms' ? value / smallest.value : smallest.value / value;
}

/** The measurements as a Markdown table: a row each, a column for each size, and the largest beside the smallest. */
export function growthTable(title: string, measurements: readonly Measurement[]): string {
  const sizes = [...new Set(measurements.map(({ size }) => size))];
  const rows = [...new Set(measurements.map(({ row }) => row))].map((row) => {
    const own = measurements.filter((each) => each.row === row);
    const cells = sizes.map((size) => {
      const found = own.find((each) => each.size === size);
      return found ? `${shown(found.value)} ${found.unit}` : '–';
    });
    return `| ${[row, ...cells, verdict(own)].join(' | ')} |`;
  });
  const head = [title, ...sizes, 'largest, times worse than smallest'];
  return [`| ${head.join(' | ')} |`, `|${head.map(() => ' --- |').join('')}`, ...rows].join('\n');
}

function verdict(own: readonly Measurement[]): string {
  const times = own.length > 1 ? timesWorse(own[own.length - 1], own[0]) : undefined;
  if (times === undefined) return '–';
  return times > MOST_TIMES_WORSE ? `**${shown(times)}, beyond ${MOST_TIMES_WORSE}**` : shown(times);
}

export function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
}

/** Three digits, or all in front of the point. */
export function shown(value: number): string {
  return value >= 100 ? value.toFixed(0) : String(Number(value.toPrecision(3)));
}
