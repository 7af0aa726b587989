import { describe, expect, it } from '#jest';
import { OPERATING_RANGES } from '../catalogue/operating-ranges.js';
import { misreadRows, misreadVariables } from './nameless-table.js';

/** Lines of a run at rest: every tag about its mean under the first control scheme. */
function theLines(count = 52, rows = 8): number[][] {
  return Array.from({ length: rows }, (_, row) =>
    OPERATING_RANGES[0].slice(0, count).map(({ mean, sigma }) => mean + sigma * Math.sin(row)),
  );
}

const typed = (lines: readonly (readonly number[])[]): Float64Array[] =>
  lines.map((line) => Float64Array.from(line));
const turned = (lines: readonly (readonly number[])[]): number[][] =>
  lines[0].map((_, column) => lines.map((line) => line[column]));

/** What is said of lines that were written otherwise, a sample a line and a variable a line. */
function saidOf(write: (line: number[], row: number) => number[], count = 52): (string | null)[] {
  const lines = theLines(count).map(write);
  return [misreadRows(typed(lines), false), misreadVariables(typed(turned(lines)))];
}

const REMEDY = 'Put a line with the names of the columns before the first, or leave out what is no tag';

describe('a table without names that is a run', () => {
  it('is read, with and without the agitator, and turned without', () => {
    expect(misreadRows(typed(theLines()), true)).toBeNull();
    expect(misreadRows(typed(theLines(53)), true)).toBeNull();
    expect(misreadVariables(typed(turned(theLines())))).toBeNull();
    expect(misreadVariables(typed(turned(theLines(53))))).toMatch(
      /^there are 53 lines and no names, where 52 tags are expected, or 53 with XMV_12; /,
    );
  });
});

describe('what is said of a table without names', () => {
  it.each<[string, (line: number[], row: number) => number[], string]>([
    [
      'an index before',
      (line, row) => [row, ...line],
      's 2 to 53 would fit XMEAS_01 to XMV_11, without the rest',
    ],
    [
      'two labels behind',
      (line) => [...line, 900, 901],
      's 1 to 52 would fit XMEAS_01 to XMV_11, without the rest',
    ],
    ['reversed', (line) => line.toReversed(), 'from the last ? to the first they would fit'],
    [
      'commands first',
      (line) => [...line.slice(41), ...line.slice(0, 41)],
      'with the 11 XMV before the XMEAS they would fit',
    ],
    [
      'the first behind the sixth',
      (line) => [...line.slice(1, 6), line[0], ...line.slice(6)],
      'with ? 6 before ? 1 they would fit',
    ],
    [
      'the sixth before the first',
      (line) => [line[5], ...line.slice(0, 5), ...line.slice(6)],
      'with ? 1 behind ? 6 they would fit',
    ],
    [
      'two before five others',
      (line) => [...line.slice(5, 7), ...line.slice(0, 5), ...line.slice(7)],
      'with ?s 1 to 2 behind ? 7 they would fit',
    ],
    [
      'two behind five others',
      (line) => [...line.slice(2, 7), ...line.slice(0, 2), ...line.slice(7)],
      'with ?s 6 to 7 before ? 1 they would fit',
    ],
    [
      'neighbours exchanged',
      (line) => [line[1], line[0], ...line.slice(2)],
      'with ? 1 and ? 2 exchanged they would fit',
    ],
    [
      'blocks exchanged',
      (line) => [...line.slice(6, 8), ...line.slice(2, 6), ...line.slice(0, 2), ...line.slice(8)],
      'with ?s 1 to 2 and ?s 7 to 8 exchanged they would fit',
    ],
    [
      'a pressure in bar',
      (line) => line.with(6, line[6] / 100),
      'they would fit with ? 7 in bar; convert to the units of the tags',
    ],
    [
      'a pressure in MPa',
      (line) => line.with(6, line[6] / 1e3),
      'they would fit with ? 7 in MPa; convert to the units of the tags',
    ],
    [
      'a pressure in Pa',
      (line) => line.with(6, line[6] * 1e3),
      'they would fit with ? 7 in Pa; convert to the units of the tags',
    ],
    [
      'a pressure in psi',
      (line) => line.with(12, line[12] / 6.894757),
      'they would fit with ? 13 in psi; convert to the units of the tags',
    ],
    [
      'temperatures in K',
      (line) => line.with(8, line[8] + 273.15).with(10, line[10] + 273.15),
      'they would fit with ? 9 in K, ? 11 in K; convert to the units of the tags',
    ],
    [
      'a temperature in °F',
      (line) => line.with(8, line[8] * 1.8 + 32),
      'they would fit with ? 9 in °F; convert to the units of the tags',
    ],
    [
      'a feed in t/h',
      (line) => line.with(1, line[1] / 1e3),
      'they would fit with ? 2 in t/h; convert to the units of the tags',
    ],
    [
      'a level as a share',
      (line) => line.with(7, line[7] / 100),
      'they would fit with ? 8 in shares of one; convert to the units of the tags',
    ],
    [
      'shares of moles',
      (line) => line.with(22, line[22] / 100),
      'they would fit with ? 23 in shares of one; convert to the units of the tags',
    ],
    ['a feed in no unit', (line) => line.with(1, -1e6), 'no reading that is known fits'],
  ])('with %s', (_, write, reading) => {
    const said = saidOf(write);
    for (const [place, sentence] of [
      ['column', said[0]],
      ['line', said[1]],
    ] as const) {
      const words = reading.startsWith('s ') ? `?${reading}` : reading;
      expect(sentence).toContain(`; ${words.replaceAll('?', place)}. ${REMEDY}`);
    }
  });

  it('names a label among the tags', () => {
    const [columns, lines] = saidOf((line) => [...line.slice(0, 30), 1e6, ...line.slice(30)]);
    expect(columns).toContain('; without column 31 the others would fit XMEAS_01 to XMV_11. ');
    expect(lines).toContain('; without line 31 the others would fit XMEAS_01 to XMV_11. ');
    expect(saidOf((line, row) => [row, ...line], 53)[0]).toContain(
      '; columns 2 to 54 would fit XMEAS_01 to XMV_12, ',
    );
  });

  it('counts what there is when the tags are not as many', () => {
    const counted = (count: number, place: string): string =>
      `there are ${count} ${place}s and no names, where 52 tags are expected, or 53 with XMV_12; no reading that is known fits. ${REMEDY}`;
    expect(saidOf((line) => line.slice(0, 51))).toEqual([counted(51, 'column'), counted(51, 'line')]);
    expect(saidOf(() => [])[0]).toBe(counted(0, 'column'));
  });

  it('shows three values that do not fit, and how many more', () => {
    const wrong = (count: number): string =>
      saidOf((line) => line.map((value, i) => (i >= 1 && i <= count ? -1e6 : value)))[0] ?? '';
    expect(wrong(1)).toMatch(
      /^the columns have no names, and column 2 is about -1000000 where XMEAS_02 is [\d.]+ to [\d.]+ kg\/h; no reading/,
    );
    expect(wrong(3)).toMatch(
      /column 3 is about -1000000 .*, column 4 is about -1000000 where XMEAS_04 .* kscmh; /,
    );
    expect(wrong(3)).not.toContain('more');
    expect(wrong(5)).toMatch(
      /column 4 is about -1000000 where XMEAS_04 is \S+ to \S+ kscmh, and 2 more do not fit; /,
    );
    expect(wrong(5)).not.toContain('XMEAS_05');
  });

  it('tells another order from values that cannot be', () => {
    // A valve may stand anywhere.
    const [said] = saidOf((line) => [
      ...line.slice(0, 42),
      ...line.slice(45, 48),
      ...line.slice(42, 45),
      ...line.slice(48),
    ]);
    expect(said).toMatch(
      /^the columns, which have no names, fit the tags better in another order; with columns 43 to 45 and columns 46 to 48 exchanged they would fit\. /,
    );
  });

  it('tells that a table is turned, if it is all there', () => {
    const lines = typed(turned(theLines(52, 30)));
    expect(misreadRows(lines, true)).toContain('; turned, with a variable a line, they would fit. ');
    expect(misreadRows(lines, false)).toContain('; no reading that is known fits. ');
    const withTimes = typed(turned(theLines(52, 30).map((line, row) => [row, ...line])));
    expect(misreadRows(withTimes, true)).toContain(
      '; lines 2 to 53 would fit XMEAS_01 to XMV_11, without the rest. ',
    );
    const rows = typed(theLines(52, 30));
    expect(misreadVariables(rows)).toContain('; turned, with a variable a column, they would fit. ');
  });
});
