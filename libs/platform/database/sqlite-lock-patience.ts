import { setTimeout } from 'node:timers/promises';
import { isSqliteBusy } from './database-errors.js';
import type { WriteCondition } from './write-condition.js';

const LONGEST_DELAY_MS = 50;
/** A lock held this long is worth a line in the log. */
const NOTICED_AFTER_MS = 1_000;

/**
 * Waits for the lock another program holds on a SQLite file, between turns of the event loop: SQLite's own way of
 * waiting would stop it.
 */
export class LockPatience {
  /**
   * How long all callers together have waited. Only what was asked to be waited counts, so that a machine that is late
   * makes nobody give up earlier, and so that a crowd that queued behind the first caller gives up with it.
   */
  waitedMs = 0;

  constructor(
    private readonly longestMs: number,
    private readonly condition: WriteCondition,
  ) {}

  /**
   * Runs `attempt` until it does not meet a lock.
   * @param since `waitedMs` when the caller began to wait
   * @throws the driver's SQLITE_BUSY when `longestMs` have been waited since then
   */
  async untilFree(attempt: () => void, since = this.waitedMs): Promise<void> {
    for (let delayMs = 1; ; delayMs = Math.min(2 * delayMs, LONGEST_DELAY_MS)) {
      try {
        attempt();
        this.condition.unlocked();
        return;
      } catch (error) {
        const waitedMs = this.waitedMs - since;
        if (waitedMs >= Math.min(NOTICED_AFTER_MS, this.longestMs)) this.condition.locked();
        if (!isSqliteBusy(error) || waitedMs >= this.longestMs) throw error;
      }
      await setTimeout(delayMs);
      this.waitedMs += delayMs;
    }
  }
}
