import { describe, expect, it } from '#jest';
import { readGroups } from './read-plan.js';
import { seriesSources, type SourceQuestion } from './series-source.js';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

describe('what the points of a tag are made from', () => {
  /** Of tags with so many samples each. */
  const sources = (counts: number[], changes: Partial<SourceQuestion>): (number | undefined)[] => {
    const ids = counts.map((_, i) => i);
    const found = seriesSources(ids, {
      from: 0,
      to: 30 * DAY,
      points: 500,
      method: 'minmax',
      rawIsComplete: true,
      counts: new Map(counts.map((count, i) => [i, count])),
      ...changes,
    });
    return ids.map((id) => found.get(id));
  };

  it('are samples, as long as all tags together have no more than 50,000', () => {
    expect(sources([30_000, 20_000], {})).toEqual([0, 0]);
    expect(sources([30_000, 20_001], {})).toEqual([HOUR, HOUR]);
    expect(sources([10, 20], { rawIsComplete: false })).toEqual([HOUR, HOUR]);
    expect(sources([30_000, 90_000], { method: 'raw', rawIsComplete: false })).toEqual([0, 0]);
  });

  it('are the longest buckets that make as many points, two of each but for averages', () => {
    const many = [60_000];
    // 30 days are 720 hours: 1,440 points of extremes, 720 averages
    expect(sources(many, { points: 1_440 })).toEqual([HOUR]);
    expect(sources(many, { points: 1_441 })).toEqual([15 * MINUTE]);
    expect(sources(many, { points: 720, method: 'avg' })).toEqual([HOUR]);
    expect(sources(many, { points: 721, method: 'avg' })).toEqual([15 * MINUTE]);
    expect(sources(many, { points: 60 })).toEqual([DAY]);
    // an hour has 360 buckets of 10 s, 720 points, and 60 of a minute, 120 points
    expect(sources([90_000], { to: HOUR, points: 500 })).toEqual([10_000]);
    expect(sources([90_000], { to: HOUR, points: 100 })).toEqual([MINUTE]);
  });

  it('are samples of a tag that has no more of them than there are buckets', () => {
    expect(sources([100_000, 720, 721, 0], {})).toEqual([HOUR, 0, HOUR, 0]);
    expect(sources([100_000, 720], { rawIsComplete: false })).toEqual([HOUR, HOUR]);
  });

  it('are samples where no bucket is short enough, unless there are ten for each point', () => {
    // a minute has six buckets of 10 s, twelve points
    const short = { to: MINUTE, points: 5_000 };
    expect(sources([50_000, 1], short)).toEqual([0, 0]);
    expect(sources([50_001, 1], short)).toEqual([10_000, 0]);
    expect(sources([50_000, 1], { ...short, rawIsComplete: false })).toEqual([10_000, 10_000]);
  });
});

describe('what is read with one statement', () => {
  const groups = (rows: number[], most: number): string[] =>
    readGroups(
      rows.map((_, i) => i),
      (tag) => rows[tag],
      most,
    ).map(({ tagIds, paged }) => `${tagIds.join(' ')}${paged ? ' paged' : ''}`);

  it('are tags with so many rows together', () => {
    expect(groups([4, 6, 1, 9, 10, 1], 10)).toEqual(['0 1', '2 3', '4', '5']);
    expect(groups([1, 1, 1, 1], 2)).toEqual(['0 1', '2 3']);
    expect(groups([], 10)).toEqual([]);
  });

  it('is a tag alone, page by page, that has more', () => {
    expect(groups([1, 11, 1, 1], 10)).toEqual(['0', '1 paged', '2 3']);
    expect(groups([10], 10)).toEqual(['0']);
  });
});
