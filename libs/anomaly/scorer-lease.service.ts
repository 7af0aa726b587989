import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { type LeasedWork, LeaseRunner, LeaseLostError, loggerOf, OutageLog } from '#platform';
import { SampleFeed } from '#timeseries';
import { SampleScorer } from './sample-scorer.service.js';
import { SCORER_LEASE } from './scorer-state.repository.js';

/** Writes of other processes are seen this late at the most. */
const POLL_MS = 1_000;
const PAUSE_AFTER_ERROR_MS = 2_000;

/** Keeps one scorer running in all processes together. */
@Injectable()
export class ScorerLease implements LeasedWork, OnApplicationBootstrap {
  readonly name = SCORER_LEASE;
  private readonly logger = loggerOf('scorer');
  private running: Promise<void> = Promise.resolve();
  private stopped = true;
  private woken = false;
  private endWait: () => void = () => undefined;

  constructor(
    private readonly scorer: SampleScorer,
    private readonly feed: SampleFeed,
    private readonly runner: LeaseRunner,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    this.feed.onWrite(() => this.wake());
    await this.runner.compete(this);
  }

  async start(): Promise<void> {
    await this.scorer.open();
    this.stopped = false;
    this.running = this.run();
  }

  async stop(): Promise<void> {
    this.stopped = true;
    this.wake();
    await this.running;
  }

  private async run(): Promise<void> {
    const outages = new OutageLog(this.logger);
    while (!this.stopped) {
      try {
        const more = await this.scorer.scoreNext();
        outages.worked();
        if (!more) await this.waitForSamples(POLL_MS);
      } catch (error) {
        if (!(error instanceof LeaseLostError)) outages.failed(error, 'scoring failed; it is tried again');
        await this.waitForSamples(PAUSE_AFTER_ERROR_MS);
      }
    }
  }

  private wake(): void {
    this.woken = true;
    this.endWait();
  }

  /** Waits unless somebody has called since the last wait. */
  private async waitForSamples(ms: number): Promise<void> {
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
