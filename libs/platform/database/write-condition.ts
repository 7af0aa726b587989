import { StorageFullError } from './database-errors.js';
import type { HealthReading } from '../observability/health-indicators.js';
import { loggerOf } from '../observability/logger.js';

/** While smaller writes succeed, larger ones may still find no room; with this much quiet it is taken for over. */
const FULL_UNTIL_QUIET_FOR_MS = 10_000;

/**
 * What keeps a database from being written to, as its writes met it. It says in the log when that begins and when it
 * ends, so that those whose writes fail need not.
 */
export class WriteCondition {
  private readonly logger = loggerOf('database');
  /** The largest write that found no room, and when the last one did. */
  private full: { bytes: number; lastAt: number } | undefined;
  private isLocked = false;

  /** `down` when there is no room left, `degraded` while another program keeps the lock. */
  reading(): HealthReading {
    if (this.full) return { status: 'down', reason: 'no room left to write to' };
    if (this.isLocked) return { status: 'degraded', reason: 'another program keeps it locked' };
    return { status: 'up' };
  }

  /** A write of so many bytes succeeded. */
  written(bytes: number): void {
    if (!this.full) return;
    if (bytes < this.full.bytes && performance.now() - this.full.lastAt < FULL_UNTIL_QUIET_FOR_MS) return;
    this.full = undefined;
    this.logger.info('the database has room to write to again');
  }

  /** A write of so many bytes failed. */
  failed(error: unknown, bytes: number): void {
    if (!(error instanceof StorageFullError)) return;
    if (!this.full) this.logger.error({ err: error }, 'the database has no room left to write to');
    this.full = { bytes: Math.max(bytes, this.full?.bytes ?? 0), lastAt: performance.now() };
  }

  /** Another program keeps the write lock. */
  locked(): void {
    if (!this.isLocked) this.logger.warn('another program keeps the database locked; writes wait');
    this.isLocked = true;
  }

  /** The write lock was free. */
  unlocked(): void {
    if (this.isLocked) this.logger.info('the database is not locked any more');
    this.isLocked = false;
  }
}

/** About how many bytes the parameters of a statement write. */
export function parameterBytes(parameters: unknown = []): number {
  if (Array.isArray(parameters))
    return parameters.reduce<number>((sum, part) => sum + parameterBytes(part), 0);
  if (typeof parameters === 'string') return parameters.length;
  return parameters instanceof Uint8Array ? parameters.byteLength : 8;
}
