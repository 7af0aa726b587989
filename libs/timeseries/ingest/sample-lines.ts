import type { AddSample } from '../samples/sample-columns.js';
import { SampleRefusal, type SampleRules, quoted } from './sample-rules.js';

/** Turns the lines of a stream into samples, one line after the other. */
export interface SampleLines {
  /**
   * Gives the samples of a line to `add`, none of a header or an empty line.
   * @throws SampleRefusal, perhaps behind some of them
   */
  read(text: string, add: AddSample): void;
}

/** A JSON object a line: a sample `{ tag, ts, value, quality? }` or a record `{ ts, values }`. */
export class NdjsonLines implements SampleLines {
  constructor(private readonly rules: SampleRules) {}

  read(text: string, add: AddSample): void {
    if (text.trim() === '') return;
    const input = parsed(text);
    const isRecord = typeof input === 'object' && input !== null && 'values' in input;
    for (const { tagId, ts, value, quality } of isRecord
      ? this.rules.record(input)
      : [this.rules.sample(input)])
      add(tagId, ts, value, quality);
  }
}

const TIME_COLUMNS = new Set(['ts', 'time', 'timestamp']);
const QUOTE = 34;
const DELETE = 127;
const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i;

/** Comma-separated values after a header: `tag,time,value[,quality]` in any order, or `time,TAG,TAG,…`. */
export class CsvLines implements SampleLines {
  private columns: LongColumns | WideColumns | undefined;

  constructor(private readonly rules: SampleRules) {}

  read(text: string, add: AddSample): void {
    if (text.trim() === '') return;
    const fields = text.split(',').map(unquoted);
    if (!this.columns) {
      this.columns = this.header(fields);
      return;
    }
    if (fields.length !== this.columns.width)
      throw new SampleRefusal(
        'VALIDATION_FAILED',
        '',
        `has ${fields.length} fields where the header has ${this.columns.width}`,
      );
    if ('tag' in this.columns) this.long(fields, this.columns, add);
    else this.wide(fields, this.columns, add);
  }

  private long(fields: string[], { tag, time, value, quality }: LongColumns, add: AddSample): void {
    add(
      this.rules.tagId(fields[tag]),
      this.rules.time(fields[time], 'time'),
      this.number(fields[value], 'value'),
      quality < 0 || fields[quality] === '' ? undefined : this.rules.quality(fields[quality]),
    );
  }

  private wide(fields: string[], { time, tags }: WideColumns, add: AddSample): void {
    const ts = this.rules.time(fields[time], 'time');
    for (const { column, code, tagId } of tags)
      if (fields[column] !== '') add(tagId, ts, this.number(fields[column], code));
  }

  private number(text: string, field: string): number {
    return this.rules.value(NUMBER.test(text) ? Number(text) : text, field);
  }

  private header(fields: string[]): LongColumns | WideColumns {
    const names = fields.map((field) => field.toLowerCase());
    const time = names.findIndex((name) => TIME_COLUMNS.has(name));
    if (time < 0)
      throw new SampleRefusal(
        'VALIDATION_FAILED',
        'header',
        'must name a column time, besides tag and value or tags',
      );
    if (new Set(names).size < names.length)
      throw new SampleRefusal('VALIDATION_FAILED', 'header', 'names a column twice');
    const width = fields.length;
    const [tag, value, quality] = ['tag', 'value', 'quality'].map((name) => names.indexOf(name));
    if (tag < 0) return { width, time, tags: this.tagColumns(fields, time) };
    if (value < 0 || width !== (quality < 0 ? 3 : 4))
      throw new SampleRefusal(
        'VALIDATION_FAILED',
        'header',
        'with a column tag must be tag,time,value or tag,time,value,quality',
      );
    return { width, time, tag, value, quality };
  }

  private tagColumns(fields: string[], time: number): WideColumns['tags'] {
    return fields.flatMap((code, column) =>
      column === time ? [] : [{ column, code, tagId: this.rules.tagId(code, 'header') }],
    );
  }
}

interface LongColumns {
  width: number;
  time: number;
  tag: number;
  value: number;
  /** −1 without such a column. */
  quality: number;
}

interface WideColumns {
  width: number;
  time: number;
  tags: { column: number; code: string; tagId: number }[];
}

/** Codes, times and numbers hold neither commas nor quotes: quotes around a field are all there can be. */
function unquoted(field: string): string {
  // Of most fields their ends tell that there is nothing to take away.
  const [first, last] = [field.charCodeAt(0), field.charCodeAt(field.length - 1)];
  if (first > QUOTE && first < DELETE && last > QUOTE && last < DELETE) return field;
  const text = field.trim();
  return text.length > 1 && text.startsWith('"') && text.endsWith('"') ? text.slice(1, -1).trim() : text;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new SampleRefusal('VALIDATION_FAILED', '', `is not JSON: ${quoted(text)}`);
  }
}
