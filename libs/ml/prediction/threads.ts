import { availableParallelism } from 'node:os';
import type { PlantPrediction } from './predictor.js';
import { PredictionThread } from './thread.js';

/** Every thread keeps the models in memory, some 100 MB. */
const MOST_THREADS = 4;

/** One core is left to whoever asks. */
function coresToSpare(): number {
  return Math.min(MOST_THREADS, Math.max(1, availableParallelism() - 1));
}

/**
 * Prediction threads, as many as there are cores to spare: predictions of different moments run beside each other. A thread
 * starts when all others have something to do.
 */
export class PredictionThreads {
  private readonly threads: PredictionThread[] = [];

  constructor(
    private readonly modelsDirectory: string,
    private readonly most: number = coresToSpare(),
  ) {}

  /** As {@link PredictionThread.predict}. */
  predict(...asked: Parameters<PredictionThread['predict']>): Promise<PlantPrediction> {
    return this.leastBusy().predict(...asked);
  }

  /** Ends the threads; predictions under way are rejected. */
  async close(): Promise<void> {
    await Promise.all(this.threads.map((thread) => thread.close()));
  }

  private leastBusy(): PredictionThread {
    const [first, ...others] = this.threads;
    const idlest = others.reduce((least, each) => (each.load < least.load ? each : least), first);
    if (this.threads.length > 0 && (idlest.load === 0 || this.threads.length >= this.most)) return idlest;
    const thread = new PredictionThread(this.modelsDirectory);
    this.threads.push(thread);
    return thread;
  }
}
