/** A row of the table at one size: how long something takes, or how fast it goes. */
export interface Measurement {
  row: string;
  /** As people write it, e.g. `720 d`. */
  size: string;
  /** By the clock. */
  value: number;
  /** The same by processor time, which does not count what others do with the machine. */
  processor?: number;
  unit: 'ms' | 'samples/s' | 'MB';
}

export const INGEST_ROW = 'POST /timeseries, 10 min of 53 tags at 1 s';
/** Beyond this a row has got worse with growth. */
const MOST_TIMES_WORSE = 2;

/** What something took, once. */
export interface Took {
  /** By the clock. */
  ms: number;
  processorMs: number;
}

/** @param processorMs processor time so far, of whoever works on it */
export async function took(processorMs: () => number, work: () => Promise<unknown>): Promise<Took> {
  const before = processorMs();
  const began = performance.now();
  await work();
  const ms = performance.now() - began;
  return { ms, processorMs: processorMs() - before };
}

/** The medians of times. */
export function timesOf(all: readonly Took[]): Pick<Measurement, 'value' | 'processor' | 'unit'> {
  return {
    value: median(all.map(({ ms }) => ms)),
    processor: median(all.map(({ processorMs }) => processorMs)),
    unit: 'ms',
  };
}

/** The medians of rates. @param samples that were written each time */
export function ratesOf(
  all: readonly Took[],
  samples: number,
): Pick<Measurement, 'value' | 'processor' | 'unit'> {
  const { value, processor = NaN } = timesOf(all);
  return { value: (1e3 * samples) / value, processor: (1e3 * samples) / processor, unit: 'samples/s' };
}

/** How many times worse a row is than at the smallest size that it was measured at; room taken is not judged. */
export function timesWorse(
  by: 'value' | 'processor',
  measurement: Measurement,
  smallest: Measurement,
): number | undefined {
  const [now, then] = [measurement[by], smallest[by]];
  if (measurement.unit === 'MB' || now === undefined || then === undefined) return undefined;
  return measurement.unit === 'ms' ? now / then : then / now;
}

/**
 * The measurements as a Markdown table: a row each, a column for each size, and how many times worse the largest is than the
 * smallest; by processor time in brackets.
 */
export function growthTable(title: string, measurements: readonly Measurement[]): string {
  const sizes = [...new Set(measurements.map(({ size }) => size))];
  const rows = [...new Set(measurements.map(({ row }) => row))].map((row) => {
    const own = measurements.filter((each) => each.row === row);
    const cells = sizes.map((size) => {
      const found = own.find((each) => each.size === size);
      return found ? cellOf(found) : '–';
    });
    return `| ${[row, ...cells, verdict(own)].join(' | ')} |`;
  });
  const head = [title, ...sizes, 'largest, times worse than smallest'];
  return [`| ${head.join(' | ')} |`, `|${head.map(() => ' --- |').join('')}`, ...rows].join('\n');
}

function cellOf({ value, processor, unit }: Measurement): string {
  return `${shown(value)}${processor === undefined ? '' : ` (${shown(processor)})`} ${unit}`;
}

function verdict(own: readonly Measurement[]): string {
  const [smallest, largest] = [own[0], own[own.length - 1]];
  const times = own.length > 1 ? timesWorse('value', largest, smallest) : undefined;
  if (times === undefined) return '–';
  const byProcessor = timesWorse('processor', largest, smallest);
  const text = `${shown(times)}${byProcessor === undefined ? '' : ` (${shown(byProcessor)})`}`;
  return times > MOST_TIMES_WORSE ? `**${text}, beyond ${MOST_TIMES_WORSE}**` : text;
}

export function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
}

/** Three digits, or all in front of the point. */
export function shown(value: number): string {
  return value >= 100 ? value.toFixed(0) : String(Number(value.toPrecision(3)));
}
