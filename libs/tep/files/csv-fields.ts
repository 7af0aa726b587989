import { parse } from 'csv-parse/sync';
import { quote } from './quote.js';
import type { SampleReading } from './sample-batches.js';

/**
 * Fields of one line of separated values. Quotes may surround a field but not a line end: a stray quote spoils its
 * own line, not the rest of the file.
 * @throws Error with the reason when quotes do not match
 */
export function splitFields(text: string, delimiter: string): string[] {
  if (!text.includes('"')) return text.split(delimiter);
  const records = parse(text, { delimiter, relax_column_count: true, trim: true });
  return records[0] ?? [];
}

/**
 * The fields of a line of separated values, or what is wrong with it.
 * @param delimiter null for blanks, one or more
 */
export function fieldsOf(
  text: string | null,
  delimiter: string | null,
  width: number,
): readonly string[] | string {
  if (text === null) return 'line too long';
  let fields: string[];
  try {
    fields = delimiter === null ? text.trim().split(/\s+/) : splitFields(text, delimiter);
  } catch {
    return 'quotes do not match';
  }
  return fields.length === width ? fields : `${fields.length} fields where ${width} are expected`;
}

/**
 * The numbers in the given columns; NaN for those that are missing or, when they are to be skipped, malformed.
 * @throws PlantFileError unless malformed cells are to be skipped
 */
export function valuesOf(
  fields: readonly string[],
  columns: readonly number[],
  line: number,
  { parser, report }: Pick<SampleReading, 'parser' | 'report'>,
): Float64Array {
  const values = new Float64Array(columns.length);
  for (let i = 0; i < columns.length; i++) {
    const value = parser.number(fields[columns[i]]);
    if (value === undefined)
      report.rejectCell(line, `field ${columns[i] + 1} is no number: ${quote(fields[columns[i]])}`);
    else if (Number.isNaN(value)) report.missing++;
    values[i] = value ?? NaN;
  }
  return values;
}
