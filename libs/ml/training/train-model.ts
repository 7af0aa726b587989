import { isDetectorName, type StreamingDetector } from '../detectors/detector.js';
import { loadDetector } from '../detectors/loading.js';
import { trainDiagnosisVersion } from './diagnosis-version.js';
import { trainForecastVersion } from './forecast-version.js';
import { DIAGNOSIS_MODEL, FORECAST_MODEL, PREDICTION_DETECTOR } from '../prediction/versions.js';
import type { ModelStore } from '../store/model-store.js';
import { ModelStoreError } from '../store/model-store.errors.js';
import {
  trainDetector,
  type TrainedVersion,
  type TrainingContext,
  type TrainingData,
} from './model-training.js';
import {
  FULL_PLAN,
  ASSESSED_TAGS,
  type PlannedTrainingRun,
  QUICK_PLAN,
  type RunPurpose,
  trainingPlan,
} from './plan.js';

const READ_BY_ALL: readonly RunPurpose[] = ['training', 'calibration', 'test'];
const READ_BY_DIAGNOSIS: readonly RunPurpose[] = [...READ_BY_ALL, 'unknown', 'disturbed', 'onsets'];
const READ_BY_OTHERS: readonly RunPurpose[] = [...READ_BY_ALL, 'undisturbed'];

/** Those runs of the plan that the training of any of these models reads; others need not be simulated. */
export function plannedRuns(names: readonly string[], seed: number, quick: boolean): PlannedTrainingRun[] {
  const read = new Set(
    names.flatMap((name) => (name === DIAGNOSIS_MODEL ? READ_BY_DIAGNOSIS : READ_BY_OTHERS)),
  );
  return trainingPlan(seed, quick ? QUICK_PLAN : FULL_PLAN).filter(({ purpose }) => read.has(purpose));
}

/**
 * Trains, calibrates and assesses a model.
 * @param store where the detector is read from that gates the diagnosis
 * @throws RangeError when there is no training of that name, or the data do not suffice
 */
export async function trainModel(
  name: string,
  store: ModelStore,
  data: TrainingData,
  context: TrainingContext,
): Promise<TrainedVersion> {
  if (name === DIAGNOSIS_MODEL) return trainDiagnosisVersion(data, context, await gatingDetector(store));
  if (name === FORECAST_MODEL) return trainForecastVersion(data, context, ASSESSED_TAGS);
  if (isDetectorName(name)) return trainDetector(name, data, context);
  throw new RangeError(`there is no training for ${name}`);
}

async function gatingDetector(store: ModelStore): Promise<StreamingDetector | undefined> {
  try {
    return (await loadDetector(store, PREDICTION_DETECTOR)).detector;
  } catch (error) {
    if (error instanceof ModelStoreError) return undefined;
    throw error;
  }
}
