import fc from 'fast-check';
import iconv from 'iconv-lite';
import { describe, expect, it } from '#jest';
import { openPlantStream } from './open-plant-file.js';
import { type PlantBatch, PlantFileError, type PlantFileOptions } from './plant-file.js';
import { randomCases } from '../../../test/factories/random-cases.js';
import { TAGS } from '../catalogue/tags.js';

const SERIES = randomCases(80);

/** A value by where it belongs: `time or sample number / tag`. */
type Content = Map<string, number>;

/** Rows of values; undefined for a missing one. */
interface Table {
  readonly codes: readonly string[];
  /** Epoch milliseconds. */
  readonly times: readonly number[];
  readonly rows: readonly (readonly (number | undefined)[])[];
}

interface Dialect {
  readonly delimiter: string;
  readonly decimal: '.' | ',';
  readonly missing: string;
  readonly lineEnd: string;
  readonly encoding: string;
  readonly quotes: boolean;
  readonly spelling: number;
  readonly exponents: boolean;
  readonly blankLines: boolean;
  readonly chunk: number;
  /** Whether the reader is told the delimiter. */
  readonly tellsDelimiter: boolean;
}

const codesOf = (most: number) =>
  fc.uniqueArray(fc.constantFrom(...TAGS.map(({ code }) => code)), { minLength: 1, maxLength: most });
const value = fc.oneof(
  fc.double({ min: -1e12, max: 1e12, noNaN: true }),
  fc.double({ min: -1e-9, max: 1e-9, noNaN: true }),
  fc.integer({ min: -5_000, max: 5_000 }).filter((each) => each !== -999),
);
// There is but one zero.
const cell = fc.option(
  value.map((number) => number + 0),
  { nil: undefined, freq: 6 },
);

/** From 1 January 1975 to 2090, to the second. */
const time = fc.integer({ min: 157_766_400, max: 3_786_912_000 }).map((seconds) => 1_000 * seconds);

const table: fc.Arbitrary<Table> = fc
  .tuple(codesOf(6), fc.uniqueArray(time, { minLength: 1, maxLength: 12 }))
  .chain(([codes, times]) =>
    fc
      .array(fc.array(cell, { minLength: codes.length, maxLength: codes.length }), {
        minLength: times.length,
        maxLength: times.length,
      })
      .map((rows) => ({ codes, times, rows })),
  );

const dialect: fc.Arbitrary<Dialect> = fc
  .record({
    delimiter: fc.constantFrom(',', ';', '\t', '|'),
    decimal: fc.constantFrom('.' as const, ',' as const),
    missing: fc.constantFrom('', 'NaN', 'Bad', '-999'),
    lineEnd: fc.constantFrom('\n', '\r\n'),
    encoding: fc.constantFrom('utf-8', 'utf-16le', 'euc-kr'),
    quotes: fc.boolean(),
    spelling: fc.nat(5),
    exponents: fc.boolean(),
    blankLines: fc.boolean(),
    chunk: fc.integer({ min: 1, max: 200 }),
    tellsDelimiter: fc.boolean(),
  })
  // A number with a comma needs quotes where fields are separated by commas.
  .filter(({ delimiter, decimal, quotes }) => delimiter !== ',' || decimal === '.' || quotes);

/** A tag as somebody may call it. */
function spelled(code: string, spelling: number): string {
  const tag = TAGS.find((each) => each.code === code) ?? TAGS[0];
  const [kind, number] = code.split('_');
  const ways = [
    code,
    code.toLowerCase(),
    `${kind}(${Number(number)})`,
    tag.name,
    tag.nameKo,
    `${code} [${tag.unit}]`,
  ];
  return ways[spelling];
}

function field(text: string, { delimiter, quotes }: Dialect): string {
  return quotes || text.includes(delimiter) ? `"${text}"` : text;
}

function numberIn(number: number | undefined, how: Dialect): string {
  if (number === undefined) return how.missing;
  const text = how.exponents ? number.toExponential().replace('e', 'D') : String(number);
  return how.decimal === ',' ? text.replace('.', ',') : text;
}

async function* bytesOf(lines: readonly string[][], how: Dialect): AsyncGenerator<Uint8Array> {
  const end = how.blankLines ? how.lineEnd.repeat(2) : how.lineEnd;
  const text = lines.map((fields) => fields.map((each) => field(each, how)).join(how.delimiter)).join(end);
  const bytes = iconv.encode(text, how.encoding);
  for (let i = 0; i < bytes.length; i += how.chunk) yield Promise.resolve(bytes.subarray(i, i + how.chunk));
}

function optionsFor(how: Dialect): PlantFileOptions {
  return {
    encoding: how.encoding === 'utf-8' ? undefined : how.encoding,
    delimiter: how.tellsDelimiter ? how.delimiter : undefined,
    decimal: how.decimal,
    missing: ['Bad', '-999'],
  };
}

function contentOf({ codes, times, rows }: Table, keyOf = (row: number): number => times[row]): Content {
  const content: Content = new Map();
  rows.forEach((row, i) =>
    row.forEach((number, j) => {
      if (number !== undefined) content.set(`${keyOf(i)}/${codes[j]}`, number);
    }),
  );
  return content;
}

function addTo(content: Content, batch: PlantBatch, codes: readonly string[]): void {
  if (batch.kind === 'points')
    for (const { timeMs, code, value: number } of batch.points) content.set(`${timeMs}/${code}`, number);
  else
    for (const { timeMs, index, values } of batch.samples)
      values.forEach((number, j) => {
        if (!Number.isNaN(number)) content.set(`${timeMs ?? index}/${codes[j]}`, number);
      });
}

async function read(lines: readonly string[][], how: Dialect, more: PlantFileOptions = {}) {
  const file = await openPlantStream(bytesOf(lines, how), 'x.csv', { ...optionsFor(how), ...more });
  const content: Content = new Map();
  for await (const batch of file.batches) addTo(content, batch, file.codes);
  return { content, file };
}

/** The complaint, when what was read is refused. */
async function refusalOf(reading: Promise<unknown>): Promise<PlantFileError> {
  const error: unknown = await reading.then(
    () => new Error('it was read'),
    (reason: unknown) => reason,
  );
  if (error instanceof PlantFileError) return error;
  throw error;
}

const iso = (ms: number): string => new Date(ms).toISOString();
const TIMES: readonly ((ms: number) => string)[] = [
  iso,
  (ms) => iso(ms).slice(0, 19).replace('T', ' '),
  (ms) => iso(ms).slice(0, 19).replaceAll(/[-:T]/g, ''),
  (ms) => iso(ms + 5.5 * 3_600_000).replace('.000Z', '+05:30'),
  // Milliseconds have 13 digits from 2001 on; with 12 they may be a date.
  (ms) => (ms < 1e12 ? iso(ms) : String(ms)),
];

const wideLines = (
  { codes, times, rows }: Table,
  how: Dialect,
  timeOf: (ms: number) => string,
): string[][] => [
  ['remark', 'time', ...codes.map((code) => spelled(code, how.spelling))],
  ...rows.map((row, i) => ['fine', timeOf(times[i]), ...row.map((number) => numberIn(number, how))]),
];

const longLines = (
  { codes, times, rows }: Table,
  how: Dialect,
  timeOf: (ms: number) => string,
): string[][] => [
  ['value', 'tag', 'operator', 'timestamp'],
  ...rows.flatMap((row, i) =>
    row.map((number, j) => [numberIn(number, how), spelled(codes[j], how.spelling), 'Kim', timeOf(times[i])]),
  ),
];

const riethLines = ({ codes, rows }: Table, how: Dialect): string[][] => [
  ['faultNumber', 'simulationRun', 'sample', ...codes.map((code) => spelled(code, how.spelling))],
  ...rows.map((row, i) => ['3', '7', String(i + 1), ...row.map((number) => numberIn(number, how))]),
];

describe('any table, written in any dialect and read back', () => {
  it('is the same with a column a tag, a value a line and in the layout of Rieth', async () => {
    await fc.assert(
      fc.asyncProperty(table, dialect, fc.constantFrom(...TIMES), async (given, how, timeOf) => {
        const { content, file } = await read(wideLines(given, how, timeOf), how);
        expect([file.format, file.ignoredColumns]).toEqual(['wide', ['remark']]);
        expect(content).toEqual(contentOf(given));
        expect((await read(longLines(given, how, timeOf), how)).content).toEqual(contentOf(given));
        const rieth = await read(riethLines(given, how), how);
        expect(rieth.file.format).toBe('rieth');
        expect(rieth.content).toEqual(contentOf(given, (row) => row));
      }),
      SERIES,
    );
  });

  it('is the same in the times of any zone, or its repeated hour is refused with its line', async () => {
    const zones = [
      'Asia/Seoul',
      'America/New_York',
      'Europe/Berlin',
      'Australia/Lord_Howe',
      'Asia/Kathmandu',
    ];
    await fc.assert(
      fc.asyncProperty(table, dialect, fc.constantFrom(...zones), async (given, how, timeZone) => {
        const timeOf = (ms: number): string => new Date(ms).toLocaleString('sv-SE', { timeZone });
        const reading = read(wideLines(given, how, timeOf), how, { timeZone });
        const { content } = await reading.catch(async () => {
          const { line, reason } = await refusalOf(reading);
          expect([line, reason]).toEqual([
            expect.any(Number),
            expect.stringMatching(/^.*clocks in .* twice/),
          ]);
          return { content: contentOf(given) };
        });
        expect(content).toEqual(contentOf(given));
      }),
      SERIES,
    );
  });

  it('is the same without names, a sample or a variable a line, near the base case', async () => {
    const deviations = fc.array(fc.double({ min: -0.5, max: 0.5, noNaN: true }), {
      minLength: 53,
      maxLength: 53,
    });
    const samples = fc.array(deviations, { minLength: 2, maxLength: 80 });
    await fc.assert(
      fc.asyncProperty(samples, dialect, fc.constantFrom(52, 53), async (deviates, how, width) => {
        const codes = TAGS.slice(0, width).map(({ code }) => code);
        const rows = deviates.map((row) =>
          row.slice(0, width).map((share, i) => TAGS[i].baseValue + share * TAGS[i].closedLoopSigma),
        );
        const lines = rows.map((row) => row.map((number) => numberIn(number, how)));
        // What separates decimals separates fields no more, unless that is said.
        const told = { delimiter: how.delimiter };
        const given = { codes, times: [], rows };
        expect((await read(lines, how, told)).content).toEqual(contentOf(given, (row) => row));
        if (width === 53) return;
        const turned = codes.map((_, i) => lines.map((line) => line[i]));
        expect((await read(turned, how, told)).content).toEqual(contentOf(given, (row) => row));
      }),
      { ...SERIES, numRuns: SERIES.numRuns / 4 },
    );
  });

  it('is refused with file, line and column when a line has a field more or less or a cell is spoilt', async () => {
    const faults = fc.record({
      line: fc.nat(),
      column: fc.nat(),
      what: fc.constantFrom('more', 'less', 'spoilt', 'time'),
      skipBad: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(table, dialect, faults, async (given, how, fault) => {
        const lines = wideLines(given, how, iso);
        const at = 1 + (fault.line % given.rows.length);
        const column = 2 + (fault.column % given.codes.length);
        if (fault.what === 'more') lines[at].splice(column, 0, '1');
        if (fault.what === 'less') lines[at].splice(column, 1);
        if (fault.what === 'spoilt') lines[at][column] = '12e';
        if (fault.what === 'time') lines[at][1] = '2026-02-30 08:00';
        const line = how.blankLines ? 2 * at + 1 : at + 1;
        if (!fault.skipBad) {
          const { file, line: named, reason } = await refusalOf(read(lines, how));
          expect([file, named]).toEqual(['x.csv', line]);
          if (fault.what === 'spoilt') expect(reason).toBe(`field ${column + 1} is no number: "12e"`);
          return;
        }
        const { content, file } = await read(lines, how, { skipBad: true });
        expect(file.report.complaints.map((complaint) => complaint.line)).toEqual([line]);
        const rows = given.rows.map((row, i) => {
          if (i !== at - 1) return row;
          return row.map((number, j) => (fault.what === 'spoilt' && j !== column - 2 ? number : undefined));
        });
        expect(content).toEqual(contentOf({ ...given, rows }));
      }),
      SERIES,
    );
  });
});
