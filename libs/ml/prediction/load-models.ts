import { DETECTOR_NAMES, type DetectorName } from '../detectors/detector.js';
import { loadDetector } from '../detectors/loading.js';
import { DiagnosisModel } from '../diagnosis/model.js';
import { ForecastModel } from '../forecast/model.js';
import type { ModelStore } from '../store/model-store.js';
import { PlantPredictor, type PlantPrediction } from './predictor.js';
import { startTensors } from '../network/tf-backend.js';

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

/**
 * Everything a prediction needs, read from the store once.
 * @throws ModelStoreError when a model is missing, damaged or misses its gates
 */
export async function loadPredictor(
  store: ModelStore,
  versions: ModelVersions = {},
): Promise<PlantPredictor> {
  await startTensors();
  const gate = gatingDetectorOf(versions);
  const [detector, diagnosis, forecast] = await Promise.all([
    loadDetector(store, gate, versions[gate]),
    store.open(DIAGNOSIS_MODEL, versions[DIAGNOSIS_MODEL], async ({ card, files }) => {
      return { card, model: await DiagnosisModel.fromFiles(files) };
    }),
    store.open(FORECAST_MODEL, versions[FORECAST_MODEL], async ({ card, files }) => {
      return { card, model: await ForecastModel.fromFiles(files) };
    }),
  ]);
  return new PlantPredictor({ detector, diagnosis, forecast });
}
