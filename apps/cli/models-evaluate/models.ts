import {
  DIAGNOSIS_MODEL,
  FORECAST_MODEL,
  type AssessedModels,
  loadDetector,
  loadDetectors,
  type LoadedDetector,
  ModelStore,
  PREDICTION_DETECTOR,
} from '#ml';
import { DiagnosisModel, ForecastModel, startTensors } from '#ml/tensors';

/**
 * The versions in use, ready to be assessed.
 * @throws ModelStoreError when a model is missing or damaged
 */
export async function modelsInUse(directory: string): Promise<AssessedModels> {
  await startTensors();
  const store = new ModelStore(directory);
  const [detectors, diagnosis, forecast] = await Promise.all([
    loadDetectors(store),
    store.load(DIAGNOSIS_MODEL),
    store.load(FORECAST_MODEL),
  ]);
  const gate = detectors.find(({ name }) => name === PREDICTION_DETECTOR);
  if (gate === undefined) throw new Error(`no usable version of ${PREDICTION_DETECTOR} in ${directory}`);
  return {
    detectors,
    gate,
    diagnosis: { version: diagnosis.card.version, model: await DiagnosisModel.fromFiles(diagnosis.files) },
    forecast: { version: forecast.card.version, model: await ForecastModel.fromFiles(forecast.files) },
  };
}

/** The version in use of the detector that opens incidents. @throws Error when there is none */
export async function primaryDetector(directory: string): Promise<LoadedDetector> {
  return loadDetector(new ModelStore(directory), PREDICTION_DETECTOR);
}

/** Versions by model name. */
export function versionsOf({ detectors, diagnosis, forecast }: AssessedModels): Record<string, string> {
  return {
    ...Object.fromEntries(detectors.map(({ name, version }) => [name, version])),
    [DIAGNOSIS_MODEL]: diagnosis.version,
    [FORECAST_MODEL]: forecast.version,
  };
}
