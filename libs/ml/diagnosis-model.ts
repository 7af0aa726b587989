import { div, softmax, type Tensor, tensor } from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { InnovationFeatures } from './innovation-features.js';
import {
  decodeJson,
  encodeJson,
  file,
  layersModelFiles,
  layersModelFromFiles,
  type ModelFiles,
  tensorFiles,
  tensorsFromFiles,
} from './model-files.js';
import type { ScalerJson } from './scaler.js';
import { allValuesOf } from './tensor-values.js';

/** Normal operation and disturbances 1 … 20. */
export const DIAGNOSIS_CLASSES = 21;

const SCALER = 'scaler.json';
const SCALER_NUMBERS = 'scaler.bin';
const CALIBRATION = 'calibration.json';

/** What was learnt after the network, on runs that did not train it. */
export interface DiagnosisCalibration {
  /** Logits are divided by it before they become probabilities (Guo et al., 2017). */
  readonly temperature: number;
  /** Strangeness above which a detected fault counts as unknown. */
  readonly unknownLimit: number;
}

/** Where the hidden states of each class lie: means per class and the inverse of their common covariance. */
export interface HiddenClusters {
  /** classes × units */
  readonly means: Float32Array;
  /** units × units */
  readonly precision: Float32Array;
}

/** Diagnosis of every row of a window. */
export interface DiagnosisTrace {
  readonly rows: number;
  /** rows × 21, each row adds up to 1: normal, then disturbances 1 … 20. */
  readonly probabilities: Float32Array;
  /** How far a row lies from everything learnt, relative to the limit: above 1 is unknown. */
  readonly strangeness: (row: number) => number;
}

/** LSTM over innovation features: which of the known disturbances the plant is under, and whether it is any of them. */
export class DiagnosisModel {
  constructor(
    /** Windows [batch, rows, features] to [logits, hidden states] of every row. */
    readonly network: LayersModel,
    readonly features: InnovationFeatures,
    readonly clusters: HiddenClusters,
    readonly calibration: DiagnosisCalibration,
  ) {}

  /** @param window row-major, in the tags' own units, finite; the past that is not in it counts as normal */
  trace(window: Float64Array): DiagnosisTrace {
    return this.traceFeatures(this.features.transform(window));
  }

  traceFeatures(features: Float32Array): DiagnosisTrace {
    const rows = features.length / this.features.width;
    const [probabilities, hidden] = allValuesOf(() => {
      const input = tensor(features, [1, rows, this.features.width]);
      const [logits, states] = this.network.predict(input) as Tensor[];
      return [softmax(div(logits, this.calibration.temperature)), states];
    });
    const units = hidden.length / rows;
    const strangeness = (row: number): number => {
      const state = hidden.subarray(row * units, (row + 1) * units);
      return smallestDistance(state, this.clusters) / this.calibration.unknownLimit;
    };
    return { rows, probabilities, strangeness };
  }

  /** model.json and weights.bin for tfjs, the features' scaling and regression, and the calibration. */
  async toFiles(): Promise<Map<string, Uint8Array>> {
    const { meta, tensors } = this.features.toParts();
    const numbers = { ...tensors, means: this.clusters.means, clusterPrecision: this.clusters.precision };
    return new Map([
      ...(await layersModelFiles(this.network)),
      ...tensorFiles(meta, numbers, SCALER, SCALER_NUMBERS),
      [CALIBRATION, encodeJson(this.calibration)],
    ]);
  }

  /** @throws ModelStoreError model_corrupt */
  static async fromFiles(files: ModelFiles): Promise<DiagnosisModel> {
    const network = await layersModelFromFiles(files);
    const { meta, tensors } = tensorsFromFiles(files, SCALER, SCALER_NUMBERS);
    const { means, clusterPrecision } = tensors;
    return new DiagnosisModel(
      network,
      InnovationFeatures.fromParts(meta as { lags: number; scaler: ScalerJson }, tensors),
      { means: Float32Array.from(means), precision: Float32Array.from(clusterPrecision) },
      decodeJson(file(files, CALIBRATION)) as DiagnosisCalibration,
    );
  }
}

/** Squared Mahalanobis distance to the nearest class. */
export function smallestDistance(state: Float32Array, { means, precision }: HiddenClusters): number {
  const units = state.length;
  const offset = new Float64Array(units);
  let smallest = Infinity;
  for (let from = 0; from < means.length; from += units) {
    for (let i = 0; i < units; i++) offset[i] = state[i] - means[from + i];
    let distance = 0;
    for (let i = 0; i < units; i++) {
      let sum = 0;
      for (let j = 0; j < units; j++) sum += precision[i * units + j] * offset[j];
      distance += offset[i] * sum;
    }
    smallest = Math.min(smallest, distance);
  }
  return smallest;
}
