import { describe, expect, it } from '#jest';
import {
  addRollup,
  bucketRanges,
  BUCKETS_MS,
  coarsen,
  fineLevels,
  finestWorthwhile,
  type Rollup,
  rollupOfSamples,
  rollupsOfColumn,
} from './rollup.js';
import { rollupExtremes } from '../series/rollup-extremes.js';
import { windowSegments } from '../series/window-segments.js';

const [QUARTER, HOUR, DAY] = BUCKETS_MS;

const rollupOf = (ts: number[], values: number[], qualities = values.map(() => 0)): Rollup =>
  rollupOfSamples({ tagId: 1, ts, values, qualities }, QUARTER, 0, ts.length);

describe('a rollup', () => {
  it('holds count, extremes, sums and the ends of its samples', () => {
    expect(rollupOf([QUARTER + 1, QUARTER + 2, QUARTER + 3], [2, -1, 4])).toEqual({
      tagId: 1,
      bucketMs: QUARTER,
      bucket: QUARTER,
      count: 3,
      uncertain: 0,
      bad: 0,
      fromTs: QUARTER + 1,
      toTs: QUARTER + 3,
      min: -1,
      max: 4,
      sum: 5,
      sumSquares: 21,
      firstTs: QUARTER + 1,
      first: 2,
      lastTs: QUARTER + 3,
      last: 4,
      finestMs: 0,
    });
  });

  it('has statistics of good samples only, counts the others, and spans them all', () => {
    // good 5 and 3: sum 8, squares 25 + 9 = 34
    expect(rollupOf([1, 2, 3, 4, 5, 6], [99, 5, -99, 3, 77, 0], [2, 0, 1, 0, 1, 2])).toEqual({
      tagId: 1,
      bucketMs: QUARTER,
      bucket: 0,
      count: 2,
      uncertain: 2,
      bad: 2,
      fromTs: 1,
      toTs: 6,
      min: 3,
      max: 5,
      sum: 8,
      sumSquares: 34,
      firstTs: 2,
      first: 5,
      lastTs: 4,
      last: 3,
      finestMs: 0,
    });
  });

  it('of no good sample adds its counts and nothing else', () => {
    const good = rollupOf([3, 4], [9, 2]);
    const bad = rollupOf([1, 8], [1e9, -1e9], [2, 2]);
    const expected = { ...good, bad: 2, fromTs: 1, toTs: 8 };
    for (const [whole, part] of [
      [good, bad],
      [bad, good],
    ]) {
      const sum = { ...whole };
      addRollup(sum, part);
      expect(sum).toEqual(expected);
    }
  });

  it('is the same whether its samples come together or in two parts, in any order', () => {
    const early = rollupOf([1, 2], [5, 1]);
    const late = rollupOf([3, 4], [9, 2]);
    const together = rollupOf([1, 2, 3, 4], [5, 1, 9, 2]);
    for (const [whole, part] of [
      [early, late],
      [late, early],
    ]) {
      const sum = { ...whole };
      addRollup(sum, part);
      expect(sum).toEqual(together);
    }
  });

  it('is made of finer ones', () => {
    const hours = coarsen(
      [rollupOf([0, 1], [1, 2]), rollupOf([3 * QUARTER], [3]), rollupOf([4 * QUARTER], [4])],
      HOUR,
    );
    expect([...hours.values()].map(({ bucket, count, last }) => [bucket, count, last])).toEqual([
      [0, 3, 3],
      [HOUR, 1, 4],
    ]);
  });

  it('stands in for its samples with extremes, at their times where those are known', () => {
    const points = (values: number[]): number[][] => {
      const extremes = rollupExtremes([rollupOf([0, 30, 60, 90], values)]);
      return [...extremes.times].map((ts, i) => [ts, extremes.values[i]]);
    };
    expect(points([1, 2, 3, 4])).toEqual([
      [0, 1],
      [90, 4],
    ]);
    // falling from 4 to 2, the extremes at unknown times in between: the high one first, at the thirds
    expect(points([4, 1, 9, 2])).toEqual([
      [30, 9],
      [60, 1],
    ]);
    expect(points([7, 7, 7, 7])).toEqual([[0, 7]]);
    // the lowest last and the highest in between, then the lowest first
    expect(points([4, 9, 5, 1])).toEqual([
      [30, 9],
      [90, 1],
    ]);
    expect(points([1, 9, 5, 4])).toEqual([
      [0, 1],
      [60, 9],
    ]);
    // as high at the end as at the begin
    expect(points([3, 1, 9, 3])).toEqual([
      [30, 1],
      [60, 9],
    ]);
    expect(points([9, 3, 1, 5])).toEqual([
      [0, 9],
      [60, 1],
    ]);
  });

  it('is one for each bucket of a column, or of a part of it', () => {
    const ts = [0, QUARTER - 1, QUARTER, QUARTER + 1, 5 * QUARTER];
    const column = { tagId: 1, ts, values: [1, 2, 3, 4, 5], qualities: [0, 0, 0, 0, 0] };
    const sums = (start?: number, end?: number): number[][] =>
      rollupsOfColumn(column, QUARTER, start, end).map(({ bucket, sum }) => [bucket / QUARTER, sum]);
    expect(sums()).toEqual([
      [0, 3],
      [1, 7],
      [5, 5],
    ]);
    expect(sums(1, 3)).toEqual([
      [0, 2],
      [1, 3],
    ]);
  });
});

describe('finer buckets of a quarter', () => {
  /** Of samples that come every so many seconds. */
  const finest = (everyS: number, count: number, finestMs = 0): number => {
    const ts = Array.from({ length: count }, (_, i) => i * everyS * 1_000);
    return finestWorthwhile({ ...rollupOf(ts, ts), finestMs });
  };

  it('are worth it when each holds four samples on average', () => {
    expect([finest(2.5, 100), finest(2.6, 100)]).toEqual([10_000, 60_000]);
    expect([finest(15, 50), finest(15.1, 50)]).toEqual([60_000, 0]);
  });

  it('are not known to be before there are eight samples, of any quality', () => {
    expect([finest(1, 7), finest(1, 8)]).toEqual([0, 10_000]);
    const ts = Array.from({ length: 8 }, (_, i) => i * 1_000);
    expect(finestWorthwhile(rollupOf(ts, ts, [0, 1, 2, 0, 1, 2, 0, 0]))).toBe(10_000);
  });

  it('get finer and never coarser', () => {
    expect([finest(2, 100, 60_000), finest(10, 50, 10_000), finest(100, 8, 60_000)]).toEqual([
      10_000, 10_000, 60_000,
    ]);
    expect([fineLevels(0), fineLevels(60_000), fineLevels(10_000)]).toEqual([[], [60_000], [10_000, 60_000]]);
  });
});

describe('ranges of buckets', () => {
  it('join neighbours, and tags that have the same runs', () => {
    const touched = [1, 2].flatMap((tagId) =>
      [0, QUARTER, 2 * QUARTER, 9 * QUARTER].map((bucket) => ({ tagId, bucketMs: QUARTER, bucket })),
    );
    expect(bucketRanges([...touched, { tagId: 3, bucketMs: HOUR, bucket: 0 }])).toEqual([
      { bucketMs: QUARTER, from: 0, to: 2 * QUARTER, tagIds: [1, 2] },
      { bucketMs: QUARTER, from: 9 * QUARTER, to: 9 * QUARTER, tagIds: [1, 2] },
      { bucketMs: HOUR, from: 0, to: 0, tagIds: [3] },
    ]);
  });
});

describe('the segments of a window', () => {
  it('are raw samples at the edges and ever longer buckets towards the middle', () => {
    const from = DAY - HOUR - QUARTER - 5;
    expect(windowSegments(from, 2 * DAY + 7)).toEqual([
      { bucketMs: 0, from, to: from + 5 },
      { bucketMs: QUARTER, from: from + 5, to: DAY - HOUR },
      { bucketMs: HOUR, from: DAY - HOUR, to: DAY },
      { bucketMs: DAY, from: DAY, to: 2 * DAY },
      { bucketMs: 0, from: 2 * DAY, to: 2 * DAY + 7 },
    ]);
  });

  it.each([0, QUARTER, HOUR, DAY])('cover it without gap or overlap with buckets up to %i ms', (longest) => {
    for (const [from, to] of [
      [0, 3 * DAY],
      [1, 2],
      [HOUR - 1, HOUR + 1],
      [-DAY - 5, 5 * DAY + 12_345],
    ]) {
      const segments = windowSegments(from, to, longest);
      expect(segments.map((segment) => segment.from)).toEqual([
        from,
        ...segments.slice(0, -1).map(({ to: end }) => end),
      ]);
      expect(segments.at(-1)?.to).toBe(to);
      expect(Math.max(...segments.map(({ bucketMs }) => bucketMs))).toBeLessThanOrEqual(longest);
    }
  });

  it('are none where there is no time', () => {
    expect(windowSegments(5, 5)).toEqual([]);
  });

  it('are never empty, whatever the window ends at', () => {
    const ends = [0, 1, QUARTER - 1, QUARTER, QUARTER + 1, HOUR, DAY - 1, DAY, DAY + QUARTER];
    const windows = ends.flatMap((from) => ends.filter((to) => to > from).map((to) => [from, to] as const));
    for (const [from, to] of windows)
      expect(windowSegments(from, to).every((segment) => segment.from < segment.to)).toBe(true);
    // around the end of a quarter, none of which is whole
    expect(windowSegments(1, QUARTER + 1)).toEqual([{ bucketMs: 0, from: 1, to: QUARTER + 1 }]);
  });
});
