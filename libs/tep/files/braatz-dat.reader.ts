import { parseNumber, quote } from './field-parsing.js';
import type { TextLine } from './line.reader.js';
import { PlantFileError, type PlantBatch, type PlantRun } from './plant-file.js';
import { SampleBatches, type SampleReading } from './sample-batches.js';
import { DETECTOR_TAGS, TAGS } from '../catalogue/tags.js';

/** Testing files of the public set have the fault on from sample 161, training files in every sample. */
const TESTING_ONSET_INDEX = 160;
const TRAINING_ONSET_INDEX = 0;

/** Tags of a file with this many variables: 52, or 53 with the agitator speed. Undefined for other counts. */
export function braatzCodes(variables: number): readonly string[] | undefined {
  if (variables === DETECTOR_TAGS.length) return DETECTOR_TAGS;
  return variables === TAGS.length ? TAGS.map((tag) => tag.code) : undefined;
}

/** What the name of a public file says of its run: `d05.dat` is a training run of fault 5, `d05_te.dat` a test. */
export function braatzRun(fileName: string): PlantRun {
  const key = fileName.replace(/\.[^.]*$/, '');
  const match = /^d(\d\d)(_te)?$/i.exec(key);
  const fault = match === null || Number(match[1]) > 21 ? null : Number(match[1]);
  const onset = match?.[2] === undefined ? TRAINING_ONSET_INDEX : TESTING_ONSET_INDEX;
  return { key, fault, simulationRun: null, faultOnsetIndex: fault === null || fault === 0 ? null : onset };
}

/** One sample a line, as in `d01.dat` … `d21_te.dat`; `width` numbers each. */
export async function* readBraatzRows(
  lines: AsyncIterable<TextLine[]>,
  width: number,
  { run, report, batchSize }: SampleReading,
): AsyncGenerator<PlantBatch> {
  const batches = new SampleBatches(batchSize, report);
  let index = 0;
  for await (const group of lines) {
    for (const { line, text } of group) {
      if (text?.trim() === '') continue;
      const values = numbersOf(text, width);
      if (typeof values === 'string') report.reject(line, values);
      else yield* batches.add(run, { line, index, timeMs: null, values });
      index++;
    }
  }
  yield* batches.flush();
}

/**
 * One variable a line, as in `d00.dat`; `width` samples each. Has to be held in memory as a whole to be turned; the
 * limits on line length and on the number of lines bound it. A malformed line, when skipped, leaves its variable
 * without values.
 * @throws PlantFileError when the file does not have 52 lines
 */
export async function* readBraatzTransposed(
  lines: AsyncIterable<TextLine[]>,
  width: number,
  { file, run, report, batchSize }: SampleReading,
): AsyncGenerator<PlantBatch> {
  const variables: Float64Array[] = [];
  for await (const group of lines) {
    for (const { line, text } of group) {
      if (text?.trim() === '') continue;
      if (variables.length === DETECTOR_TAGS.length) throw wrongLineCount(file, 'more');
      const values = numbersOf(text, width);
      if (typeof values === 'string') report.reject(line, values);
      variables.push(typeof values === 'string' ? new Float64Array(width).fill(NaN) : values);
    }
  }
  if (variables.length < DETECTOR_TAGS.length) throw wrongLineCount(file, `only ${variables.length}`);
  const batches = new SampleBatches(batchSize, report);
  for (let index = 0; index < width; index++) {
    const values = Float64Array.from(variables, (variable) => variable[index]);
    yield* batches.add(run, { line: null, index, timeMs: null, values });
  }
  yield* batches.flush();
}

/** The numbers of a line, or what is wrong with it. */
function numbersOf(text: string | null, width: number): Float64Array | string {
  if (text === null) return 'line too long';
  const fields = text.trim().split(/\s+/);
  if (fields.length !== width) return `${fields.length} values where ${width} are expected`;
  const values = new Float64Array(width);
  for (let i = 0; i < width; i++) {
    const value = parseNumber(fields[i]);
    if (value === undefined) return `value ${i + 1} is no number: ${quote(fields[i])}`;
    values[i] = value;
  }
  return values;
}

function wrongLineCount(file: string, count: string): PlantFileError {
  const reason = `${count} lines of variables where ${DETECTOR_TAGS.length} are expected`;
  return new PlantFileError('PLANT_FILE_UNRECOGNISED', file, null, reason);
}
