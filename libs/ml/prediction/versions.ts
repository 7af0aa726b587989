import { DETECTOR_NAMES, type DetectorName } from '../detectors/detector.js';
import type { ModelStore } from '../store/model-store.js';
import type { PlantPrediction } from './predictor.js';

/** Names of the LSTM models in the store; detectors go by their {@link DetectorName}. */
export const DIAGNOSIS_MODEL = 'diagnosis_lstm';
export const FORECAST_MODEL = 'forecast_lstm';

/** The detector that gates predictions, unless another one is asked for. */
export const PREDICTION_DETECTOR: DetectorName = 'innovation_bank';

/** Versions to use instead of those in use, by model name. */
export type ModelVersions = Readonly<Record<string, string | undefined>>;

/** The detector that gates a prediction: the one of which a version is asked for, else {@link PREDICTION_DETECTOR}. */
export function gatingDetectorOf(versions: ModelVersions): DetectorName {
  return DETECTOR_NAMES.find((name) => versions[name] !== undefined) ?? PREDICTION_DETECTOR;
}

/** The models of a prediction and the versions it would use now, as one text; a version that nobody can use is empty. */
export async function versionsInUse(store: ModelStore, versions: ModelVersions): Promise<string> {
  const names = [gatingDetectorOf(versions), DIAGNOSIS_MODEL, FORECAST_MODEL];
  const chosen = names.map(
    async (name) => `${name}@${versions[name] ?? (await store.activeVersion(name).catch(() => ''))}`,
  );
  return (await Promise.all(chosen)).join(' ');
}

/** The same of a prediction that was made. */
export function versionsOf({ detector, diagnosis, forecast }: PlantPrediction['models']): string {
  return [detector, diagnosis, forecast].map(({ name, version }) => `${name}@${version}`).join(' ');
}
