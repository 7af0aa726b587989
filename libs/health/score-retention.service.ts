import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { Leases, PeriodicTasks, ProcessClock } from '#platform';
import { HealthScoreRepository, type StoredScore } from './health-score.repository.js';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const SWEEP_EVERY_MS = 60_000;
const LEASE = 'health-retention';
/** Plant time for which the score of every sample is kept; older ones are kept by the hour. */
const SAMPLES_KEPT_MS = 7 * DAY_MS;
/** Plant time for which scores are kept at all. */
const HOURS_KEPT_MS = 400 * DAY_MS;
/** Hours condensed in one sweep: a plant at the highest speed passes 60 a minute. */
const HOURS_PER_SWEEP = 240;

/** Condenses old health scores to one an hour, and forgets very old ones. One process does it. */
@Injectable()
export class ScoreRetention implements OnApplicationBootstrap {
  constructor(
    private readonly tasks: PeriodicTasks,
    private readonly leases: Leases,
    private readonly clock: ProcessClock,
    private readonly scores: HealthScoreRepository,
  ) {}

  onApplicationBootstrap(): void {
    this.tasks.every('health-retention', SWEEP_EVERY_MS, () => this.sweep());
  }

  /** Condenses what is old enough, unless another process is at it. */
  async sweep(): Promise<void> {
    if (!(await this.leases.hold(LEASE))) return;
    try {
      await this.condense();
      await this.scores.deleteStretches(HOUR_MS, this.clock.now() - HOURS_KEPT_MS);
    } finally {
      await this.leases.release(LEASE);
    }
  }

  private async condense(): Promise<void> {
    const limit = hourOf(this.clock.now() - SAMPLES_KEPT_MS);
    for (let done = 0; done < HOURS_PER_SWEEP; done++) {
      const oldest = await this.scores.oldestSample(limit);
      if (oldest === undefined) return;
      const hour = hourOf(oldest);
      const samples = await this.scores.findSamples(hour, hour + HOUR_MS);
      await this.scores.condense(hour, hour + HOUR_MS, hourlyScores(hour, samples));
    }
  }
}

/** One score for each equipment: the mean, with what drove the lowest. */
function hourlyScores(hour: number, samples: readonly StoredScore[]): StoredScore[] {
  const units = new Map<number, StoredScore[]>();
  for (const sample of samples) {
    const unit = units.get(sample.equipmentId);
    if (unit) unit.push(sample);
    else units.set(sample.equipmentId, [sample]);
  }
  return [...units].map(([equipmentId, scores]) => {
    const lowest = scores.reduce((low, score) => (score.lowest < low.lowest ? score : low));
    return {
      equipmentId,
      ts: hour,
      spanMs: HOUR_MS,
      samples: scores.length,
      score: scores.reduce((sum, { score }) => sum + score, 0) / scores.length,
      lowest: lowest.lowest,
      drivers: lowest.drivers,
    };
  });
}

function hourOf(ts: number): number {
  return Math.floor(ts / HOUR_MS) * HOUR_MS;
}
