import { setImmediate } from 'node:timers/promises';
import { OutageError } from '../failure/errors.js';

/**
 * Work that many ask for at the same time and that is done once for all who wait. Everybody gets the outcome of a run that
 * began after he asked, so that whatever was committed before is in it; one run is under way at a time.
 */
export class JoinedRun<T> {
  private coming: Promise<T> | undefined;
  private underWay: Promise<unknown> | undefined;

  constructor(private readonly work: () => Promise<T>) {}

  /**
   * The outcome of the next run.
   * @throws what the work throws; OutageError at once when the run before it has met one
   */
  run(): Promise<T> {
    return (this.coming ??= this.next());
  }

  private async next(): Promise<T> {
    // Whoever asks in this turn of the event loop is with us, too.
    await setImmediate();
    try {
      await this.underWay;
    } catch (error) {
      // Who has waited behind an outage has waited long enough.
      if (error instanceof OutageError) {
        this.coming = undefined;
        throw error;
      }
    }
    this.coming = undefined;
    const run = this.work();
    this.underWay = run;
    try {
      return await run;
    } finally {
      if (this.underWay === run) this.underWay = undefined;
    }
  }
}
