import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { LeasedLoop, LeaseRunner, loggerOf } from '#platform';
import { SampleFeed } from '#timeseries';
import { SampleScorer } from './sample-scorer.service.js';
import { SCORER_LEASE } from './scorer-state.repository.js';

/** Writes of other processes are seen this late at the most. */
const POLL_MS = 1_000;

/** Keeps one scorer running in all processes together. */
@Injectable()
export class ScorerLease implements OnApplicationBootstrap {
  readonly loop: LeasedLoop;

  constructor(
    scorer: SampleScorer,
    private readonly feed: SampleFeed,
    private readonly runner: LeaseRunner,
  ) {
    this.loop = new LeasedLoop({
      name: SCORER_LEASE,
      logger: loggerOf('scorer'),
      pollMs: POLL_MS,
      open: () => scorer.open(),
      next: () => scorer.scoreNext(),
      failure: 'scoring failed; it is tried again',
    });
  }

  async onApplicationBootstrap(): Promise<void> {
    this.feed.onWrite(() => this.loop.wake());
    await this.runner.compete(this.loop);
  }
}
