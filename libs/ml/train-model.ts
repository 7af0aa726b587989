import { DETECTOR_NAMES, type DetectorName, type StreamingDetector } from './detector.js';
import { loadDetector } from './detector-loading.js';
import { trainDiagnosisVersion } from './diagnosis-version.js';
import { trainForecastVersion } from './forecast-version.js';
import { DIAGNOSIS_MODEL, FORECAST_MODEL, PREDICTION_DETECTOR } from './load-models.js';
import type { ModelStore } from './model-store.js';
import { ModelStoreError } from './model-store.errors.js';
import {
  trainDetector,
  type TrainedVersion,
  type TrainingContext,
  type TrainingData,
} from './model-training.js';
import { JUDGED_TAGS, type RunPurpose } from './training-plan.js';

/** Models that learn from normal operation alone. */
export function isDetectorName(name: string): name is DetectorName {
  return (DETECTOR_NAMES as readonly string[]).includes(name);
}

/** Every model there is a training for, in the order in which they are trained: the detectors gate the diagnosis. */
export const TRAINABLE_MODELS: readonly string[] = [...DETECTOR_NAMES, DIAGNOSIS_MODEL, FORECAST_MODEL];

const READ_BY_ALL: readonly RunPurpose[] = ['training', 'calibration', 'test'];
const READ_BY_DIAGNOSIS: readonly RunPurpose[] = [...READ_BY_ALL, 'unknown', 'disturbed', 'onsets'];
const READ_BY_OTHERS: readonly RunPurpose[] = [...READ_BY_ALL, 'undisturbed'];

/** The runs that a model's training reads; others need not be simulated for it. */
export function purposesReadBy(name: string): readonly RunPurpose[] {
  return name === DIAGNOSIS_MODEL ? READ_BY_DIAGNOSIS : READ_BY_OTHERS;
}

/**
 * Trains, calibrates and judges a model.
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
  if (name === FORECAST_MODEL) return trainForecastVersion(data, context, JUDGED_TAGS);
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
