import { parentPort, workerData } from 'node:worker_threads';
import { giveWay } from './give-way.js';
import { loadPredictor } from './load-models.js';
import { type ModelVersions, versionsInUse } from './versions.js';
import { ModelStore } from '../store/model-store.js';
import { ModelStoreError } from '../store/model-store.errors.js';
import type { PlantPrediction, PredictionOptions, PlantPredictor } from './predictor.js';
import { PredictionInputError, type PredictionWindow } from '../window/prediction-window.js';

export interface PredictionTask {
  readonly id: number;
  readonly window: PredictionWindow;
  readonly options: PredictionOptions;
  readonly versions: ModelVersions;
}

/** Errors lose their class on the way between threads, so they travel as what they are made of. */
export type PredictionReply = { readonly id: number } & (
  | { readonly prediction: PlantPrediction }
  | { readonly inputError: Pick<PredictionInputError, 'code' | 'message' | 'details'> }
  | { readonly storeError: Pick<ModelStoreError, 'code' | 'message'> }
  | { readonly failure: string }
);

const port = parentPort;
if (port === null) throw new Error('prediction.worker runs as a worker thread only');

giveWay();

const store = new ModelStore((workerData as { modelsDirectory: string }).modelsDirectory);
const predictors = new Map<string, PlantPredictor>();

/** Keyed by the versions in use, so that a new or a rolled-back version takes effect with the next prediction. */
async function predictorFor(versions: ModelVersions): Promise<PlantPredictor> {
  const key = await versionsInUse(store, versions);
  let predictor = predictors.get(key);
  if (predictor === undefined) {
    predictors.clear();
    predictor = await loadPredictor(store, versions);
    predictors.set(key, predictor);
  }
  return predictor;
}

async function reply({ id, window, options, versions }: PredictionTask): Promise<PredictionReply> {
  try {
    const predictor = await predictorFor(versions);
    return { id, prediction: predictor.predict(window, options) };
  } catch (error) {
    if (error instanceof PredictionInputError) {
      return { id, inputError: { code: error.code, message: error.message, details: error.details } };
    }
    if (error instanceof ModelStoreError)
      return { id, storeError: { code: error.code, message: error.message } };
    return { id, failure: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
}

port.on('message', (task: PredictionTask) => {
  void reply(task).then((answer) => port.postMessage(answer));
});
