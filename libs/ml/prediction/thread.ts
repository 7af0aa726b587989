import { Worker } from 'node:worker_threads';
import type { ModelVersions } from './versions.js';
import { ModelStoreError } from '../store/model-store.errors.js';
import type { PredictionReply, PredictionTask } from './worker.js';
import { PredictionInputError, type PredictionWindow } from '../window/prediction-window.js';
import type { PlantPrediction, PredictionOptions } from './predictor.js';

interface Waiting {
  resolve: (prediction: PlantPrediction) => void;
  reject: (error: Error) => void;
}

/**
 * The predictor on a thread of its own: a prediction takes a few hundred milliseconds of arithmetic, which must not hold up
 * whoever asks. The thread starts with the first prediction, does one after the other, and is started anew after a crash.
 */
export class PredictionThread {
  private worker: Worker | undefined;
  private readonly waiting = new Map<number, Waiting>();
  private lastId = 0;

  constructor(private readonly modelsDirectory: string) {}

  /**
   * @param versions versions to use instead of those in use, by model name
   * @throws PredictionInputError, ModelStoreError
   */
  predict(
    window: PredictionWindow,
    options: PredictionOptions = {},
    versions: ModelVersions = {},
  ): Promise<PlantPrediction> {
    const id = ++this.lastId;
    const worker = this.running();
    return new Promise((resolve, reject) => {
      this.waiting.set(id, { resolve, reject });
      worker.ref();
      worker.postMessage({ id, window, options, versions } satisfies PredictionTask);
    });
  }

  /** Predictions it has been given and not answered yet. */
  get load(): number {
    return this.waiting.size;
  }

  /** Ends the thread; predictions under way are rejected. */
  async close(): Promise<void> {
    await this.worker?.terminate();
  }

  private running(): Worker {
    if (this.worker !== undefined) return this.worker;
    const worker = new Worker(new URL('./worker.js', import.meta.url), {
      workerData: { modelsDirectory: this.modelsDirectory },
    });
    worker.on('message', (reply: PredictionReply) => this.settle(reply));
    worker.on('error', (error) => this.fail(error));
    worker.on('exit', () => {
      if (this.worker === worker) this.worker = undefined;
      this.fail(new Error('the prediction thread ended'));
    });
    return (this.worker = worker);
  }

  private settle(reply: PredictionReply): void {
    const waiting = this.waiting.get(reply.id);
    if (waiting === undefined) return;
    this.waiting.delete(reply.id);
    // An idle thread must not keep the process alive, a busy one must.
    if (this.waiting.size === 0) this.worker?.unref();
    if ('prediction' in reply) return waiting.resolve(reply.prediction);
    if ('inputError' in reply) {
      const { code, message, details } = reply.inputError;
      return waiting.reject(new PredictionInputError(code, message, details));
    }
    if ('storeError' in reply)
      return waiting.reject(new ModelStoreError(reply.storeError.code, reply.storeError.message));
    waiting.reject(new Error(reply.failure));
  }

  private fail(error: unknown): void {
    const reason = error instanceof Error ? error : new Error(String(error));
    for (const { reject } of this.waiting.values()) reject(reason);
    this.waiting.clear();
  }
}
