import { beforeEach, describe, expect, it } from '#jest';
import type { MeasuredInstant } from '#tep';
import type { FeedPage, SampleFeed } from '#timeseries';
import { RecentHours } from './recent-hours.service.js';

const HOUR = 3_600_000;
const FEED_PAGE = 500;

describe('the samples of recent hours', () => {
  /** First and last time of each write; those before `forgotten` are known no more. */
  let writes: [from: number, to: number][];
  let forgotten: number;
  let loads: number[];
  let recent: RecentHours;

  const entriesAfter = (position: number, limit: number): Promise<FeedPage> => {
    const from = Math.max(position, forgotten);
    const entries = writes
      .slice(from, from + limit)
      .map(([fromTs, toTs], i) => ({ position: from + i + 1, fromTs, toTs, samples: 1 }));
    return Promise.resolve({ entries, position: from + entries.length, hasGap: from > position });
  };
  const instants = (count: number): MeasuredInstant[] =>
    Array.from({ length: count }, (_, i) => ({ ts: i, values: {} }));
  /** Asks for hours by their number. @returns which of them were loaded */
  const ask = async (hours: readonly number[], count = 20): Promise<number[]> => {
    loads = [];
    for (const hour of hours)
      await recent.read(hour * HOUR, (begin) => {
        loads.push(begin / HOUR);
        return Promise.resolve(instants(count));
      });
    return loads;
  };

  beforeEach(() => {
    [writes, forgotten] = [[[0, 1]], 0];
    recent = new RecentHours({
      entriesAfter,
      position: () => Promise.resolve(writes.length),
    } as unknown as SampleFeed);
  });

  it('are read once, and again when something was written to the hour', async () => {
    expect(await ask([7, 8, 9, 7, 8, 9])).toEqual([7, 8, 9]);
    // to the very begin of the hour, and from the very begin of the next
    writes.push([5 * HOUR, 7 * HOUR]);
    expect(await ask([7, 8, 9, 7])).toEqual([7]);
    writes.push([8 * HOUR, 8 * HOUR + 1]);
    expect(await ask([7, 8, 9, 8])).toEqual([8]);
    writes.push([9 * HOUR - 1, 9 * HOUR - 1]);
    expect(await ask([7, 8, 9, 8])).toEqual([8]);
  });

  it('are kept of six hours, the last ones asked for first', async () => {
    await ask([1, 2, 3, 4, 5, 6]);
    expect(await ask([1, 2, 3, 4, 5, 6])).toEqual([]);
    expect(await ask([7, 2, 3, 4, 5, 6, 7])).toEqual([7]);
    expect(await ask([1])).toEqual([1]);
  });

  it('are kept of a hundred instants at the most', async () => {
    expect(await ask([1, 1], 100)).toEqual([1]);
    expect(await ask([2, 2], 101)).toEqual([2, 2]);
  });

  it('are asked for again when they could not be read', async () => {
    await expect(recent.read(HOUR, () => Promise.reject(new Error('away')))).rejects.toThrow('away');
    expect(await ask([1])).toEqual([1]);
  });

  it('are all read again when it is not known what was written, once', async () => {
    await ask([1, 2]);
    for (let i = 0; i < 3; i++) writes.push([900 * HOUR, 900 * HOUR]);
    forgotten = 3;
    expect(await ask([1, 2, 1, 2])).toEqual([1, 2]);
    // as many as are looked at in one go: perhaps there are more
    for (let i = 0; i < FEED_PAGE; i++) writes.push([900 * HOUR, 900 * HOUR]);
    expect(await ask([1, 2, 1, 2])).toEqual([1, 2]);
    for (let i = 0; i < FEED_PAGE - 1; i++) writes.push([900 * HOUR, 900 * HOUR]);
    expect(await ask([1, 2])).toEqual([]);
  });
});
