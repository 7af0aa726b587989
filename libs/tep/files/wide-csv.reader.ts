import { fieldsOf, valuesOf } from './csv-fields.js';
import { parseTimestamp, quote } from './field-parsing.js';
import type { TextLine } from './line.reader.js';
import type { PlantBatch } from './plant-file.js';
import { SampleBatches, type SampleReading } from './sample-batches.js';

/** Where the columns of a file stand; `tags` in the order of a sample's values. */
export interface WideColumns {
  readonly delimiter: string;
  readonly width: number;
  readonly time: number;
  readonly tags: readonly number[];
}

/** Reads one sample a line: a time column and a column per tag. The lines begin after the header. */
export async function* readWideCsv(
  lines: AsyncIterable<TextLine[]>,
  columns: WideColumns,
  { run, report, batchSize }: SampleReading,
): AsyncGenerator<PlantBatch> {
  const batches = new SampleBatches(batchSize, report);
  let index = 0;
  for await (const group of lines) {
    for (const { line, text } of group) {
      if (text?.trim() === '') continue;
      const record = recordOf(text, columns);
      if (typeof record === 'string') report.reject(line, record);
      else yield* batches.add(run, { line, index, ...record });
      index++;
    }
  }
  yield* batches.flush();
}

/** Time and values of a line, or what is wrong with it. */
function recordOf(
  text: string | null,
  columns: WideColumns,
): { timeMs: number; values: Float64Array } | string {
  if (text === null) return 'line too long';
  const fields = fieldsOf(text, columns.delimiter, columns.width);
  if (typeof fields === 'string') return fields;
  const timeMs = parseTimestamp(fields[columns.time]);
  if (timeMs === undefined) return `no time: ${quote(fields[columns.time])}`;
  const values = valuesOf(fields, columns.tags);
  return typeof values === 'string' ? values : { timeMs, values };
}
