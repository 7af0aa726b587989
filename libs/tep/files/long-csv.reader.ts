import { fieldsOf } from './csv-fields.js';
import { parseNumber, parseTimestamp, quote } from './field-parsing.js';
import type { TextLine } from './line.reader.js';
import type { PlantBatch, PlantPoint } from './plant-file.js';
import type { SampleReading } from './sample-batches.js';
import { tagCodeOf } from '../catalogue/tag-alias.js';

/** Where the columns of a file stand. */
export interface LongColumns {
  readonly delimiter: string;
  readonly width: number;
  readonly tag: number;
  readonly time: number;
  readonly value: number;
}

/**
 * Reads one value a line: tag, time, value, in any order of time. A line whose value is missing is no point and no
 * fault. The lines begin after the header.
 */
export async function* readLongCsv(
  lines: AsyncIterable<TextLine[]>,
  columns: LongColumns,
  { run, report, batchSize }: SampleReading,
): AsyncGenerator<PlantBatch> {
  let points: PlantPoint[] = [];
  for await (const group of lines) {
    for (const { line, text } of group) {
      if (text?.trim() === '') continue;
      const record = recordOf(text, columns);
      if (typeof record === 'string') report.reject(line, record);
      else if (!Number.isNaN(record.value)) points.push({ line, ...record });
      if (points.length < batchSize) continue;
      report.records += points.length;
      yield { kind: 'points', run, points };
      points = [];
    }
  }
  if (points.length === 0) return;
  report.records += points.length;
  yield { kind: 'points', run, points };
}

/** Tag, time and value of a line, or what is wrong with it. */
function recordOf(text: string | null, columns: LongColumns): Omit<PlantPoint, 'line'> | string {
  if (text === null) return 'line too long';
  const fields = fieldsOf(text, columns.delimiter, columns.width);
  if (typeof fields === 'string') return fields;
  const code = tagCodeOf(fields[columns.tag]);
  if (code === undefined) return `no tag of the plant: ${quote(fields[columns.tag])}`;
  const timeMs = parseTimestamp(fields[columns.time]);
  if (timeMs === undefined) return `no time: ${quote(fields[columns.time])}`;
  const value = parseNumber(fields[columns.value]);
  return value === undefined
    ? `value is no number: ${quote(fields[columns.value])}`
    : { code, timeMs, value };
}
