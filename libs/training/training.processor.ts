import {
  isDetectorName,
  LEARNT_SAMPLING,
  leastRowsOf,
  type RowsByPurpose,
  splitHistory,
  type TrainedVersion,
  type TrainingData,
  trainOnThread,
  type TrainingStage,
  TrainingRefusedError,
} from '#ml';
import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import {
  AppError,
  HandlesJob,
  isoTime,
  JobDesk,
  type JobContext,
  type JobHandler,
  type JobReference,
  Metrics,
  OutageError,
  runJobRow,
  type RowWork,
} from '#platform';
import { DETECTOR_TAGS } from '#tep';
import { AnomalySettings } from '#anomaly/settings';
import { TrainingHistory } from './training-history.service.js';
import { TRAINING_JOB, TRAINING_LIMITS_MS } from './training.job.js';
import type { LeftOut, ModelTraining, TrainingPhase, TrainingResult } from './training.entity.js';
import { TrainingProgress } from './training-progress.js';
import { TrainingPublisher } from './training-publisher.service.js';
import { TrainingRepository } from './training.repository.js';
import { requireSamples, TrainingService } from './training.service.js';

const KEPT = { keptMs: 400 * 24 * 3_600_000, forgottenAtOnce: 500 };
const DURATION_BUCKETS_S = [5, 15, 60, 300, 900, 3_600];
/** Runs are dealt out whole, so that one purpose may get a little less than its part. */
const LEAST_PART = 0.8;
/** Where the phases stand in the whole, in percent. */
const SHARES: Readonly<Record<'reading' | TrainingStage, readonly [number, number]>> = {
  reading: [0, 20],
  simulating: [0, 40],
  fitting: [40, 95],
};

/** Trains models, on a thread of their own. */
@HandlesJob(TRAINING_JOB)
@Injectable()
export class TrainingProcessor implements JobHandler<JobReference, void>, OnApplicationBootstrap {
  private readonly duration;

  constructor(
    private readonly trainings: TrainingService,
    private readonly repository: TrainingRepository,
    private readonly history: TrainingHistory,
    private readonly publisher: TrainingPublisher,
    private readonly desk: JobDesk,
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
    this.desk.keepInOrder(this.trainings.kind, KEPT);
  }

  async handle({ jobId }: JobReference, context: JobContext): Promise<void> {
    await runJobRow(this.repository, jobId, context, async (training, task) => {
      const stop = this.duration.startTimer({ model: training.modelName });
      const result = await withinLimit(training, task, (limited) => this.train(training, limited));
      stop();
      return { result, modelVersion: result.version, phase: 'done' as const };
    });
  }

  private async train(training: ModelTraining, task: RowWork): Promise<TrainingResult> {
    // A worker may have died between writing the version and writing the row.
    if (await this.publisher.findWritten(training)) return await this.publish(training, task, neverAgain);
    const halt = new AbortController();
    const signal = AbortSignal.any([task.signal, halt.signal]);
    const progress = new TrainingProgress(task.report, (error) => halt.abort(error));
    try {
      const data = await this.dataOf(training, signal, progress);
      const trained = await this.trainVersion(training, data, signal, progress);
      await progress.end();
      await this.enter(training, 'writing');
      await task.report(SHARES.fitting[1]);
      signal.throwIfAborted();
      return await this.publish(training, task, () => Promise.resolve(trained));
    } finally {
      await progress.end();
    }
  }

  private publish(
    training: ModelTraining,
    { persist }: RowWork,
    trained: () => Promise<TrainedVersion>,
  ): Promise<TrainingResult> {
    return persist(() => this.publisher.publish(training, trained));
  }

  private async dataOf(
    training: ModelTraining,
    signal: AbortSignal,
    progress: TrainingProgress,
  ): Promise<TrainingData | 'simulated'> {
    const { history, modelName } = training;
    if (history === null || !isDetectorName(modelName)) return 'simulated';
    await this.enter(training, 'reading');
    const { runs, leftOut } = await this.history.read(history, signal, (share) =>
      progress.show(percent('reading', share)),
    );
    const columns = DETECTOR_TAGS.length;
    const least = leastRowsOf(modelName);
    const all = runs.reduce((sum, run) => sum + run.length / columns, 0);
    requireSamples(modelName, all - leftOut.short_stretch_samples, least, leftOut);
    const split = splitHistory(runs, columns, least);
    requireEveryPart(modelName, split.rows, least);
    const labelled = (part: readonly Float64Array[]): TrainingData['training'] =>
      part.map((values) => ({ values, idv: 0, onsetRow: values.length / columns }));
    return {
      tagCodes: DETECTOR_TAGS,
      description: await this.describe(training, split.rows, leftOut),
      training: labelled(split.runs.training),
      calibration: labelled(split.runs.calibration),
      test: labelled(split.runs.test),
    };
  }

  private async trainVersion(
    training: ModelTraining,
    data: TrainingData | 'simulated',
    signal: AbortSignal,
    progress: TrainingProgress,
  ): Promise<TrainedVersion> {
    let stage: TrainingStage = data === 'simulated' ? 'simulating' : 'fitting';
    await this.enter(training, stage);
    progress.show(percent(stage, 0));
    const { modelName: model, seed, quick } = training;
    const context = { seed, quick, createdAt: new Date(), git: null };
    try {
      return await trainOnThread(
        { model, modelsDirectory: this.settings.modelsDir, context, data },
        {
          signal,
          onProgress: (now, share) => {
            if (now !== stage) void this.enter(training, now);
            stage = now;
            progress.show(percent(now, share));
          },
        },
      );
    } catch (error) {
      if (error instanceof TrainingRefusedError)
        throw AppError.unprocessable('TRAINING_REFUSED', `The data do not make a model: ${error.message}`);
      throw error;
    }
  }

  private async describe(
    { history }: ModelTraining,
    samples: RowsByPurpose,
    leftOut: LeftOut,
  ): Promise<TrainingData['description']> {
    return {
      source: 'normal operation of this plant, as stored',
      lots: await this.history.lotNumbers(history?.lotIds ?? []),
      windows: (history?.windows ?? []).map(({ from, to }) => ({ from: isoTime(from), to: isoTime(to) })),
      samples: { ...samples },
      split: 'runs of two days at most, dealt out in order of time; limits and gates on runs of their own',
      anomalous_kept: history?.keepAnomalous ?? false,
      left_out: { ...leftOut },
      sampling: LEARNT_SAMPLING,
    };
  }

  /** A phase is a note for those who wait: an outage leaves it out. */
  private async enter(training: ModelTraining, phase: TrainingPhase): Promise<void> {
    try {
      await this.repository.enterPhase(training, phase);
    } catch (error) {
      if (!(error instanceof OutageError)) throw error;
    }
  }
}

function neverAgain(): Promise<TrainedVersion> {
  return Promise.reject(new Error('the version that was written before has gone'));
}

function percent(phase: keyof typeof SHARES, share: number): number {
  const [from, to] = SHARES[phase];
  return from + (to - from) * share;
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

/** Gaps can leave enough samples but too few runs of them. */
function requireEveryPart(modelName: string, rows: RowsByPurpose, least: RowsByPurpose): void {
  for (const purpose of ['training', 'calibration', 'test'] as const) {
    if (rows[purpose] >= LEAST_PART * least[purpose]) continue;
    throw AppError.unprocessable(
      'TRAINING_DATA_INSUFFICIENT',
      `The stretches without gaps leave ${rows[purpose]} samples for ${purpose}, ${modelName} needs ${least[purpose]}`,
    );
  }
}
