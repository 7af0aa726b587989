import { describe, expect, it } from '#jest';
import { OPERATING_RANGES, type OperatingRange } from '../catalogue/operating-ranges.js';
import {
  areTags,
  assessColumns,
  type ColumnSummary,
  plausibleRegion,
  type Rearrangement,
  summarise,
} from './column-plausibility.js';

const MEDIAN = 1;
/** Quartiles of normal operation under a control scheme. */
const normal = (scheme: number, count = 53): ColumnSummary[] =>
  OPERATING_RANGES[scheme]
    .slice(0, count)
    .map(({ mean, sigma }) => [mean - 0.6745 * sigma, mean, mean + 0.6745 * sigma] as const);

/** Half the simulated region more to either side and three sigmas; a constant a thousandth of itself, and of its unit. */
function regionOf({ mean, sigma, low, high }: OperatingRange): [number, number] {
  const margin = Math.max(0.5 * (high - low) + 3 * sigma, 1e-3 * Math.abs(mean), 1e-3);
  return [low - margin, high + margin];
}

describe('the summary of a column', () => {
  it('is its quartiles, those of the numbers alone', () => {
    expect(summarise([5, 1, NaN, 4, 2, 3])).toEqual([2, 3, 4]);
    expect(summarise(Float64Array.of(7))).toEqual([7, 7, 7]);
    // positions ¼·9 = 2.25, 4.5 and 6.75 of ten, rounded
    expect(summarise([10, 20, 30, 40, 50, 60, 70, 80, 90, 100])).toEqual([30, 60, 80]);
    expect(summarise([NaN])).toBeNull();
    expect(summarise([])).toBeNull();
  });
});

describe('the plausible region of a tag', () => {
  it('is wider than what was simulated under any scheme', () => {
    for (let tag = 0; tag < 53; tag++) {
      const regions = OPERATING_RANGES.map((ranges) => regionOf(ranges[tag]));
      const { lowest, highest } = plausibleRegion(tag);
      expect(lowest).toBeCloseTo(Math.min(...regions.map(([low]) => low)), 9);
      expect(highest).toBeCloseTo(Math.max(...regions.map(([, high]) => high)), 9);
    }
  });

  it('has to hold the quartiles of its column, each of them, ends and all', () => {
    const { lowest, highest } = plausibleRegion(0);
    const middle = (lowest + highest) / 2;
    const inside: ColumnSummary[] = [[lowest, middle, highest], [highest, highest, highest], null]; // prettier-ignore
    for (const column of inside) expect(assessColumns([column]).misfits).toEqual([]);
    const above = highest + 1e-9;
    const outside: ColumnSummary[] = [
      [lowest - 1e-9, middle, middle],
      [middle, middle, above],
      [middle, above, above],
      [NaN, middle, middle],
    ];
    for (const column of outside) expect(assessColumns([column]).misfits).toEqual([0]);
  });
});

describe('columns of a table', () => {
  it.each([0, 1, 2])(
    'are the tags in normal operation under scheme %d, with and without the agitator',
    (scheme) => {
      for (const count of [52, 53]) {
        expect(areTags(normal(scheme, count))).toBe(true);
        expect(assessColumns(normal(scheme, count))).toEqual({ misfits: [], rearrangement: null });
      }
      const gaps = normal(scheme).map((column, i) => (i % 5 === 0 ? null : column));
      expect(areTags(gaps)).toBe(true);
    },
  );

  it('are assessed by the scheme that suits most of them', () => {
    const columns = normal(1);
    columns[6] = [5000, 5000, 5000];
    columns[20] = [-500, -500, -500];
    expect(assessColumns(columns).misfits).toEqual([6, 20]);
    expect(areTags(columns)).toBe(false);
    // The reactor level of one scheme among the tags of another is possible under neither, if it is narrow enough.
    const mixed = normal(0).map((column, i) => (i < 40 ? column : normal(1)[i]));
    const impossible = OPERATING_RANGES.every((ranges) =>
      mixed.some((column, i) => {
        const [low, high] = regionOf(ranges[i]);
        return column !== null && column.some((value) => value < low || value > high);
      }),
    );
    expect(areTags(mixed)).toBe(!impossible);
  });

  /** Logarithm of the density of a median: half normal, half uniform; far less outside. */
  function likelihoodOf(column: ColumnSummary, range: OperatingRange): number {
    if (column === null) return 0;
    const [low, high] = regionOf(range);
    const value = column[MEDIAN];
    const uniform = 0.5 / (high - low);
    if (value < low || value > high) return Math.log(uniform) - 12;
    const width = Math.max(range.sigma, 0.01 * (high - low));
    const z = (value - range.mean) / width;
    return Math.log(uniform + (0.5 * Math.exp(-(z ** 2) / 2)) / (width * Math.sqrt(2 * Math.PI)));
  }

  const totalOf = (columns: readonly ColumnSummary[], scheme: number): number =>
    columns.reduce((sum, column, i) => sum + likelihoodOf(column, OPERATING_RANGES[scheme][i]), 0);

  function rearranged(columns: readonly ColumnSummary[], how: Rearrangement): ColumnSummary[] {
    if (how.kind === 'moved') {
      const { first, middle, end } = how;
      return [
        ...columns.slice(0, first),
        ...columns.slice(middle, end),
        ...columns.slice(first, middle),
        ...columns.slice(end),
      ];
    }
    const { first, second, length } = how;
    return columns.map((column, i) => {
      if (i >= first && i < first + length) return columns[i - first + second];
      return i >= second && i < second + length ? columns[i - second + first] : column;
    });
  }

  /** Every exchange of two blocks and every move of one. */
  function allOrders(count: number): Rearrangement[] {
    const orders: Rearrangement[] = [];
    for (let first = 0; first < count; first++) {
      for (let second = first + 1; second < count; second++) {
        for (let length = 1; length <= second - first && second + length <= count; length++)
          orders.push({ kind: 'swapped', first, second, length });
        for (let end = second + 1; end <= count; end++)
          orders.push({ kind: 'moved', first, middle: second, end });
      }
    }
    return orders;
  }

  it.each<[string, Rearrangement]>([
    ['two neighbours', { kind: 'swapped', first: 2, second: 3, length: 1 }],
    ['two that lie apart', { kind: 'swapped', first: 1, second: 8, length: 1 }],
    ['two blocks', { kind: 'swapped', first: 0, second: 5, length: 3 }],
    ['one moved to the end', { kind: 'moved', first: 0, middle: 1, end: 10 }],
    ['a block moved to the front', { kind: 'moved', first: 0, middle: 7, end: 10 }],
    ['a block moved by two', { kind: 'moved', first: 3, middle: 6, end: 8 }],
  ])('in another order are put right as no other order would be likelier: %s', (_, how) => {
    for (const scheme of [0, 1, 2]) {
      const columns = rearranged(normal(scheme, 10), how);
      const { misfits, rearrangement } = assessColumns(columns);
      const orders = allOrders(10);
      const likeliest = Math.max(
        ...[0, 1, 2].flatMap((each) => orders.map((order) => totalOf(rearranged(columns, order), each))),
      );
      if (rearrangement === null) throw new Error(`nothing found where ${misfits.length} do not fit`);
      const found = rearranged(columns, rearrangement);
      expect(Math.max(...[0, 1, 2].map((each) => totalOf(found, each)))).toBeCloseTo(likeliest, 8);
      expect(areTags(columns)).toBe(false);
    }
  });

  it('stay in their order when another is not likelier by e¹⁸', () => {
    // Two compositions of the reactor feed moved towards each other, bit by bit: exchanged they gain more and more.
    const [a, b] = [22, 24];
    const answers = Array.from({ length: 41 }, (_, n) => {
      const columns = normal(0);
      const [from, to] = [columns[a]?.[MEDIAN] ?? NaN, columns[b]?.[MEDIAN] ?? NaN];
      const [first, second] = [from + ((to - from) * n) / 40, to + ((from - to) * n) / 40];
      columns[a] = [first, first, first];
      columns[b] = [second, second, second];
      const swapped = rearranged(columns, { kind: 'swapped', first: a, second: b, length: 1 });
      const best = Math.max(...[0, 1, 2].map((scheme) => totalOf(swapped, scheme)));
      const gain = best - totalOf(columns, 0);
      return { believed: assessColumns(columns).rearrangement !== null, gain };
    });
    for (const { believed, gain } of answers)
      if (Math.abs(gain - 18) > 1) expect([gain, believed]).toEqual([gain, gain > 18]);
    expect(answers[0].believed).toBe(false);
  });

  it('that are empty are not exchanged with others', () => {
    const columns = normal(0);
    columns[3] = null;
    columns[10] = null;
    expect(assessColumns(columns)).toEqual({ misfits: [], rearrangement: null });
    const swapped = rearranged(columns, { kind: 'swapped', first: 0, second: 6, length: 1 });
    expect(assessColumns(swapped).rearrangement).toEqual({ kind: 'swapped', first: 0, second: 6, length: 1 });
  });
});
