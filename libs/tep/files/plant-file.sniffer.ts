import { braatzCodes } from './braatz-dat.reader.js';
import { splitFields } from './csv-fields.js';
import { parseNumber } from './field-parsing.js';
import type { TextLine } from './line.reader.js';
import type { LongColumns } from './long-csv.reader.js';
import type { RiethColumns } from './rieth-csv.reader.js';
import { tagCodeOf } from '../catalogue/tag-alias.js';
import { TAGS } from '../catalogue/tags.js';
import type { WideColumns } from './wide-csv.reader.js';

interface TagColumns {
  readonly codes: readonly string[];
  readonly ignoredColumns: readonly string[];
}

/** What the first lines of a file show it to be. */
export type SniffedFile =
  | { readonly format: 'braatz' | 'braatz_transposed'; readonly width: number }
  | ({ readonly format: 'rieth'; readonly columns: RiethColumns } & TagColumns)
  | ({ readonly format: 'wide'; readonly columns: WideColumns } & TagColumns)
  | ({ readonly format: 'long'; readonly columns: LongColumns } & TagColumns);

/** Lines to look at; enough to outvote malformed ones. */
export const LINES_TO_SNIFF = 8;

const TIME_NAMES = ['timestamp', 'time', 'ts', 'datetime', 'date_time', 'date', '시각', '시간', '일시'];
const TAG_NAMES = ['tag', 'tag_code', 'code', 'sensor', 'tag_name', 'name', '태그', '태그코드'];
const VALUE_NAMES = ['value', 'val', 'reading', '값', '측정값'];

/**
 * Tells the format of a file from its first lines, blank ones left out.
 * @returns the format, or the reason why it is none that is known
 */
export function sniffPlantFile(lines: readonly TextLine[]): SniffedFile | string {
  const texts = lines.flatMap(({ text }) => (text === null || text.trim() === '' ? [] : [text]));
  if (texts.length === 0) return lines.length === 0 ? 'the file is empty' : 'no line can be read';
  if (texts[0].includes('\0')) return 'not text in UTF-8';
  return sniffNumbers(texts) ?? sniffHeader(texts[0]);
}

/** Blank-separated numbers: 52 (53) a line is a sample a line, any other count a variable a line. */
function sniffNumbers(texts: readonly string[]): SniffedFile | null {
  const counts = texts.map((text) => {
    const fields = text.trim().split(/\s+/);
    return fields.every((field) => parseNumber(field) !== undefined) ? fields.length : 0;
  });
  const width = mostFrequent(counts);
  if (width < 2) return null;
  return { format: braatzCodes(width) === undefined ? 'braatz_transposed' : 'braatz', width };
}

function mostFrequent(counts: readonly number[]): number {
  const frequency = (count: number) => counts.filter((other) => other === count).length;
  return counts.reduce((best, count) => (frequency(count) > frequency(best) ? count : best));
}

function sniffHeader(header: string): SniffedFile | string {
  const delimiter = [',', ';', '\t'].reduce((best, d) =>
    occurrences(header, d) > occurrences(header, best) ? d : best,
  );
  let names: string[];
  try {
    names = splitFields(header, delimiter).map((name) => name.trim());
  } catch {
    return 'the quotes of the header do not match';
  }
  const lower = names.map((name) => name.toLowerCase());
  const find = (aliases: readonly string[]) => lower.findIndex((name) => aliases.includes(name));
  const shape = { delimiter, width: names.length };
  const [faultNumber, simulationRun, sample] = ['faultnumber', 'simulationrun', 'sample'].map((n) =>
    lower.indexOf(n),
  );
  if (faultNumber >= 0 && simulationRun >= 0 && sample >= 0) {
    const tags = tagColumns(names, [faultNumber, simulationRun, sample]);
    if (typeof tags === 'string') return tags;
    const { indexes, ...columns } = tags;
    return {
      format: 'rieth',
      columns: { ...shape, faultNumber, simulationRun, sample, tags: indexes },
      ...columns,
    };
  }
  const time = find(TIME_NAMES);
  if (time < 0) return `no time column among ${listed(names)}`;
  const [tag, value] = [find(TAG_NAMES), find(VALUE_NAMES)];
  if (tag >= 0 && value >= 0) {
    const ignoredColumns = names.filter((_, i) => ![tag, time, value].includes(i));
    return {
      format: 'long',
      columns: { ...shape, tag, time, value },
      codes: TAGS.map((t) => t.code),
      ignoredColumns,
    };
  }
  const tags = tagColumns(names, [time]);
  if (typeof tags === 'string') return tags;
  const { indexes, ...columns } = tags;
  return { format: 'wide', columns: { ...shape, time, tags: indexes }, ...columns };
}

/** The columns that are tags, or why they cannot be told. */
function tagColumns(
  names: readonly string[],
  others: readonly number[],
): (TagColumns & { indexes: readonly number[] }) | string {
  const found = names.map((name, index) => ({
    index,
    name,
    code: others.includes(index) ? undefined : tagCodeOf(name),
  }));
  const tags = found.flatMap(({ index, code }) => (code === undefined ? [] : [{ index, code }]));
  if (tags.length === 0) return `no column of a tag among ${listed(names)}`;
  const codes = tags.map(({ code }) => code);
  const twice = codes.find((code, i) => codes.indexOf(code) !== i);
  if (twice !== undefined) return `two columns for ${twice}`;
  const ignoredColumns = found.flatMap(({ index, name, code }) =>
    code === undefined && !others.includes(index) ? [name] : [],
  );
  return { codes, indexes: tags.map(({ index }) => index), ignoredColumns };
}

function occurrences(text: string, delimiter: string): number {
  return text.split(delimiter).length - 1;
}

function listed(names: readonly string[]): string {
  const shown = names.slice(0, 6).map((name) => JSON.stringify(name.slice(0, 30)));
  return shown.join(', ') + (names.length > shown.length ? ', …' : '');
}
