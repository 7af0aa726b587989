import { beforeEach, describe, expect, it } from '#jest';
import type { Leases, PeriodicTasks, ProcessClock } from '#platform';
import type { HealthDriver } from './equipment-score.js';
import type { HealthScoreRepository, StoredScore } from './health-score.repository.js';
import { ScoreRetention } from './score-retention.service.js';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
/** A quarter past an hour. */
const NOW = Date.UTC(2026, 2, 1, 12, 15);
const OLDEST_KEPT = Date.UTC(2026, 1, 22, 12);

describe('the retention of scores', () => {
  let samples: StoredScore[];
  let hourly: StoredScore[];
  let deleted: [spanMs: number, before: number][];
  let isHeld: boolean;
  let released: number;
  let task: { name: string; everyMs: number; work: () => Promise<void> };
  let retention: ScoreRetention;

  const driver = (tag: string): HealthDriver => ({
    reason: 'stale',
    tag,
    points: 1,
    detector: null,
    limit: null,
    value: null,
  });
  const score = (equipmentId: number, ts: number, value: number): void =>
    void samples.push({
      equipmentId,
      ts,
      spanMs: 0,
      samples: 1,
      score: value,
      lowest: value,
      drivers: [driver(`of ${value}`)],
    });
  const within = (from: number, to: number) => samples.filter(({ ts }) => ts >= from && ts < to);

  beforeEach(() => {
    [samples, hourly, deleted, isHeld, released] = [[], [], [], false, 0];
    const scores = {
      oldestSample: (before: number) => {
        const times = within(-Infinity, before).map(({ ts }) => ts);
        return Promise.resolve(times.length > 0 ? Math.min(...times) : undefined);
      },
      findSamples: (from: number, to: number) => Promise.resolve(within(from, to)),
      condense: (from: number, to: number, condensed: StoredScore[]) => {
        const replaced = within(from, to);
        samples = samples.filter((each) => !replaced.includes(each));
        return Promise.resolve(void hourly.push(...condensed));
      },
      deleteStretches: (...given: [number, number]) => Promise.resolve(void deleted.push(given)),
    };
    const every = (name: string, everyMs: number, work: () => Promise<void>) =>
      void (task = { name, everyMs, work });
    const leases = {
      hold: () => Promise.resolve(!isHeld),
      release: () => Promise.resolve(void released++),
    };
    retention = new ScoreRetention(
      { every } as unknown as PeriodicTasks,
      leases as unknown as Leases,
      { now: () => NOW } as ProcessClock,
      scores as unknown as HealthScoreRepository,
    );
    retention.onApplicationBootstrap();
  });

  it('makes one score of each unit and hour: the mean, and what drove the lowest', async () => {
    const hour = OLDEST_KEPT - HOUR;
    score(1, hour, 90);
    score(2, hour, 55);
    score(1, hour + HOUR / 2, 30);
    score(1, OLDEST_KEPT - 1, 60);
    score(1, OLDEST_KEPT, 10);
    score(1, hour - 5 * HOUR + 1, 70);
    await task.work();
    expect(hourly).toEqual([
      {
        equipmentId: 1,
        ts: hour - 5 * HOUR,
        spanMs: HOUR,
        samples: 1,
        score: 70,
        lowest: 70,
        drivers: [driver('of 70')],
      },
      // (90 + 30 + 60) / 3
      {
        equipmentId: 1,
        ts: hour,
        spanMs: HOUR,
        samples: 3,
        score: 60,
        lowest: 30,
        drivers: [driver('of 30')],
      },
      {
        equipmentId: 2,
        ts: hour,
        spanMs: HOUR,
        samples: 1,
        score: 55,
        lowest: 55,
        drivers: [driver('of 55')],
      },
    ]);
    expect(samples.map(({ ts }) => ts)).toEqual([OLDEST_KEPT]);
    expect(deleted).toEqual([[HOUR, NOW - 400 * DAY]]);
  });

  it('is done every minute, ten days of hours at a time, by one process', async () => {
    expect([task.name, task.everyMs]).toEqual([expect.stringMatching(/\w/), 60_000]);
    for (let hour = 1; hour <= 241; hour++) score(1, OLDEST_KEPT - hour * HOUR, 50);
    isHeld = true;
    await task.work();
    expect([samples.length, deleted.length, released]).toEqual([241, 0, 0]);
    isHeld = false;
    await task.work();
    expect([samples.length, released]).toEqual([1, 1]);
    await retention.sweep();
    expect([samples.length, hourly.length]).toEqual([0, 241]);
  });
});
