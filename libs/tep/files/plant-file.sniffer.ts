import { braatzCodes } from './braatz-dat.reader.js';
import { tagOfColumn, unitOf } from './column-name.js';
import { splitFields } from './csv-fields.js';
import type { FieldParser } from './field-parser.js';
import type { TextLine } from './line.reader.js';
import type { LongColumns } from './long-csv.reader.js';
import { quote } from './quote.js';
import type { RiethColumns } from './rieth-csv.reader.js';
import { sampleTime } from './sample-time.js';
import { TAGS } from '../catalogue/tags.js';
import type { WideColumns } from './wide-csv.reader.js';

interface TagColumns {
  readonly codes: readonly string[];
  readonly ignoredColumns: readonly string[];
}

/** What the first lines of a file show it to be. */
export type SniffedFile =
  | {
      readonly format: 'braatz' | 'braatz_transposed';
      readonly width: number;
      /** Null for blanks, one or more. */
      readonly delimiter: string | null;
    }
  | ({ readonly format: 'rieth'; readonly columns: RiethColumns } & TagColumns)
  | ({ readonly format: 'wide'; readonly columns: WideColumns } & TagColumns)
  | ({ readonly format: 'long'; readonly columns: LongColumns } & TagColumns);

/** Lines to look at; enough to outvote malformed ones. */
export const LINES_TO_SNIFF = 8;

const TIME_NAMES = ['timestamp', 'time', 'ts', 'datetime', 'date_time', 'date', '시각', '시간', '일시'];
const TAG_NAMES = ['tag', 'tag_code', 'code', 'sensor', 'tag_name', 'name', '태그', '태그코드'];
const VALUE_NAMES = ['value', 'val', 'reading', '값', '측정값'];
/** The columns before the tags in the files of Rieth et al., without the blanks and lines that some put between words. */
const RIETH_NAMES = ['faultnumber', 'simulationrun', 'sample'];
const DELIMITERS = [',', ';', '\t', '|'];

/**
 * Detects the format of a file from its first lines, blank ones left out.
 * @param delimiter between fields, when it is known
 * @returns the format, or the reason why it is none that is known
 */
export function sniffPlantFile(
  lines: readonly TextLine[],
  parser: FieldParser,
  delimiter?: string,
): SniffedFile | string {
  const texts = lines.flatMap(({ text }) => (text === null || text.trim() === '' ? [] : [text]));
  if (texts.length === 0) return lines.length === 0 ? 'the file is empty' : 'no line can be read';
  if (texts[0].includes('\0')) return 'not text in UTF-8';
  const header = sniffHeader(texts[0], delimiter);
  if (header.recognised > valuesIn(header.names, parser)) return sniffColumns(header);
  return sniffNumbers(texts, parser, delimiter) ?? nothingRecognised(header, parser);
}

/** Numbers without names: 52 (53) a line is a sample a line, any other count a variable a line. */
function sniffNumbers(texts: readonly string[], parser: FieldParser, given?: string): SniffedFile | null {
  if (given === undefined) {
    const width = mostFrequent(texts.map((text) => numbersIn(text.trim().split(/\s+/), parser)));
    if (width >= 2) return nameless(width, null);
  }
  const split = (delimiter: string): number => numbersIn(fieldsOrNone(texts[0], delimiter), parser);
  const delimiter = given ?? DELIMITERS.find((each) => split(each) >= 2);
  return delimiter !== undefined && split(delimiter) >= 2 ? nameless(split(delimiter), delimiter) : null;
}

function nameless(width: number, delimiter: string | null): SniffedFile {
  return { format: braatzCodes(width) === undefined ? 'braatz_transposed' : 'braatz', width, delimiter };
}

/** How many numbers there are when there is nothing else, else 0. */
function numbersIn(fields: readonly string[], parser: FieldParser): number {
  return fields.every((field) => parser.number(field) !== undefined) ? fields.length : 0;
}

function mostFrequent(counts: readonly number[]): number {
  const frequency = (count: number) => counts.filter((other) => other === count).length;
  return counts.reduce((best, count) => (frequency(count) > frequency(best) ? count : best));
}

interface Header {
  readonly delimiter: string;
  readonly names: readonly string[];
  /** How many of the names mean something here. */
  readonly recognised: number;
}

/** The names in a line, divided so that most of them mean something, or else so that there are most. */
function sniffHeader(line: string, given?: string): Header {
  const candidates = (given === undefined ? DELIMITERS : [given]).map((delimiter) => {
    const names = fieldsOrNone(line, delimiter).map((name) => name.trim());
    return { delimiter, names, recognised: names.filter(isRecognised).length };
  });
  return candidates.reduce((best, next) =>
    next.recognised > best.recognised ||
    (next.recognised === best.recognised && next.names.length > best.names.length)
      ? next
      : best,
  );
}

function isRecognised(name: string): boolean {
  const lower = name.toLowerCase();
  const roles = [TIME_NAMES, TAG_NAMES, VALUE_NAMES];
  return (
    roles.some((names) => names.includes(lower)) ||
    RIETH_NAMES.includes(joined(name)) ||
    tagOfColumn(name) !== undefined
  );
}

function joined(name: string): string {
  return name.toLowerCase().replaceAll(/[\s_-]/g, '');
}

function sniffColumns({ names, delimiter }: Header): SniffedFile | string {
  const lower = names.map((name) => name.toLowerCase());
  const find = (aliases: readonly string[]) => lower.findIndex((name) => aliases.includes(name));
  const shape = { delimiter, width: names.length };
  const [faultNumber, simulationRun, sample] = RIETH_NAMES.map((name) =>
    names.findIndex((other) => joined(other) === name),
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
  if (time < 0) return sniffNumbered(names, shape);
  const [tag, value] = [find(TAG_NAMES), find(VALUE_NAMES)];
  if (tag >= 0 && value >= 0) {
    const quality = find(['quality']);
    const ignoredColumns = names.filter((_, i) => ![tag, time, value, quality].includes(i));
    return {
      format: 'long',
      columns: { ...shape, tag, time, value, quality },
      codes: TAGS.map((t) => t.code),
      ignoredColumns,
    };
  }
  const tags = tagColumns(names, [time]);
  if (typeof tags === 'string') return tags;
  const { indexes, ...columns } = tags;
  return { format: 'wide', columns: { ...shape, time, tags: indexes }, ...columns };
}

/** Tags and nothing else are numbered samples; another column may be their time under a name nobody knows. */
function sniffNumbered(
  names: readonly string[],
  shape: Pick<WideColumns, 'delimiter' | 'width'>,
): SniffedFile | string {
  const tags = tagColumns(names, []);
  if (typeof tags === 'string' || tags.ignoredColumns.length > 0)
    return `no time column among ${listed(names)}`;
  const { indexes, ...columns } = tags;
  return { format: 'wide', columns: { ...shape, time: null, tags: indexes }, ...columns };
}

/** The columns that are tags, or why they cannot be decided. */
function tagColumns(
  names: readonly string[],
  others: readonly number[],
): (TagColumns & { indexes: readonly number[] }) | string {
  const found = names.map((name, index) => ({
    index,
    name,
    tag: others.includes(index) ? undefined : tagOfColumn(name),
  }));
  const tags = found.flatMap(({ index, name, tag }) => (tag === undefined ? [] : [{ index, name, ...tag }]));
  if (tags.length === 0) return `no column of a tag among ${listed(names)}`;
  const codes = tags.map(({ code }) => code);
  const twice = codes.find((code, i) => codes.indexOf(code) !== i);
  if (twice !== undefined) return `two columns for ${twice}`;
  const foreign = tags.find(({ foreignUnit }) => foreignUnit !== undefined);
  if (foreign !== undefined)
    return `column ${foreign.index + 1}, ${quote(foreign.name)}, is not in ${unitOf(foreign.code)}, the unit of ${foreign.code}`;
  const ignoredColumns = found.flatMap(({ index, name, tag }) =>
    tag === undefined && !others.includes(index) ? [name] : [],
  );
  return { codes, indexes: tags.map(({ index }) => index), ignoredColumns };
}

/** How many of the names are numbers or times: what a line of values has, and a header has not. */
function valuesIn(names: readonly string[], parser: FieldParser): number {
  return names.filter((name) => Number.isFinite(parser.number(name)) || typeof sampleTime(name) === 'number')
    .length;
}

function nothingRecognised({ names }: Header, parser: FieldParser): string {
  if (names.length === 0) return 'the quotes of the header do not match';
  return valuesIn(names, parser) > 0
    ? `no header: the first line holds values, ${listed(names)}; put a line with the names of the columns before it`
    : `no column of a time, a tag or a value among ${listed(names)}`;
}

/** None when quotes do not match. */
function fieldsOrNone(line: string, delimiter: string): string[] {
  try {
    return splitFields(line, delimiter);
  } catch {
    return [];
  }
}

function listed(names: readonly string[]): string {
  const shown = names.slice(0, 6).map((name) => quote(name));
  return shown.join(', ') + (names.length > shown.length ? ', …' : '');
}
