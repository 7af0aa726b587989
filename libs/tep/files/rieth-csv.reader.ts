import { fieldsOf, valuesOf } from './csv-fields.js';
import type { TextLine } from './line.reader.js';
import type { PlantBatch, PlantRun } from './plant-file.js';
import { quote } from './quote.js';
import { SampleBatches, type SampleReading } from './sample-batches.js';

/** Where the columns of a file stand; `tags` in the order of a sample's values. */
export interface RiethColumns {
  readonly delimiter: string;
  readonly width: number;
  readonly faultNumber: number;
  readonly simulationRun: number;
  readonly sample: number;
  readonly tags: readonly number[];
}

/** Sample (counted from 0) with which the fault sets in: after 1 h in the training set, 8 h in the testing set. */
export const RIETH_TRAINING_ONSET_INDEX = 20;
export const RIETH_TESTING_ONSET_INDEX = 160;

const MOST_FAULT_NUMBER = 28;
/** Some 57 years. */
const MOST_SAMPLES = 10_000_000;

/**
 * Reads the layout of Rieth et al. (Harvard Dataverse, 10.7910/DVN/6C3JR1): faultNumber, simulationRun, sample,
 * xmeas_1 … xmeas_41, xmv_1 … xmv_11. The lines begin after the header. The fault's onset is known only when the
 * file's name says `train` or `test`.
 */
export async function* readRiethCsv(
  lines: AsyncIterable<TextLine[]>,
  columns: RiethColumns,
  reading: Omit<SampleReading, 'run'>,
): AsyncGenerator<PlantBatch> {
  const { file, report, batchSize } = reading;
  const batches = new SampleBatches(batchSize, report);
  const onsetIndex = onsetOf(file);
  let run: PlantRun | null = null;
  for await (const group of lines) {
    for (const { line, text } of group) {
      if (text?.trim() === '') continue;
      const record = recordOf(text, columns, line, reading);
      if (typeof record === 'string') {
        report.reject(line, record);
        continue;
      }
      const { fault, simulationRun, index, values } = record;
      if (run?.fault !== fault || run.simulationRun !== simulationRun)
        run = riethRun(fault, simulationRun, onsetIndex);
      yield* batches.add(run, { line, index, timeMs: null, values });
    }
  }
  yield* batches.flush();
}

function riethRun(fault: number, simulationRun: number, onsetIndex: number | null): PlantRun {
  const key = `fault${String(fault).padStart(2, '0')}-run${String(simulationRun).padStart(3, '0')}`;
  return { key, fault, simulationRun, faultOnsetIndex: fault === 0 ? null : onsetIndex };
}

function onsetOf(file: string): number | null {
  if (/test/i.test(file)) return RIETH_TESTING_ONSET_INDEX;
  return /train/i.test(file) ? RIETH_TRAINING_ONSET_INDEX : null;
}

interface RiethRecord {
  fault: number;
  simulationRun: number;
  index: number;
  values: Float64Array;
}

/** The record of a line, or what is wrong with it. */
function recordOf(
  text: string | null,
  columns: RiethColumns,
  line: number,
  reading: Omit<SampleReading, 'run'>,
): RiethRecord | string {
  const fields = fieldsOf(text, columns.delimiter, columns.width);
  if (typeof fields === 'string') return fields;
  const { parser } = reading;
  const fault = parser.number(fields[columns.faultNumber]);
  if (!isCount(fault, 0) || fault > MOST_FAULT_NUMBER)
    return `no fault number: ${quote(fields[columns.faultNumber])}`;
  const simulationRun = parser.number(fields[columns.simulationRun]);
  if (!isCount(simulationRun, 0)) return `no simulation run: ${quote(fields[columns.simulationRun])}`;
  const sample = parser.number(fields[columns.sample]);
  if (!isCount(sample, 1) || sample > MOST_SAMPLES)
    return `no sample number: ${quote(fields[columns.sample])}`;
  const values = valuesOf(fields, columns.tags, line, reading);
  return { fault, simulationRun, index: sample - 1, values };
}

function isCount(value: number | undefined, least: number): value is number {
  return value !== undefined && Number.isSafeInteger(value) && value >= least;
}
