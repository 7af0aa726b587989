import type { LayersModel } from '@tensorflow/tfjs-layers';
import type { Tensor } from '@tensorflow/tfjs-core';
import { DIAGNOSIS_CLASSES } from './classes.js';
import type { NetworkTrace } from './network.js';
import { CONTEXT_ROWS } from '../window/prediction-window.js';
import { allValuesOf } from '../network/tensor-values.js';
import { tfCore } from '../network/tensorflow.js';

const { tensor } = tfCore;

/** Rows answered from one window: the last ones, so that a row has nearly as much past as a prediction gives it. */
const ROWS_ANSWERED = 40;

/** What the network says of each row, and the features it saw there, rows × width. */
export interface WindowedTrace extends NetworkTrace {
  readonly features: Float32Array;
}

/** Features of the rows from `start` to before `end`, rows × width. */
export type FeatureWindow = (start: number, end: number) => Float32Array;

/**
 * The network's answers to every row of a run, each from a window of at most 240 rows, as in a prediction; the first window
 * answers all its rows.
 */
export function traceInWindows(network: LayersModel, windowOf: FeatureWindow, rows: number): WindowedTrace {
  const length = Math.min(CONTEXT_ROWS, rows);
  const starts = [0];
  for (let end = length; end < rows;) {
    end = Math.min(end + ROWS_ANSWERED, rows);
    starts.push(end - length);
  }
  const windows = starts.map((start) => windowOf(start, start + length));
  const inputs = new Float32Array(starts.length * windows[0].length);
  windows.forEach((window, k) => inputs.set(window, k * window.length));
  const shape = [starts.length, length, windows[0].length / length];
  const [logits, hidden] = allValuesOf(() => network.predict(tensor(inputs, shape)) as Tensor[]);
  return {
    logits: lastAnswers(logits, starts, length, DIAGNOSIS_CLASSES),
    hidden: lastAnswers(hidden, starts, length, hidden.length / (starts.length * length)),
    features: lastAnswers(inputs, starts, length, shape[2]),
  };
}

/** Each row from the window that ends soonest after it. */
function lastAnswers(
  values: Float32Array,
  starts: readonly number[],
  length: number,
  size: number,
): Float32Array {
  const rows = starts[starts.length - 1] + length;
  const out = new Float32Array(rows * size);
  for (let k = starts.length - 1; k >= 0; k--) {
    out.set(values.subarray(k * length * size, (k + 1) * length * size), starts[k] * size);
  }
  return out;
}
