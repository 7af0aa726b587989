import { Injectable, type OnModuleInit } from '@nestjs/common';
import { HealthIndicators, type HealthReading, leasedWorkReading, Leases, ProcessClock } from '#platform';
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
    const position = await this.states.newestPosition();
    const lagMs = position === undefined ? null : this.clock.now() - position;
    const isLate = lagMs !== null && lagMs > BEHIND_AFTER_MS;
    return leasedWorkReading(
      tenure,
      { lagMs, behindAfterMs: BEHIND_AFTER_MS, isCatchingUp: isLate && (await this.isCatchingUp()) },
      {
        idle: 'no process scores the samples',
        behind: 'the newest sample that is scored is too old: the scorer is behind, or none have come',
      },
    );
  }

  /** Whether everything that is to be scored was written a moment ago. */
  private async isCatchingUp(): Promise<boolean> {
    const at = await this.states.newest<ScorerSnapshot>();
    if (!at) return false;
    // What is scored again has been scored before.
    const scoredTo = Math.max(at.positionTs, at.snapshot.ledger.rescored?.until ?? 0);
    const waitsSince = await this.feed.oldestWriteAfter(
      at.feedPosition,
      scoredTo >= at.snapshot.horizonTs ? {} : { reaching: scoredTo },
    );
    return waitsSince !== undefined && Date.now() - waitsSince < PATIENCE_MS;
  }
}
