import { type PlantPrediction } from '#ml';
import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { SensorTagService } from '#equipment';
import {
  HandlesJob,
  JobDesk,
  type JobContext,
  type JobHandler,
  type JobReference,
  PeriodicTasks,
  runJobRow,
} from '#platform';
import { PREDICTION_JOB } from './prediction.job.js';
import type { Prediction } from './prediction.entity.js';
import { PredictionRepository } from './prediction.repository.js';
import { PredictionService } from './prediction.service.js';
import { PredictionWindows } from './prediction-window.service.js';
import { Predictor } from './predictor.service.js';

const KEEP_PREDICTIONS_MS = 90 * 24 * 3_600_000;
const CLEANUP_INTERVAL_MS = 3_600_000;
const CLEANUP_BATCH = 500;

/** Runs the models, on a thread of their own. */
@HandlesJob(PREDICTION_JOB)
@Injectable()
export class PredictionProcessor implements JobHandler<JobReference, void>, OnApplicationBootstrap {
  constructor(
    private readonly predictions: PredictionService,
    private readonly repository: PredictionRepository,
    private readonly windows: PredictionWindows,
    private readonly tags: SensorTagService,
    private readonly desk: JobDesk,
    private readonly tasks: PeriodicTasks,
    private readonly predictor: Predictor,
  ) {}

  onApplicationBootstrap(): void {
    this.desk.sweepRegularly(this.predictions.kind);
    this.tasks.every('prediction-cleanup', CLEANUP_INTERVAL_MS, () =>
      this.repository.deleteFinishedBefore(Date.now() - KEEP_PREDICTIONS_MS, CLEANUP_BATCH),
    );
  }

  async handle({ jobId }: JobReference, context: JobContext): Promise<void> {
    await runJobRow(this.repository, jobId, context, async (prediction, { signal, report }) => {
      const window = await this.windows.read(prediction.at);
      signal.throwIfAborted();
      await report(30);
      const result = await this.predict(prediction, window);
      signal.throwIfAborted();
      return {
        result: await this.forEquipment(result, prediction.equipmentId),
        faultProbability: result.fault_probability,
      };
    });
  }

  private predict(
    prediction: Prediction,
    window: Awaited<ReturnType<PredictionWindows['read']>>,
  ): Promise<PlantPrediction> {
    const { horizonSteps, modelName, modelVersion } = prediction;
    const versions = modelName === null || modelVersion === null ? {} : { [modelName]: modelVersion };
    return this.predictor.predict(window, { horizonSteps }, versions);
  }

  /** Who asks about an equipment gets the forecasts of its tags. */
  private async forEquipment(result: PlantPrediction, equipmentId: number | null): Promise<PlantPrediction> {
    if (equipmentId === null) return result;
    const codes = new Set((await this.tags.findByEquipment(equipmentId)).map(({ code }) => code));
    return { ...result, forecast: result.forecast.filter(({ tag }) => codes.has(tag)) };
  }
}
