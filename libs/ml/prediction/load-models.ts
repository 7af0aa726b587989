import { DETECTOR_NAMES, type DetectorName } from '../detectors/detector.js';
import { loadDetector } from '../detectors/loading.js';
import { DiagnosisModel } from '../diagnosis/model.js';
import { ForecastModel } from '../forecast/model.js';
import type { ModelStore } from '../store/model-store.js';
import { PlantPredictor } from './predictor.js';
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
