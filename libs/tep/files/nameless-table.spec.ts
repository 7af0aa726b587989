import { beforeAll, describe, expect, it } from '#jest';
import { CONTROL_SCHEMES, type ControlSchemeName } from '../control/control-scheme.js';
import { simulateRun } from '../simulation/simulate-run.js';
import { ASSESSED_LINES, misreadRows, misreadVariables } from './nameless-table.js';
import { openPlantStream } from './open-plant-file.js';
import { PlantFileError } from './plant-file.js';

type Table = readonly (readonly number[])[];

const RECORDED = 52;
const FAULTS = Array.from({ length: 22 }, (_, fault) => fault);
const HOURS = 8;

interface Run {
  readonly scheme: ControlSchemeName;
  readonly fault: number;
  /** Rows of 53 values, a fault from the second hour on. */
  readonly table: Table;
}

/** Runs with seeds that the regions were not made with. */
function simulated(): Run[] {
  return CONTROL_SCHEMES.flatMap((scheme, nth) =>
    FAULTS.map((fault) => {
      const seed = 77_777_777 + 1_009 * fault + nth;
      const { values, rows, columns } = simulateRun({
        scheme,
        idv: fault,
        hours: HOURS,
        faultOnsetHour: 2,
        seed,
      });
      const table = Array.from({ length: rows }, (_, row) => [
        ...values.subarray(row * columns, (row + 1) * columns),
      ]);
      return { scheme, fault, table };
    }),
  );
}

async function* bytesOf(table: Table, delimiter: string): AsyncGenerator<Uint8Array> {
  yield Promise.resolve(new TextEncoder().encode(table.map((row) => row.join(delimiter)).join('\n')));
}

/** The samples a table is read as. */
async function read(table: Table, delimiter = ' '): Promise<number[][]> {
  const samples: number[][] = [];
  const file = await openPlantStream(bytesOf(table, delimiter), 'x.dat');
  for await (const batch of file.batches)
    if (batch.kind === 'samples') samples.push(...batch.samples.map(({ values }) => [...values]));
  return samples;
}

/** Why a table is refused; null when it is read. */
async function refusalOf(table: Table): Promise<string | null> {
  try {
    await read(table, ',');
    return null;
  } catch (error) {
    if (error instanceof PlantFileError && error.code === 'PLANT_FILE_UNRECOGNISED') return error.reason;
    throw error;
  }
}

const turned = (table: Table): Table => table[0].map((_, column) => table.map((row) => row[column]));
const recorded = (table: Table): Table => table.map((row) => row.slice(0, RECORDED));
const swapped = (row: readonly number[], first: number, second: number, length: number): number[] => [
  ...row.slice(0, first),
  ...row.slice(second, second + length),
  ...row.slice(first + length, second),
  ...row.slice(first, first + length),
  ...row.slice(second + length),
];
const converted = (row: readonly number[], columns: readonly number[], convert: (value: number) => number) =>
  row.map((value, column) => (columns.includes(column + 1) ? convert(value) : value));
const fahrenheit = (celsius: number): number => 32 + 1.8 * celsius;

/** Ways to write a table so that its columns are not what they seem, and what the refusal says would fit. */
const MISREADINGS: readonly (readonly [string, (row: number[], nth: number) => number[], RegExp])[] = [
  [
    'seconds since 1970 before the tags',
    (row, n) => [1_700_000_000 + 180 * n, ...row],
    /columns 2 to 53 would fit/,
  ],
  ['hours before the tags', (row, n) => [n / 20, ...row], /columns 2 to 53 would fit XMEAS_01 to XMV_11/],
  ['an index from 0 before the tags', (row, n) => [n, ...row], /columns 2 to 53 would fit/],
  ['an index from 1 before the tags', (row, n) => [n + 1, ...row], /columns 2 to 53 would fit/],
  ['an index behind the tags', (row, n) => [...row, n], /columns 1 to 52 would fit/],
  ['the same label behind the tags', (row) => [...row, 4], /columns 1 to 52 would fit/],
  ['a label that changes behind the tags', (row, n) => [...row, n > 30 ? 1 : 0], /columns 1 to 52 would fit/],
  ['a label before the tags', (row) => [0, ...row], /columns 2 to 53 would fit/],
  [
    'a label before the commands',
    (row) => [...row.slice(0, 41), 1, ...row.slice(41)],
    /without column 42 the others/,
  ],
  ['fault, run and sample before the tags', (row, n) => [1, 1, n + 1, ...row], /columns 4 to 55 would fit/],
  ['an index before 53 tags', (row, n) => [n, ...row, 50], /columns 2 to 5[34] would fit/],
  ['every tag one column to the left', (row) => [...row.slice(1), row[0]], /with column 52 before column 1/],
  ['an index for the last tag', (row, n) => [n, ...row.slice(0, 51)], /the columns have no names/],
  ['the commands one column to the left', (row) => [...row.slice(0, 41), ...row.slice(42), row[41]], /fit/],
  ['the last tag first', (row) => [...row].reverse(), /from the last column to the first they would fit/],
  [
    'commands before measurements',
    (row) => [...row.slice(41), ...row.slice(0, 41)],
    /the 11 XMV before the XMEAS/,
  ],
  // XMV_1, XMV_10, XMV_11, XMV_2, …
  [
    'the commands in the order of their names as texts',
    (row) => [...row.slice(0, 42), ...row.slice(50, 52), ...row.slice(42, 50)],
    /with columns 43 to 44 behind column 52 they would fit/,
  ],
  ['10 flows and 10 others exchanged', (row) => swapped(row, 0, 10, 10), /exchanged they would fit/],
  ['feed and purge analysers exchanged', (row) => swapped(row, 22, 28, 6), /exchanged they would fit/],
  ['4 commands and 4 others exchanged', (row) => swapped(row, 41, 45, 4), /exchanged they would fit/],
  [
    'pressures in bar',
    (row) => converted(row, [7, 13, 16], (kpa) => kpa / 100),
    /column 7 in bar, column 13 in bar/,
  ],
  ['one pressure in bar', (row) => converted(row, [13], (kpa) => kpa / 100), /column 13 in bar/],
  ['one pressure in psi', (row) => converted(row, [16], (kpa) => kpa / 6.894757), /column 16 in psi/],
  [
    'temperatures in °F',
    (row) => converted(row, [9, 11, 18, 21, 22], fahrenheit),
    /column 9 in °F, column 11 in °F/,
  ],
  ['one temperature in °F', (row) => converted(row, [18], fahrenheit), /column 18 in °F/],
  ['feeds in t/h', (row) => converted(row, [2, 3], (kg) => kg / 1_000), /column 2 in t\/h, column 3 in t\/h/],
];

describe('a table without names', () => {
  let runs: Run[];
  beforeAll(() => {
    runs = simulated();
  });

  it('is read when it is a run, with any fault, under any control, from any part, turned or not', () => {
    const refused: string[] = [];
    for (const { scheme, fault, table } of runs)
      for (const [from, count] of [
        [0, ASSESSED_LINES],
        [35, ASSESSED_LINES],
        [70, 1],
        [96, ASSESSED_LINES],
        [159, 1],
      ]) {
        const rows = table.slice(from, from + count).map((row) => Float64Array.from(row));
        const short = rows.map((row) => row.subarray(0, RECORDED));
        const lines = turned(short.map((row) => [...row])).map((line) => Float64Array.from(line));
        for (const reason of [misreadRows(rows, true), misreadRows(short, true), misreadVariables(lines)])
          if (reason !== null) refused.push(`${scheme}, fault ${fault}, from ${from}: ${reason}`);
      }
    expect(refused).toEqual([]);
  });

  it('is read from four hours after a fault on, when valve and analyser are where the other usually is', () => {
    // XMEAS_31 and XMV_05, by a likelihood ratio of more than e¹⁵
    const run = simulateRun({ scheme: 'braatz', idv: 8, hours: 12, faultOnsetHour: 4, seed: 5_558 });
    const pieces = [156, 160].map((from) =>
      Array.from({ length: ASSESSED_LINES }, (_, row) =>
        run.values.slice((from + row) * run.columns, (from + row) * run.columns + RECORDED),
      ),
    );
    expect(pieces.map((piece) => misreadRows(piece, false))).toEqual([null, null]);
  });

  it.each(MISREADINGS)(
    'is refused with %s, and the reading that fits is named',
    async (_what, write, reading) => {
      // Of nine runs, three of them without a fault, the hours before, around and long after the onset.
      const chosen = [0, 22, 44, 1, 8, 13, 26, 39, 62].map((nth) => runs[nth].table);
      const refusals = await Promise.all(
        chosen.map((table, nth) => {
          const from = [0, 30, 90][nth % 3];
          return refusalOf(
            recorded(table)
              .slice(from, from + 70)
              .map((row, n) => write([...row], n)),
          );
        }),
      );
      expect(refusals).not.toContain(null);
      expect(refusals[0]).toMatch(reading);
    },
  );

  it.each([22, 33])('is refused with the first %d tags on 52 lines', async (count) => {
    const rows = runs[0].table
      .slice(0, 52)
      .map((row) => [...row.slice(0, 22), ...row.slice(41, 41 + count - 22)]);
    expect(await refusalOf(rows)).toMatch(/^the lines have no names, and line 1 is about/);
  });

  it('is refused with 53 variables, one a line', async () => {
    const lines = turned(runs[0].table.slice(0, 100));
    expect(await refusalOf(lines)).toMatch(
      /^there are 53 lines and no names, .*lines 1 to 52 would fit XMEAS_01 to XMV_11/,
    );
  });

  it.each([52, 53, 100])('is turned when it has a variable a line and %d samples', async (count) => {
    const samples = recorded(runs[5].table).slice(0, count);
    expect(await read(turned(samples))).toEqual(samples);
  });

  it('has 53 tags only when the last is a steady agitator', async () => {
    const rows = runs[0].table.slice(0, 70);
    expect(await read(rows)).toEqual(rows);
    expect(await refusalOf(rows.map((row) => [...row.slice(0, 52), 37]))).toMatch(
      /column 53 is about 37 where XMV_12 is .*; columns 1 to 52 would fit/,
    );
  });

  it('says what it saw, how it would fit and what to do', async () => {
    const rows = recorded(runs[0].table).slice(0, 70);
    expect(await refusalOf(rows.map((row, n) => [n, ...row]))).toMatch(
      /^the columns have no names, and column 1 is about \d+ where XMEAS_01 is -?[\d.]+ to [\d.]+ kscmh, column 2 is about 0\.2\d* where XMEAS_02 .* kg\/h, column 3 .*, and \d+ more do not fit; columns 2 to 53 would fit XMEAS_01 to XMV_11, without the rest\. Put a line with the names/,
    );
  });
});
