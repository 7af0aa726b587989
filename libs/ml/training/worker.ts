import { parentPort, workerData } from 'node:worker_threads';
import { DETECTOR_TAGS, simulateRun } from '#tep';
import { isDetectorName } from '../detectors/detector.js';
import { giveWay } from '../prediction/give-way.js';
import { ModelStore } from '../store/model-store.js';
import { startTensors } from '../network/tf-backend.js';
import { plannedRuns, trainModel } from './train-model.js';
import type { TrainedVersion, TrainingContext, TrainingData } from './model-training.js';
import { labelledRun, runsByPurpose, simulatedDescription } from './plan.js';

/** What to train and from what; the runs of a plan are simulated on the thread. */
export interface TrainingTask {
  readonly model: string;
  readonly modelsDirectory: string;
  readonly context: Pick<TrainingContext, 'seed' | 'createdAt' | 'git' | 'quick'>;
  readonly data: TrainingData | 'simulated';
}

export const TRAINING_STAGES = ['simulating', 'fitting'] as const;
export type TrainingStage = (typeof TRAINING_STAGES)[number];

/** Errors lose their class on the way between threads, so they travel as what they are made of. */
export type TrainingMessage =
  | { readonly kind: 'progress'; readonly stage: TrainingStage; readonly share: number }
  | { readonly kind: 'trained'; readonly version: TrainedVersion }
  | { readonly kind: 'refused'; readonly reason: string }
  | { readonly kind: 'failed'; readonly failure: string };

const port = parentPort;
if (port === null) throw new Error('training.worker runs as a worker thread only');
const send = (message: TrainingMessage): void => port.postMessage(message);

giveWay();

/** Those runs of the command's plan that the model reads, one after the other on this thread. */
function simulated(model: string, seed: number, quick: boolean): TrainingData {
  const plan = plannedRuns([model], seed, quick);
  const runs = runsByPurpose();
  plan.forEach((planned, i) => {
    runs[planned.purpose].push(labelledRun(planned, simulateRun(planned.options)));
    send({ kind: 'progress', stage: 'simulating', share: (i + 1) / plan.length });
  });
  return { tagCodes: DETECTOR_TAGS, description: simulatedDescription(plan.length, quick), ...runs };
}

async function train({ model, modelsDirectory, context, data }: TrainingTask): Promise<TrainedVersion> {
  if (!isDetectorName(model)) await startTensors();
  const { seed, quick = false } = context;
  const trainingData = data === 'simulated' ? simulated(model, seed, quick) : data;
  return trainModel(model, new ModelStore(modelsDirectory), trainingData, {
    ...context,
    onProgress: (share) => send({ kind: 'progress', stage: 'fitting', share }),
  });
}

train(workerData as TrainingTask).then(
  (version) => send({ kind: 'trained', version }),
  (error: unknown) => {
    if (error instanceof RangeError) send({ kind: 'refused', reason: error.message });
    else
      send({
        kind: 'failed',
        failure: error instanceof Error ? (error.stack ?? error.message) : String(error),
      });
  },
);
