import { fieldsOf, valuesOf } from './csv-fields.js';
import type { TextLine } from './line.reader.js';
import { ASSESSED_LINES, misreadRows, misreadVariables } from './nameless-table.js';
import { PlantFileError, type PlantBatch, type PlantRun, type PlantSample } from './plant-file.js';
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

/** The shape of a table without names. */
export interface BraatzTable {
  /** Numbers in a line. */
  readonly width: number;
  /** The character between them; null for blanks, one or more. */
  readonly delimiter: string | null;
}

/**
 * One sample a line, as in `d01.dat` … `d21_te.dat`. Nothing says that the columns are the tags in their order but
 * their values: the first lines have to be plausible.
 * @throws PlantFileError when they are not
 */
export async function* readBraatzRows(
  lines: AsyncIterable<TextLine[]>,
  table: BraatzTable,
  reading: SampleReading,
): AsyncGenerator<PlantBatch> {
  const { file, run, report } = reading;
  const batches = new SampleBatches(reading.batchSize, report);
  let first: PlantSample[] | null = [];
  let index = 0;
  for await (const group of lines) {
    for (const { line, text } of group) {
      if (text?.trim() === '') continue;
      const values = numbersOf(text, table, line, reading);
      const sample = values === null ? null : { line, index, timeMs: null, values };
      index++;
      if (sample === null) continue;
      if (first === null) yield* batches.add(run, sample);
      else if (first.push(sample) === ASSESSED_LINES) {
        requireReadable(
          file,
          misreadRows(
            first.map(({ values }) => values),
            false,
          ),
        );
        for (const held of first) yield* batches.add(run, held);
        first = null;
      }
    }
  }
  if (first !== null && first.length > 0) {
    const values = first.map(({ values }) => values);
    const reason = misreadRows(values, true);
    // A square table may as well be turned.
    const samples = reason !== null && misreadVariables(values) === null ? turned(values) : first;
    if (samples === first) requireReadable(file, reason);
    for (const sample of samples) yield* batches.add(run, sample);
  }
  yield* batches.flush();
}

/**
 * One variable a line, as in `d00.dat`. Has to be held in memory as a whole to be turned; the limits on line length and
 * on the number of lines bound it. A malformed line, when skipped, leaves its variable without values.
 * @throws PlantFileError when the file does not have 52 lines, or their values are not plausible
 */
export async function* readBraatzTransposed(
  lines: AsyncIterable<TextLine[]>,
  table: BraatzTable,
  reading: SampleReading,
): AsyncGenerator<PlantBatch> {
  const { file, run, report } = reading;
  const variables: Float64Array[] = [];
  for await (const group of lines) {
    for (const { line, text } of group) {
      if (text?.trim() === '') continue;
      variables.push(numbersOf(text, table, line, reading) ?? new Float64Array(table.width).fill(NaN));
      if (variables.length > ASSESSED_LINES) requireReadable(file, misreadVariables(variables));
    }
  }
  if (variables.length > 0) requireReadable(file, misreadVariables(variables));
  const batches = new SampleBatches(reading.batchSize, report);
  for (const sample of turned(variables)) yield* batches.add(run, sample);
  yield* batches.flush();
}

function turned(variables: readonly Float64Array[]): PlantSample[] {
  return Array.from(variables[0] ?? [], (_, index) => ({
    line: null,
    index,
    timeMs: null,
    values: Float64Array.from(variables, (variable) => variable[index]),
  }));
}

function requireReadable(file: string, misreading: string | null): void {
  if (misreading !== null) throw new PlantFileError('PLANT_FILE_UNRECOGNISED', file, null, misreading);
}

/**
 * The numbers of a line, NaN for those that are missing or malformed; null when there are not as many as there should be.
 * @throws PlantFileError unless what is malformed is to be skipped
 */
function numbersOf(
  text: string | null,
  { width, delimiter }: BraatzTable,
  line: number,
  reading: SampleReading,
): Float64Array | null {
  const fields = fieldsOf(text, delimiter, width);
  if (typeof fields !== 'string') return valuesOf(fields, [...fields.keys()], line, reading);
  reading.report.reject(line, fields);
  return null;
}
