import { fieldsOf, valuesOf } from './csv-fields.js';
import type { TextLine } from './line.reader.js';
import type { PlantBatch } from './plant-file.js';
import { SampleBatches, type SampleReading } from './sample-batches.js';

/** Where the columns of a file stand; `tags` in the order of a sample's values. */
export interface WideColumns {
  readonly delimiter: string;
  readonly width: number;
  /** Null when samples are only numbered. */
  readonly time: number | null;
  readonly tags: readonly number[];
}

/** Reads one sample a line: a column per tag and, as a rule, one for the time. The lines begin after the header. */
export async function* readWideCsv(
  lines: AsyncIterable<TextLine[]>,
  columns: WideColumns,
  reading: SampleReading,
): AsyncGenerator<PlantBatch> {
  const { run, report } = reading;
  const batches = new SampleBatches(reading.batchSize, report);
  let index = 0;
  for await (const group of lines) {
    for (const { line, text } of group) {
      if (text?.trim() === '') continue;
      const sample = sampleOf(text, columns, line, reading);
      if (typeof sample === 'string') report.reject(line, sample);
      else yield* batches.add(run, { line, index, ...sample });
      index++;
    }
  }
  reading.parser.finish();
  yield* batches.flush();
}

/** Time and values of a line, or what is wrong with it. */
function sampleOf(
  text: string | null,
  { delimiter, width, time, tags }: WideColumns,
  line: number,
  reading: SampleReading,
): { timeMs: number | null; values: Float64Array } | string {
  const fields = fieldsOf(text, delimiter, width);
  if (typeof fields === 'string') return fields;
  const timeMs = time === null ? null : reading.parser.time(fields[time], line);
  return typeof timeMs === 'string' ? timeMs : { timeMs, values: valuesOf(fields, tags, line, reading) };
}
