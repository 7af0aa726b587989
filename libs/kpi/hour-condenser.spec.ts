import { afterEach, beforeEach, describe, expect, it, jest } from '#jest';
import {
  configureLogging,
  type Database,
  DatabaseUnavailableError,
  type LeaseRunner,
  type Leases,
} from '#platform';
import type { FeedPage, SampleFeed } from '#timeseries';
import { HourCondenser } from './hour-condenser.service.js';
import type { CondensedHour, KpiHourRepository } from './kpi-hour.repository.js';
import type { PlantWindows } from './plant-windows.service.js';

configureLogging('silent', 'test');

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const FEED_PAGE = 500;

describe('the condenser of hours', () => {
  /** Condensed and stored: hours, by their number, and how far the writes are known. */
  let stored: Set<number>;
  let cursor: number | undefined;
  let page: FeedPage;
  let cursorsAsked: number[];
  let fail: Error | undefined;
  /** What the feed's answer waits for. */
  let hold: Promise<void>;
  let condenser: HourCondenser;
  const numbers = (hours: Iterable<number>): number[] => [...hours].map((hour) => hour / HOUR);

  /** Writes from one minute to another, both included. */
  const wrote = (...writes: [from: number, to: number][]): void => {
    const entries = writes.map(([from, to], i) => ({
      position: 11 + i,
      fromTs: from * MINUTE,
      toTs: to * MINUTE,
      samples: 1,
    }));
    page = { entries, position: 10 + writes.length, hasGap: false };
  };

  beforeEach(() => {
    [stored, cursor, cursorsAsked, fail] = [new Set([0, 1, 2, 3, 50]), 10, [], undefined];
    wrote();
    hold = Promise.resolve();
    const feed = {
      entriesAfter: async (position: number) => {
        cursorsAsked.push(position);
        await hold;
        if (fail) throw fail;
        const next = position === 10 || page.hasGap ? page : { ...page, entries: [], hasGap: false };
        return { ...next, position: page.position };
      },
    };
    const hours = {
      cursor: () => Promise.resolve(cursor),
      delete: (some: number[]) => Promise.resolve(numbers(some).forEach((hour) => stored.delete(hour))),
      write: (some: Map<number, CondensedHour>) =>
        Promise.resolve(numbers(some.keys()).forEach((hour) => stored.add(hour))),
      moveCursor: (position: number) => Promise.resolve(void (cursor = position)),
    };
    const windows = {
      condenseHour: (hour: number) => Promise.resolve({ window: hour, quarters: [] }),
      hoursToCondense: () => Promise.resolve([7 * HOUR, 8 * HOUR]),
    };
    condenser = new HourCondenser(
      feed as unknown as SampleFeed,
      hours as unknown as KpiHourRepository,
      windows as unknown as PlantWindows,
      { transaction: (work: () => Promise<void>) => work() } as unknown as Database,
      { assertHeld: () => Promise.resolve() } as unknown as Leases,
      {} as LeaseRunner,
    );
  });

  it('condenses every hour into which was written', async () => {
    wrote([119, 240], [600, 601]);
    expect(await condenser.condenseNext()).toBe(false);
    expect([...stored].sort((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 10, 50]);
    expect([cursor, cursorsAsked]).toEqual([12, [10]]);
  });

  it('condenses a day of hours at a time, and lets nobody read the others as they were', async () => {
    stored = new Set(Array.from({ length: 100 }, (_, i) => i));
    wrote([0, 30 * 60 - 1]);
    expect(await condenser.condenseNext()).toBe(true);
    expect([...stored].filter((hour) => hour < 30).sort((a, b) => a - b)).toEqual(
      Array.from({ length: 24 }, (_, i) => i),
    );
    expect([stored.size, cursor]).toEqual([94, 10]);
    expect(await condenser.condenseNext()).toBe(false);
    expect([stored.size, cursor, cursorsAsked]).toEqual([100, 11, [10, 11]]);
  });

  it('looks for more behind as many writes as it looks at', async () => {
    wrote(...Array.from({ length: FEED_PAGE }, (): [number, number] => [0, 1]));
    expect(await condenser.condenseNext()).toBe(true);
    wrote(...Array.from({ length: FEED_PAGE - 1 }, (): [number, number] => [0, 1]));
    expect(await condenser.condenseNext()).toBe(false);
  });

  it('condenses all there is when writes were forgotten', async () => {
    page = { entries: [], position: 90, hasGap: true };
    await condenser.condenseNext();
    expect([stored.has(7), stored.has(8), cursor]).toEqual([true, true, 90]);
  });

  describe('while it is at it', () => {
    beforeEach(() => void jest.useFakeTimers());
    afterEach(async () => {
      await condenser.stop();
      jest.useRealTimers();
    });

    it('looks every five seconds, also after an outage, until it is stopped', async () => {
      fail = new DatabaseUnavailableError();
      await condenser.start();
      await jest.advanceTimersByTimeAsync(1);
      expect(cursorsAsked).toHaveLength(1);
      await jest.advanceTimersByTimeAsync(4_000);
      expect(cursorsAsked).toHaveLength(1);
      fail = undefined;
      await jest.advanceTimersByTimeAsync(1_000);
      expect(cursorsAsked).toHaveLength(2);
      await condenser.stop();
      await jest.advanceTimersByTimeAsync(60_000);
      expect(cursorsAsked).toHaveLength(2);
    });

    it('looks no more when it is stopped in the middle of a turn', async () => {
      let reached: () => void = () => undefined;
      hold = new Promise((resolve) => (reached = resolve));
      await condenser.start();
      await jest.advanceTimersByTimeAsync(1);
      const stopped = condenser.stop();
      reached();
      await stopped;
      await jest.advanceTimersByTimeAsync(60_000);
      expect(cursorsAsked).toHaveLength(1);
    });

    it('begins anew, from what is stored, whenever it is started', async () => {
      await condenser.start();
      await jest.advanceTimersByTimeAsync(1);
      await condenser.stop();
      cursor = 5;
      await condenser.start();
      await jest.advanceTimersByTimeAsync(1);
      expect(cursorsAsked).toEqual([10, 5]);
    });
  });
});
