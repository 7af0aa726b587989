import { Injectable, type OnModuleInit } from '@nestjs/common';
import {
  HealthIndicators,
  type HealthReading,
  type LeasedProgress,
  leasedWorkReading,
  Leases,
  ProcessClock,
} from '#platform';
import { SampleFeed } from '#timeseries';
import { SAMPLING_INTERVAL_MS } from './detection/detector-stream.js';
import type { ScorerSnapshot } from './scorer-checkpoint.js';
import { SCORER_LEASE, ScorerStateRepository } from './scorer-state.repository.js';

/** The scorer is behind when the last sample it has scored is this much older than now, in plant time. */
const BEHIND_AFTER_MS = 10 * SAMPLING_INTERVAL_MS;
/** Not before samples have waited for this long, wall time: the history of a first start is all written at once. */
const PATIENCE_MS = 30_000;

/** Says in the health answer of every process who scores, and how far the scores have come. */
@Injectable()
export class ScorerStatus implements OnModuleInit {
  constructor(
    private readonly states: ScorerStateRepository,
    private readonly feed: SampleFeed,
    private readonly leases: Leases,
    private readonly clock: ProcessClock,
    private readonly indicators: HealthIndicators,
  ) {}

  onModuleInit(): void {
    this.indicators.register('scorer', () => this.read(), 'database');
  }

  private async read(): Promise<HealthReading> {
    const tenure = await this.leases.tenure(SCORER_LEASE);
    const progress = await this.progress();
    return leasedWorkReading(
      tenure,
      { ...progress, behindAfterMs: BEHIND_AFTER_MS },
      {
        idle: 'no process scores the samples',
        behind: 'the newest sample that is scored is too old: the scorer is behind, or none have come',
      },
    );
  }

  private async progress(): Promise<Pick<LeasedProgress, 'lagMs' | 'isCatchingUp'>> {
    const position = await this.states.newestPosition();
    if (position === undefined) return { lagMs: null };
    const lagMs = this.clock.now() - position;
    return lagMs > BEHIND_AFTER_MS ? this.lateProgress(lagMs) : { lagMs };
  }

  /** Without a sample that waits, the scores are as old as the last one; with one, it is that sample they are behind. */
  private async lateProgress(lagMs: number): Promise<Pick<LeasedProgress, 'lagMs' | 'isCatchingUp'>> {
    const at = await this.states.newest<ScorerSnapshot>();
    if (!at) return { lagMs };
    // What is scored again has been scored before.
    const scoredTo = Math.max(at.positionTs, at.snapshot.ledger.rescored?.until ?? 0);
    const isCaughtUp = scoredTo >= at.snapshot.horizonTs;
    const waiting = await this.feed.waiting(at.feedPosition, isCaughtUp ? {} : { reaching: scoredTo });
    return {
      lagMs: this.clock.now() - Math.max(scoredTo, waiting?.fromTs ?? scoredTo),
      isCatchingUp: waiting !== undefined && Date.now() - waiting.since < PATIENCE_MS,
    };
  }
}
