import { Injectable, type OnModuleInit } from '@nestjs/common';
import { type SampleFollower, type ScoredBatch, ScoredSamples } from '#anomaly';
import { TagDirectory } from '#timeseries';
import { HealthScoreRepository } from './health-score.repository.js';
import { type EquipmentScore, HealthTracker, type HealthTrackerState } from './health-tracker.js';

/** Scores every equipment with each sample that the detectors have scored, in the transaction of the scorer. */
@Injectable()
export class HealthRecorder implements SampleFollower, OnModuleInit {
  readonly name = 'health';

  constructor(
    private readonly scored: ScoredSamples,
    private readonly scores: HealthScoreRepository,
    private readonly tags: TagDirectory,
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
    return tracker.snapshot();
  }
}
