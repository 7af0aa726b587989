import type { PlantPrediction, PredictionWindow } from '#ml';
import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import {
  HandlesJob,
  type JobContext,
  type JobHandler,
  type JobReference,
  JobsService,
  runJobRow,
} from '#platform';
import { TagDirectory } from '#timeseries';
import { PREDICTION_JOB } from './prediction.job.js';
import type { Prediction } from './prediction.entity.js';
import { PredictionRepository } from './prediction.repository.js';
import { PredictionService } from './prediction.service.js';
import { PredictionWindows } from './prediction-window.service.js';
import { Predictor } from './predictor.service.js';

const KEPT = { keptMs: 90 * 24 * 3_600_000, forgottenAtOnce: 500 };

/** Runs the models, on a thread of their own. */
@HandlesJob(PREDICTION_JOB)
@Injectable()
export class PredictionProcessor implements JobHandler<JobReference, void>, OnApplicationBootstrap {
  constructor(
    private readonly predictions: PredictionService,
    private readonly repository: PredictionRepository,
    private readonly windows: PredictionWindows,
    private readonly tags: TagDirectory,
    private readonly jobs: JobsService,
    private readonly predictor: Predictor,
  ) {}

  onApplicationBootstrap(): void {
    this.jobs.keepInOrder(this.predictions.kind, KEPT);
  }

  async handle({ jobId }: JobReference, context: JobContext): Promise<void> {
    await runJobRow(this.repository, jobId, context, async (prediction, { signal, report }) => {
      const window = await this.windows.read(prediction.at);
      signal.throwIfAborted();
      const result = await this.predict(prediction, window, () => report(30));
      signal.throwIfAborted();
      return {
        result: await this.forEquipment(result, prediction.equipmentId),
        faultProbability: result.fault_probability,
      };
    });
  }

  private predict(
    prediction: Prediction,
    window: PredictionWindow,
    beforeModels: () => Promise<void>,
  ): Promise<PlantPrediction> {
    const { horizonSteps, modelName, modelVersion } = prediction;
    const versions = modelName === null || modelVersion === null ? {} : { [modelName]: modelVersion };
    return this.predictor.predict(window, { horizonSteps }, versions, beforeModels);
  }

  /** Who asks about an equipment gets the forecasts of its tags. */
  private async forEquipment(result: PlantPrediction, equipmentId: number | null): Promise<PlantPrediction> {
    if (equipmentId === null) return result;
    const known = await this.tags.all();
    return {
      ...result,
      forecast: result.forecast.filter(({ tag }) => known.get(tag)?.equipmentId === equipmentId),
    };
  }
}
