import { parse } from 'csv-parse/sync';
import { parseNumber, quote } from './field-parsing.js';

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

/** The fields of a line of separated values, or what is wrong with it. */
export function fieldsOf(text: string, delimiter: string, width: number): string[] | string {
  let fields: string[];
  try {
    fields = splitFields(text, delimiter);
  } catch {
    return 'quotes do not match';
  }
  return fields.length === width ? fields : `${fields.length} fields where ${width} are expected`;
}

/** The numbers in the given columns, or what is wrong with them. */
export function valuesOf(fields: readonly string[], columns: readonly number[]): Float64Array | string {
  const values = new Float64Array(columns.length);
  for (let i = 0; i < columns.length; i++) {
    const value = parseNumber(fields[columns[i]]);
    if (value === undefined) return `field ${columns[i] + 1} is no number: ${quote(fields[columns[i]])}`;
    values[i] = value;
  }
  return values;
}
