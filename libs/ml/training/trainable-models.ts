import { DETECTOR_NAMES } from '../detectors/detector.js';
import { DIAGNOSIS_MODEL, FORECAST_MODEL } from '../prediction/versions.js';

/** Every model there is a training for, in the order in which they are trained: the detectors gate the diagnosis. */
export const TRAINABLE_MODELS: readonly string[] = [...DETECTOR_NAMES, DIAGNOSIS_MODEL, FORECAST_MODEL];
