import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { Database } from '../database/database.js';
import { parseTime } from '../http/wire.js';
import { PeriodicTasks } from './periodic-tasks.js';

const REFRESH_MS = 1_000;
/** How long the clock runs on by itself when its keeper stops reporting, in wall time. */
const MAX_EXTRAPOLATION_MS = 15_000;

/** What the keeper of the clock last wrote: process time `timeMs` was reached at `wallMs` and runs `rate` times as fast. */
export interface ClockReading {
  timeMs: number;
  wallMs: number;
  rate: number;
}

/**
 * What "now" means in the process that is being watched. Without a keeper it is the wall clock; a simulated plant
 * keeps it at plant time, which every process reads from the same row.
 */
@Injectable()
export class ProcessClock implements OnApplicationBootstrap {
  private reading: ClockReading | undefined;

  constructor(
    private readonly database: Database,
    private readonly tasks: PeriodicTasks,
    /** Whose days and clocks the people at the process live by: an IANA name, or a fixed offset. */
    readonly timeZone: string,
  ) {}

  /**
   * Reads an ISO 8601 time; a bare date is the begin of that day where the process is.
   * @returns epoch milliseconds
   * @throws AppError VALIDATION_FAILED naming the field
   */
  parseTime(text: string, field: string): number {
    return parseTime(text, field, this.timeZone);
  }

  onApplicationBootstrap(): void {
    this.tasks.every('process-clock', REFRESH_MS, () => this.refresh());
  }

  /** Now, in epoch milliseconds of process time. */
  now(): number {
    if (!this.reading) return Date.now();
    const elapsed = Math.min(Math.max(Date.now() - this.reading.wallMs, 0), MAX_EXTRAPOLATION_MS);
    return Math.floor(this.reading.timeMs + elapsed * this.reading.rate);
  }

  /** Writes a reading, inside the open transaction if any. Only the keeper of the clock may call it. */
  async set(reading: ClockReading): Promise<void> {
    await this.database.upsert({
      table: 'process_clock',
      columns: ['id', 'time_ms', 'wall_ms', 'rate'],
      keys: ['id'],
      update: ['time_ms', 'wall_ms', 'rate'],
      rows: [[1, reading.timeMs, reading.wallMs, reading.rate]],
    });
    await this.database.afterCommit(() => void (this.reading = reading));
  }

  /** Goes back to the wall clock: nobody keeps the clock any more. */
  async release(): Promise<void> {
    await this.database.query('DELETE FROM process_clock WHERE id = 1');
    this.reading = undefined;
  }

  /** Reads the row again at once. */
  async refresh(): Promise<void> {
    const [row] = await this.database.query<Record<'time_ms' | 'wall_ms' | 'rate', string | number>>(
      'SELECT time_ms, wall_ms, rate FROM process_clock WHERE id = 1',
    );
    this.reading = row && {
      timeMs: Number(row.time_ms),
      wallMs: Number(row.wall_ms),
      rate: Number(row.rate),
    };
  }
}
