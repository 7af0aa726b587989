import type { Logger } from 'pino';
import { OutageLog } from '../failure/outage-log.js';
import { LeaseLostError } from './lease.js';
import type { LeasedWork } from './lease-runner.js';

const PAUSE_AFTER_ERROR_MS = 2_000;

export interface LeasedLoopOptions {
  /** The lease's name. */
  name: string;
  logger: Logger;
  /** What nobody calls for, such as what other processes write, is seen this late at the most. */
  pollMs: number;
  /** Takes up what was reached. An error gives the lease back and is tried again later. */
  open?: () => Promise<void>;
  /** Does the next piece. An error is noted and the piece tried again. @returns whether there may be more to do at once */
  next: () => Promise<boolean>;
  /** What the log says when a piece goes wrong. */
  failure: string;
}

/** Work under a lease that is done piece by piece, for as long as there is some, and then when it is called for. */
export class LeasedLoop implements LeasedWork {
  readonly name: string;
  private running: Promise<void> = Promise.resolve();
  private stopped = true;
  private woken = false;
  private endWait: () => void = () => undefined;

  constructor(private readonly options: LeasedLoopOptions) {
    this.name = options.name;
  }

  async start(): Promise<void> {
    await this.options.open?.();
    this.stopped = false;
    this.running = this.run();
  }

  async stop(): Promise<void> {
    this.stopped = true;
    this.wake();
    await this.running;
  }

  /** There may be something to do. */
  wake(): void {
    this.woken = true;
    this.endWait();
  }

  private async run(): Promise<void> {
    const { next, pollMs, failure, logger } = this.options;
    const outages = new OutageLog(logger);
    while (!this.stopped) {
      try {
        const more = await next();
        outages.worked();
        if (!more) await this.wait(pollMs);
      } catch (error) {
        if (!(error instanceof LeaseLostError)) outages.failed(error, failure);
        await this.wait(PAUSE_AFTER_ERROR_MS);
      }
    }
  }

  /** Waits unless somebody has called since the last wait. */
  private async wait(ms: number): Promise<void> {
    if (!this.woken) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, ms);
        this.endWait = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
    this.woken = false;
  }
}
