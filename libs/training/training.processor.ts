import { type TrainedVersion, type TrainingData, trainOnThread, TrainingRefusedError } from '#ml';
import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import {
  AppError,
  HandlesJob,
  type JobContext,
  type JobHandler,
  type JobReference,
  JobsService,
  Metrics,
  OutageError,
  runJobRow,
  type RowWork,
} from '#platform';
import { AnomalySettings } from '#anomaly/settings';
import { TrainingDataService } from './training-data.service.js';
import { TRAINING_JOB, TRAINING_LIMITS_MS } from './training.job.js';
import type { ModelTraining, TrainingResult } from './training.entity.js';
import { type RunPhase, TrainingProgress } from './training-progress.js';
import { TrainingPublisher } from './training-publisher.service.js';
import { TrainingRepository } from './training.repository.js';
import { TrainingService } from './training.service.js';

const KEPT = { keptMs: 400 * 24 * 3_600_000, forgottenAtOnce: 500 };
const DURATION_BUCKETS_S = [5, 15, 60, 300, 900, 3_600];

/** Trains models: gets the data, has a thread learn from them, and publishes the version it makes. */
@HandlesJob(TRAINING_JOB)
@Injectable()
export class TrainingProcessor implements JobHandler<JobReference, void>, OnApplicationBootstrap {
  private readonly duration;

  constructor(
    private readonly trainings: TrainingService,
    private readonly repository: TrainingRepository,
    private readonly data: TrainingDataService,
    private readonly publisher: TrainingPublisher,
    private readonly jobs: JobsService,
    private readonly settings: AnomalySettings,
    metrics: Metrics,
  ) {
    this.duration = metrics.histogram(
      'model_training_seconds',
      'Time a training takes',
      ['model'],
      DURATION_BUCKETS_S,
    );
  }

  onApplicationBootstrap(): void {
    this.jobs.keepInOrder(this.trainings.kind, KEPT);
  }

  async handle({ jobId }: JobReference, context: JobContext): Promise<void> {
    await runJobRow(this.repository, jobId, context, async (training, task) => {
      const stop = this.duration.startTimer({ model: training.modelName });
      const result = await withinLimit(training, task, (limited) => this.train(training, limited));
      stop();
      return { result, modelVersion: result.version, phase: 'done' as const };
    });
  }

  private async train(
    training: ModelTraining,
    { signal, report, persist }: RowWork,
  ): Promise<TrainingResult> {
    // A worker may have died between writing the version and writing the row.
    const isWritten = await this.publisher.isWritten(training);
    const version = isWritten ? undefined : await this.newVersion(training, signal, report);
    return persist(() => this.publisher.publish(training, version));
  }

  private async newVersion(
    training: ModelTraining,
    signal: AbortSignal,
    report: RowWork['report'],
  ): Promise<TrainedVersion> {
    const halt = new AbortController();
    const wanted = AbortSignal.any([signal, halt.signal]);
    const notes = { phase: (phase: RunPhase) => this.notePhase(training, phase), percent: report };
    const progress = new TrainingProgress(notes, (error) => halt.abort(error));
    try {
      const data = await this.data.of(training, wanted, (share) => progress.show('reading', share));
      progress.show(data === 'simulated' ? 'simulating' : 'fitting', 0);
      const version = await this.learn(training, data, wanted, progress);
      progress.show('writing', 0);
      await progress.finish();
      wanted.throwIfAborted();
      return version;
    } finally {
      await progress.end();
    }
  }

  private async learn(
    { modelName: model, seed, quick }: ModelTraining,
    data: TrainingData | 'simulated',
    signal: AbortSignal,
    progress: TrainingProgress,
  ): Promise<TrainedVersion> {
    const context = { seed, quick, createdAt: new Date(), git: null };
    try {
      return await trainOnThread(
        { model, modelsDirectory: this.settings.modelsDir, context, data },
        { signal, onProgress: (stage, share) => progress.show(stage, share) },
      );
    } catch (error) {
      if (error instanceof TrainingRefusedError)
        throw AppError.unprocessable('TRAINING_REFUSED', `The data do not make a model: ${error.message}`);
      throw error;
    }
  }

  /** A phase is a note for those who wait: an outage leaves it out. */
  private async notePhase(training: ModelTraining, phase: RunPhase): Promise<void> {
    try {
      await this.repository.enterPhase(training, phase);
    } catch (error) {
      if (!(error instanceof OutageError)) throw error;
    }
  }
}

/** Gives up with a refusal when the training takes longer than its kind may. */
async function withinLimit<T>(
  { source, quick }: ModelTraining,
  task: RowWork,
  work: (task: RowWork) => Promise<T>,
): Promise<T> {
  const limitMs = TRAINING_LIMITS_MS[source === 'history' ? 'history' : quick ? 'quick' : 'full'];
  const limit = new AbortController();
  const timer = setTimeout(() => {
    const message = `It took longer than ${limitMs / 60_000} min`;
    limit.abort(AppError.unprocessable('TRAINING_TIMED_OUT', message));
  }, limitMs);
  try {
    return await work({ ...task, signal: AbortSignal.any([task.signal, limit.signal]) });
  } finally {
    clearTimeout(timer);
  }
}
