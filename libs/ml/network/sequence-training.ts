import type { Scalar, Variable } from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { tfCore } from './tensorflow.js';

const { AdamOptimizer, tidy } = tfCore;

export interface SequenceTrainingOptions {
  steps: number;
  /** Highest learning rate: reached after a short rise from 0, then falling to 0 along a cosine. */
  learningRate: number;
  /** Called after every step with the finished share, 0 … 1, and the running mean of the loss. */
  onProgress?: ((share: number, loss: number) => void) | undefined;
  /** Asked before every step; a reason aborts the training by throwing it. */
  signal?: AbortSignal | undefined;
}

const WARM_UP_STEPS = 20;
/** Weight of one step in the running mean of the loss. */
const LOSS_SMOOTHING = 0.05;

/** Adam (Kingma and Ba, 2015) whose step size may change from step to step. */
class ScheduledAdam extends AdamOptimizer {
  setLearningRate(rate: number): void {
    this.learningRate = rate;
  }
}

/**
 * Minimises a loss over batches. Synchronous inside a step; lets other work run between steps.
 * @param loss makes the next batch and returns its loss
 * @returns the running mean of the loss at the end
 */
export async function trainSequences(
  model: LayersModel,
  loss: () => Scalar,
  { steps, learningRate, onProgress, signal }: SequenceTrainingOptions,
): Promise<number> {
  const variables = model.trainableWeights.map((weight) => weight.read() as Variable);
  const optimizer = new ScheduledAdam(learningRate, 0.9, 0.999);
  let running = NaN;
  for (let step = 0; step < steps; step++) {
    signal?.throwIfAborted();
    const rise = Math.min(1, (step + 1) / WARM_UP_STEPS);
    optimizer.setLearningRate(learningRate * rise * (0.5 + 0.5 * Math.cos((Math.PI * step) / steps)));
    const value = tidy(() => optimizer.minimize(loss, true, variables)?.dataSync()[0] ?? NaN);
    if (!Number.isFinite(value)) throw new RangeError(`the loss became ${value} in step ${step}`);
    running = Number.isNaN(running) ? value : running + LOSS_SMOOTHING * (value - running);
    onProgress?.((step + 1) / steps, running);
    await new Promise(setImmediate);
  }
  optimizer.dispose();
  return running;
}
