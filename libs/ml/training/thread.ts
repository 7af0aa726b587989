import { Worker } from 'node:worker_threads';
import type { TrainedVersion } from './model-training.js';
import type { TrainingMessage, TrainingStage, TrainingTask } from './worker.js';

export type { TrainingStage, TrainingTask } from './worker.js';

/** The data do not make a model; trying again would not help. */
export class TrainingRefusedError extends Error {
  constructor(reason: string) {
    super(reason);
    this.name = 'TrainingRefusedError';
  }
}

export interface TrainingThreadOptions {
  /** Ends the thread wherever it is; the promise is rejected with the signal's reason. */
  readonly signal: AbortSignal;
  readonly onProgress: (stage: TrainingStage, share: number) => void;
}

/**
 * Trains on a thread of its own, which ends with the training: it computes for seconds to many minutes, in which whoever
 * asks must not be held up.
 *
 * @throws TrainingRefusedError; the signal's reason when it is aborted
 */
export async function trainOnThread(
  task: TrainingTask,
  { signal, onProgress }: TrainingThreadOptions,
): Promise<TrainedVersion> {
  signal.throwIfAborted();
  const worker = new Worker(new URL('./worker.js', import.meta.url), { workerData: task });
  const stop = (): void => void worker.terminate();
  signal.addEventListener('abort', stop, { once: true });
  try {
    return await new Promise<TrainedVersion>((resolve, reject) => {
      worker.on('message', (message: TrainingMessage) => {
        if (message.kind === 'progress') onProgress(message.stage, message.share);
        else if (message.kind === 'trained') resolve(message.version);
        else if (message.kind === 'refused') reject(new TrainingRefusedError(message.reason));
        else reject(new Error(message.failure));
      });
      worker.on('error', reject);
      worker.on('exit', () => {
        reject(signal.aborted ? (signal.reason as Error) : new Error('the training thread ended'));
      });
    });
  } finally {
    signal.removeEventListener('abort', stop);
    await worker.terminate();
  }
}
