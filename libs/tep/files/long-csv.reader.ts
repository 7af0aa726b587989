import { type NamedTag, tagOfColumn, unitOf } from './column-name.js';
import { fieldsOf } from './csv-fields.js';
import type { TextLine } from './line.reader.js';
import { type PlantBatch, type PlantPoint, POINT_QUALITIES, type PointQuality } from './plant-file.js';
import { quote } from './quote.js';
import type { SampleReading } from './sample-batches.js';
import type { FieldParser } from './field-parser.js';

/** Where the columns of a file stand. */
export interface LongColumns {
  readonly delimiter: string;
  readonly width: number;
  readonly tag: number;
  readonly time: number;
  readonly value: number;
  /** -1 where there is none. */
  readonly quality: number;
}

/**
 * Reads one value a line: tag, time, value, in any order of time. A line whose value is missing is no point and no
 * fault. The lines begin after the header.
 */
export async function* readLongCsv(
  lines: AsyncIterable<TextLine[]>,
  columns: LongColumns,
  { run, parser, report, batchSize }: SampleReading,
): AsyncGenerator<PlantBatch> {
  const codes = new TagCodes();
  let points: PlantPoint[] = [];
  for await (const group of lines) {
    for (const { line, text } of group) {
      if (text?.trim() === '') continue;
      const record = recordOf(text, line, columns, codes, parser);
      if (typeof record === 'string') report.reject(line, record);
      else if (Number.isNaN(record.value)) report.missing++;
      else points.push({ line, ...record });
      if (points.length < batchSize) continue;
      report.records += points.length;
      yield { kind: 'points', run, points };
      points = [];
    }
  }
  parser.finish();
  if (points.length === 0) return;
  report.records += points.length;
  yield { kind: 'points', run, points };
}

/** Tag, time and value of a line, or what is wrong with it. */
function recordOf(
  text: string | null,
  line: number,
  columns: LongColumns,
  codes: TagCodes,
  parser: FieldParser,
): Omit<PlantPoint, 'line'> | string {
  const fields = fieldsOf(text, columns.delimiter, columns.width);
  if (typeof fields === 'string') return fields;
  const named = codes.of(fields[columns.tag]);
  if (named === undefined) return `no tag of the plant: ${quote(fields[columns.tag])}`;
  const { code, foreignUnit } = named;
  if (foreignUnit !== undefined)
    return `${quote(fields[columns.tag])} is not in ${unitOf(code)}, the unit of ${code}`;
  const timeMs = parser.time(fields[columns.time], line, code);
  if (typeof timeMs === 'string') return timeMs;
  const value = parser.number(fields[columns.value]);
  if (value === undefined) return `value is no number: ${quote(fields[columns.value])}`;
  const quality = columns.quality < 0 ? '' : fields[columns.quality].trim().toLowerCase();
  if (quality === '' || quality === 'good') return { code, timeMs, value };
  return isQuality(quality)
    ? { code, timeMs, value, quality }
    : `quality is none of ${POINT_QUALITIES.join(', ')}: ${quote(quality)}`;
}

function isQuality(name: string): name is PointQuality {
  return (POINT_QUALITIES as readonly string[]).includes(name);
}

const MOST_SPELLINGS = 1_000;

/** Remembers what the spellings of a file mean. */
class TagCodes {
  private readonly known = new Map<string, NamedTag>();

  of(spelling: string): NamedTag | undefined {
    const known = this.known.get(spelling);
    if (known !== undefined) return known;
    const tag = tagOfColumn(spelling);
    if (tag !== undefined && this.known.size < MOST_SPELLINGS) this.known.set(spelling, tag);
    return tag;
  }
}
