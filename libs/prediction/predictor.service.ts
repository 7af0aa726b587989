import { createHash } from 'node:crypto';
import {
  ModelStore,
  ModelStoreError,
  type ModelVersions,
  type PlantPrediction,
  PredictionInputError,
  type PredictionOptions,
  PredictionThreads,
  type PredictionWindow,
  versionsInUse,
  versionsOf,
} from '#ml';
import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { AppError, Metrics } from '#platform';
import { AnomalySettings } from '#anomaly/settings';
import { windowProblem } from './prediction-window.service.js';

const LATENCY_BUCKETS_S = [0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10];
/** Predictions kept for those who ask the same again; each has some 100 kB. */
const KEPT_PREDICTIONS = 32;

/**
 * The models, on threads for all who ask in this process; the first starts with the first prediction. What is asked again
 * is computed once: a prediction follows from the samples of its window, the versions of the models and the horizon, and is
 * known by these. A sample that comes late, or another version in use, makes it another question.
 */
@Injectable()
export class Predictor implements OnApplicationShutdown {
  private readonly threads: PredictionThreads;
  private readonly latency;
  /** The last one asked for stands last. */
  private readonly known = new Map<string, Promise<PlantPrediction>>();
  private readonly digests = new WeakMap<PredictionWindow, string>();

  constructor(
    private readonly store: ModelStore,
    { modelsDir }: AnomalySettings,
    metrics: Metrics,
  ) {
    this.threads = new PredictionThreads(modelsDir);
    this.latency = metrics.histogram(
      'model_prediction_seconds',
      'Time the models take for one prediction',
      [],
      LATENCY_BUCKETS_S,
    );
  }

  /** Those who ask stop before (onModuleDestroy, beforeApplicationShutdown) and let what is under way finish. */
  async onApplicationShutdown(): Promise<void> {
    await this.threads.close();
  }

  /**
   * @param versions versions to use instead of those in use, by model name
   * @param beforeModels called before the models are put to work, which takes a while; not when the answer is known
   * @returns shared by all who ask: not to be changed
   * @throws AppError WINDOW_…, TAG_MISSING, MODEL_…; whatever `beforeModels` throws
   */
  async predict(
    window: PredictionWindow,
    options: PredictionOptions,
    versions: ModelVersions = {},
    beforeModels?: () => Promise<void>,
  ): Promise<PlantPrediction> {
    const inUse = await versionsInUse(this.store, versions);
    const question = [this.digestOf(window), options.horizonSteps, inUse].join(' ');
    if (!this.known.has(question)) await beforeModels?.();
    const prediction = this.known.get(question) ?? this.compute(window, options, versions);
    this.keep(question, prediction);
    try {
      const { models } = await prediction;
      // Another version came into use meanwhile, or one that nothing can be made of was passed over.
      if (versionsOf(models) !== inUse) this.forget(question, prediction);
    } catch (error) {
      this.forget(question, prediction);
      throw error;
    }
    return prediction;
  }

  private async compute(
    window: PredictionWindow,
    options: PredictionOptions,
    versions: ModelVersions,
  ): Promise<PlantPrediction> {
    const stop = this.latency.startTimer();
    try {
      return await this.threads.predict(window, options, versions);
    } catch (error) {
      if (error instanceof PredictionInputError) throw windowProblem(error);
      if (error instanceof ModelStoreError)
        throw AppError.unprocessable(error.code.toUpperCase(), error.message);
      throw error;
    } finally {
      stop();
    }
  }

  private keep(question: string, prediction: Promise<PlantPrediction>): void {
    this.known.delete(question);
    this.known.set(question, prediction);
    const [oldest] = this.known.keys();
    if (this.known.size > KEPT_PREDICTIONS) this.known.delete(oldest);
  }

  private forget(question: string, prediction: Promise<PlantPrediction>): void {
    if (this.known.get(question) === prediction) this.known.delete(question);
  }

  /** Of every number in it; windows are shared, so that one is digested once. */
  private digestOf(window: PredictionWindow): string {
    const known = this.digests.get(window);
    if (known !== undefined) return known;
    const hash = createHash('sha256').update(Float64Array.from(window.timestamps));
    for (const [code, values] of Object.entries(window.tags))
      hash.update(code).update(Float64Array.from(values));
    const digest = hash.digest('base64');
    this.digests.set(window, digest);
    return digest;
  }
}
