import {
  type ModelVersions,
  ModelStoreError,
  type PlantPrediction,
  type PredictionOptions,
  PredictionInputError,
  PredictionThread,
  type PredictionWindow,
} from '#ml';
import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { AppError, Metrics } from '#platform';
import { AnomalySettings } from '#anomaly/settings';
import { windowProblem } from './prediction-window.service.js';

const LATENCY_BUCKETS_S = [0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10];

/** The models, on one thread for all who ask in this process; it starts with the first prediction. */
@Injectable()
export class Predictor implements OnApplicationShutdown {
  private readonly thread: PredictionThread;
  private readonly latency;

  constructor({ modelsDir }: AnomalySettings, metrics: Metrics) {
    this.thread = new PredictionThread(modelsDir);
    this.latency = metrics.histogram(
      'model_prediction_seconds',
      'Time the models take for one prediction',
      [],
      LATENCY_BUCKETS_S,
    );
  }

  /** Those who ask stop before (onModuleDestroy, beforeApplicationShutdown) and let what is under way finish. */
  async onApplicationShutdown(): Promise<void> {
    await this.thread.close();
  }

  /**
   * @param versions versions to use instead of those in use, by model name
   * @throws AppError WINDOW_…, TAG_MISSING, MODEL_…
   */
  async predict(
    window: PredictionWindow,
    options: PredictionOptions,
    versions: ModelVersions = {},
  ): Promise<PlantPrediction> {
    const stop = this.latency.startTimer();
    try {
      return await this.thread.predict(window, options, versions);
    } catch (error) {
      if (error instanceof PredictionInputError) throw windowProblem(error);
      if (error instanceof ModelStoreError)
        throw AppError.unprocessable(error.code.toUpperCase(), error.message);
      throw error;
    } finally {
      stop();
    }
  }
}
