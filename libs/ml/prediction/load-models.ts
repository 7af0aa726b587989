import { loadDetector } from '../detectors/loading.js';
import { DiagnosisModel } from '../diagnosis/model.js';
import { ForecastModel } from '../forecast/model.js';
import type { ModelStore } from '../store/model-store.js';
import { PlantPredictor } from './predictor.js';
import { startTensors } from '../network/tf-backend.js';
import { DIAGNOSIS_MODEL, FORECAST_MODEL, gatingDetectorOf, type ModelVersions } from './versions.js';

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
