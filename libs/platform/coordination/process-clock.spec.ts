import { afterEach, beforeEach, describe, expect, it, jest } from '#jest';
import type { Database } from '../database/database.js';
import { PeriodicTasks } from './periodic-tasks.js';
import { ProcessClock } from './process-clock.js';

const START = Date.UTC(2026, 2, 1);

/** The row of the clock, as far as the clock needs a database. */
class ClockRow {
  row: Record<'time_ms' | 'wall_ms' | 'rate', number> | undefined;
  private readonly committed: (() => void)[] = [];

  query(): Promise<unknown[]> {
    return Promise.resolve(this.row ? [this.row] : []);
  }

  upsert({ rows: [[, time_ms, wall_ms, rate]] }: { rows: number[][] }): Promise<void> {
    this.row = { time_ms, wall_ms, rate };
    return Promise.resolve();
  }

  afterCommit(callback: () => void): Promise<void> {
    this.committed.push(callback);
    return Promise.resolve();
  }

  commit(): void {
    for (const callback of this.committed.splice(0)) callback();
  }
}

describe('the process clock', () => {
  let row: ClockRow;
  let clock: ProcessClock;

  it('reads bare dates as days where the process is', () => {
    const inSeoul = new ProcessClock(row as unknown as Database, new PeriodicTasks(), 'Asia/Seoul');
    expect(inSeoul.parseTime('2026-11-20', 'from')).toBe(Date.parse('2026-11-19T15:00:00Z'));
    expect(inSeoul.parseTime('2026-11-20T00:00:00Z', 'from')).toBe(Date.parse('2026-11-20T00:00:00Z'));
  });

  beforeEach(() => {
    jest.useFakeTimers({ now: START });
    row = new ClockRow();
    clock = new ProcessClock(row as unknown as Database, new PeriodicTasks(), 'UTC');
  });

  afterEach(() => void jest.useRealTimers());

  it('is the wall clock while nobody keeps it', async () => {
    await clock.refresh();
    expect(clock.now()).toBe(START);
    jest.advanceTimersByTime(5_000);
    expect(clock.now()).toBe(START + 5_000);
  });

  it('runs on from its last reading at the rate of its keeper', async () => {
    row.row = { time_ms: START + 3_600_000, wall_ms: START, rate: 60 };
    await clock.refresh();
    jest.advanceTimersByTime(2_000);
    expect(clock.now()).toBe(START + 3_600_000 + 120_000);
  });

  it('stands still when its keeper has been silent for 15 s', async () => {
    row.row = { time_ms: START, wall_ms: START, rate: 60 };
    await clock.refresh();
    jest.advanceTimersByTime(3_600_000);
    expect(clock.now()).toBe(START + 15_000 * 60);
  });

  it('does not run backwards when the wall clocks of two machines differ', async () => {
    row.row = { time_ms: START, wall_ms: START + 4_000, rate: 60 };
    await clock.refresh();
    expect(clock.now()).toBe(START);
  });

  it('takes the reading of its own process once that is committed', async () => {
    await clock.set({ timeMs: START + 1_000, wallMs: START, rate: 1 });
    expect(clock.now()).toBe(START);
    row.commit();
    expect(clock.now()).toBe(START + 1_000);
  });

  it('reads the row every second', async () => {
    clock.onApplicationBootstrap();
    row.row = { time_ms: START + 60_000, wall_ms: START, rate: 0 };
    await jest.advanceTimersByTimeAsync(1_000);
    expect(clock.now()).toBe(START + 60_000);
  });
});
