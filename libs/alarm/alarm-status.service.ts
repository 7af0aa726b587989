import { Injectable, type OnModuleInit } from '@nestjs/common';
import { HealthIndicators, type HealthReading, isoTimeOrNull, leasedWorkReading, Leases } from '#platform';
import { SampleFeed } from '#timeseries';
import { AlarmCheckpointRepository } from './alarm-checkpoint.repository.js';

export const ALARM_LEASE = 'alarms';

/** Alarms are behind when a sample that is stored has waited for this long, wall time, to be evaluated. */
const BEHIND_AFTER_MS = 30_000;

/** Says in the health answer of every process who evaluates the samples against their limits, and how far that has come. */
@Injectable()
export class AlarmStatus implements OnModuleInit {
  constructor(
    private readonly checkpoints: AlarmCheckpointRepository,
    private readonly feed: SampleFeed,
    private readonly leases: Leases,
    private readonly indicators: HealthIndicators,
  ) {}

  onModuleInit(): void {
    this.indicators.register('alarms', () => this.read(), 'database');
  }

  private async read(): Promise<HealthReading> {
    const tenure = await this.leases.tenure(ALARM_LEASE);
    const at = await this.checkpoints.newest();
    // What is evaluated again has been evaluated before.
    const evaluatedTo = at && Math.max(at.positionTs, at.snapshot.again?.until ?? 0);
    const isCaughtUp = !at || (evaluatedTo ?? 0) >= at.snapshot.horizonTs;
    const waiting = await this.feed.waiting(
      at?.feedPosition ?? 0,
      isCaughtUp ? {} : { reaching: evaluatedTo },
    );
    const lagMs = waiting === undefined ? (at ? 0 : null) : Math.max(0, Date.now() - waiting.since);
    const reading = leasedWorkReading(
      tenure,
      { lagMs, behindAfterMs: BEHIND_AFTER_MS },
      {
        idle: 'no process judges the samples against their limits',
        behind: `samples have waited for ${Math.round((lagMs ?? 0) / 1_000)} s to be judged against their limits`,
      },
    );
    return { ...reading, judged_to: isoTimeOrNull(evaluatedTo ?? null) };
  }
}
