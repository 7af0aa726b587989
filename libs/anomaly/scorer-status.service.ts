import { Injectable, type OnModuleInit } from '@nestjs/common';
import { HealthIndicators, type HealthReading, leasedWorkReading, Leases, ProcessClock } from '#platform';
import { SAMPLING_INTERVAL_MS } from './detection/detector-stream.js';
import { SCORER_LEASE, ScorerStateRepository } from './scorer-state.repository.js';

/** The scorer is behind when the last sample it has scored is this much older than now, in plant time. */
const BEHIND_AFTER_MS = 10 * SAMPLING_INTERVAL_MS;

/** Says in the health answer of every process who scores, and how far the scores have come. */
@Injectable()
export class ScorerStatus implements OnModuleInit {
  constructor(
    private readonly states: ScorerStateRepository,
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
    return leasedWorkReading(
      tenure,
      { lagMs, behindAfterMs: BEHIND_AFTER_MS },
      {
        idle: 'no process scores the samples',
        behind: 'the newest sample that is scored is too old: the scorer is behind, or none have come',
      },
    );
  }
}
