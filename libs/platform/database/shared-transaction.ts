import { OutageError } from '../failure/errors.js';
import type { Database } from './database.js';

/** So that those who wait for the last of them do not wait long. */
const MOST_TOGETHER = 50;

interface Waiting {
  readonly work: () => Promise<unknown>;
  readonly resolve: (result: never) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Small writes of many callers in few transactions: what is asked for while one is under way shares the next. Nobody waits for
 * company, and each is answered once its own write is committed.
 */
export class SharedTransaction {
  private waiting: Waiting[] = [];
  private isRunning = false;

  constructor(private readonly database: Database) {}

  /**
   * Runs `work` in a transaction with others, or in the open one. It may be run again in one of its own, and must do nothing
   * outside the database.
   */
  run<T>(work: () => Promise<T>): Promise<T> {
    if (this.database.isInTransaction) return work();
    return new Promise((resolve, reject) => {
      this.waiting.push({ work, resolve, reject });
      if (!this.isRunning) void this.runAll();
    });
  }

  private async runAll(): Promise<void> {
    this.isRunning = true;
    while (this.waiting.length > 0) {
      const together = this.waiting.slice(0, MOST_TOGETHER);
      this.waiting = this.waiting.slice(MOST_TOGETHER);
      await this.runTogether(together);
    }
    this.isRunning = false;
  }

  private async runTogether(together: readonly Waiting[]): Promise<void> {
    if (together.length === 1) return this.runAlone(together[0]);
    const results: unknown[] = [];
    try {
      await this.database.transaction(async () => {
        results.length = 0;
        for (const { work } of together) results.push(await work());
      });
    } catch (error) {
      if (error instanceof OutageError) return together.forEach(({ reject }) => reject(error));
      // One of them is at fault, and the others are not to suffer for it.
      for (const each of together) await this.runAlone(each);
      return;
    }
    together.forEach(({ resolve }, i) => resolve(results[i] as never));
  }

  private runAlone({ work, resolve, reject }: Waiting): Promise<void> {
    return this.database.transaction(work).then((result) => resolve(result as never), reject);
  }
}
