import { Injectable, type OnModuleInit } from '@nestjs/common';
import { LONGEST_GAP_MS, type SampleFollower, type ScoredBatch, ScoredSamples } from '#anomaly';
import { Database, EventLog, ProcessClock } from '#platform';
import { TagDirectory } from '#timeseries';
import { HEALTH_EVENTS } from './equipment-health.service.js';
import { HealthScoreRepository } from './health-score.repository.js';
import { type EquipmentScore, HealthTracker, type HealthTrackerState } from './health-tracker.js';

/** Scores every equipment with each sample that the detectors have scored, in the transaction of the scorer. */
@Injectable()
export class HealthRecorder implements SampleFollower, OnModuleInit {
  readonly name = 'health';
  /** Whole points of each equipment that events have reported. */
  private readonly published = new Map<number, number>();
  private followedTo = Number.NaN;

  constructor(
    private readonly scored: ScoredSamples,
    private readonly scores: HealthScoreRepository,
    private readonly tags: TagDirectory,
    private readonly database: Database,
    private readonly events: EventLog,
    private readonly clock: ProcessClock,
  ) {}

  onModuleInit(): void {
    this.scored.register(this);
  }

  async follow({ tagCodes, samples, after, to }: ScoredBatch, state: unknown): Promise<HealthTrackerState> {
    const tags = [...(await this.tags.all()).values()];
    const tracker = new HealthTracker(tags, state as HealthTrackerState | undefined);
    const scores: EquipmentScore[] = [];
    for (const sample of samples) scores.push(...tracker.step(sample, tagCodes));
    await this.scores.replace(after, to, scores);
    // Whoever scored in between has reported others.
    if (after !== this.followedTo) this.published.clear();
    // What is scored of the past, after a standstill or anew, is not how the units are.
    if (to >= this.clock.now() - LONGEST_GAP_MS) await this.publishChanges(scores);
    await this.database.afterCommit(() => void (this.followedTo = to));
    return tracker.snapshot();
  }

  /** A score that moves by less than a point is not published. */
  private async publishChanges(scores: readonly EquipmentScore[]): Promise<void> {
    const points = new Map(scores.map(({ equipmentId, score }) => [equipmentId, Math.round(score)]));
    for (const [equipmentId, now] of points) {
      if (this.published.get(equipmentId) === now) continue;
      await this.events.append(HEALTH_EVENTS, equipmentId);
      await this.database.afterCommit(() => void this.published.set(equipmentId, now));
    }
  }
}
