import { roundToSignificantDigits } from './significant-digits.js';
import { DETECTOR_TAGS, TAGS } from '../catalogue/tags.js';

/** A run to be written: samples one after another, each at least the 52 recorded values. */
export interface RiethRun {
  /** 0 … 21. */
  readonly faultNumber: number;
  /** Counted from 1. */
  readonly simulationRun: number;
  /** Rows of XMEAS 1 … 41 and XMV 1 … 11; further columns (XMV 12) are not written. */
  readonly values: Float64Array;
  readonly columns: number;
}

const SIGNIFICANT_DIGITS = 5;
const RECORDED = DETECTOR_TAGS.length;
/** Rows written at a time: some 60 kB of text. */
const ROWS_PER_CHUNK = 128;

/** Header of the files of Rieth et al.: faultNumber, simulationRun, sample, xmeas_1 … xmv_11. */
export const RIETH_HEADER = [
  'faultNumber',
  'simulationRun',
  'sample',
  ...TAGS.slice(0, RECORDED).map((tag) => tag.code.toLowerCase().replace('_0', '_')),
].join(',');

/**
 * Text of a file in the layout of Rieth et al., header first, five significant digits as the public files print
 * them. Samples are numbered from 1. Meant for `pipeline(riethCsv(runs), createWriteStream(path))`, which asks for
 * the next chunk only when the last one is written.
 * @throws RangeError when a run's rows are too short or not whole
 */
export async function* riethCsv(runs: Iterable<RiethRun> | AsyncIterable<RiethRun>): AsyncGenerator<string> {
  yield `${RIETH_HEADER}\n`;
  for await (const run of runs) yield* textOf(run);
}

function* textOf({ faultNumber, simulationRun, values, columns }: RiethRun): Generator<string> {
  const rows = values.length / columns;
  if (columns < RECORDED || !Number.isInteger(rows))
    throw new RangeError(`${values.length} values do not make rows of ${columns}, at least ${RECORDED} each`);
  let text = '';
  for (let row = 0; row < rows; row++) {
    text += `${faultNumber},${simulationRun},${row + 1}`;
    for (let i = 0; i < RECORDED; i++) text += `,${fiveDigits(values[row * columns + i])}`;
    text += '\n';
    if ((row + 1) % ROWS_PER_CHUNK !== 0) continue;
    yield text;
    text = '';
  }
  if (text !== '') yield text;
}

/** 3674.04 as 3674, 0.250521 as 0.25052; nothing for a missing value. */
function fiveDigits(value: number): string {
  return Number.isFinite(value) ? String(roundToSignificantDigits(value, SIGNIFICANT_DIGITS)) : '';
}
