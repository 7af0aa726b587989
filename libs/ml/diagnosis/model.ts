import type { LayersModel } from '@tensorflow/tfjs-layers';
import { DIAGNOSIS_CLASSES } from './classes.js';
import { traceNetwork } from './network.js';
import { type NoveltyClusters, type StateClusters, strangenessOf } from './novelty.js';
import { type AlarmEvidence, diagnosisVerdict, type DiagnosisVerdict } from './verdict.js';
import { traceInWindows, type WindowedTrace } from './windows.js';
import { InnovationFeatures, type InnovationFeaturesMeta } from './innovation-features.js';
import { layersModelFiles, layersModelFromFiles } from '../store/layers-model-files.js';
import {
  decodeJson,
  encodeJson,
  file,
  type ModelFiles,
  tensorFiles,
  type Tensors,
  tensorsFromFiles,
} from '../store/model-files.js';
import { softmaxOf } from './temperature-scaling.js';

const SCALER = 'scaler.json';
const SCALER_NUMBERS = 'scaler.bin';
const CALIBRATION = 'calibration.json';

/** How far the network is to be believed, and how strange a state may look, while the evidence is of one age. */
export interface EvidenceLevel {
  /** Holds up to so many samples in alarm during the last twelve hours. */
  readonly alarmRows: number;
  /** Logits are divided by it before they become probabilities (Guo et al., 2017). */
  readonly temperature: number;
  /** Strangeness above which a detected fault counts as unknown. */
  readonly unknownLimit: number;
}

/** What was learnt after the network, on runs that did not train it. */
export interface DiagnosisCalibration {
  /** How sharply the detector's limit divides normal from faulty. */
  readonly gateSteepness: number;
  /** From fresh to settled evidence; the last one holds for all that is more settled. */
  readonly levels: readonly EvidenceLevel[];
}

/** Diagnosis of every row of a window. */
export interface DiagnosisTrace {
  readonly rows: number;
  /** rows × 21, each row adds up to 1: normal, then disturbances 1 … 20, as the network alone has them. */
  readonly probabilities: Float32Array;
  /** How far a row lies from everything learnt, relative to the limit for this evidence: above 1 is unknown. */
  readonly strangeness: (row: number, alarmRows: number) => number;
  /** What the plant is under, network and detector together. */
  readonly verdict: (row: number, evidence: AlarmEvidence) => DiagnosisVerdict;
}

/** LSTM over innovation features: which of the known disturbances the plant is under, and whether it is any of them. */
export class DiagnosisModel {
  constructor(
    /** Windows [batch, rows, features] to [logits, hidden states] of every row. */
    readonly network: LayersModel,
    readonly features: InnovationFeatures,
    readonly clusters: NoveltyClusters,
    readonly calibration: DiagnosisCalibration,
  ) {}

  /** @param window row-major, in the tags' own units, finite; the past that is not in it counts as normal */
  trace(window: Float64Array): DiagnosisTrace {
    return this.traceFeatures(this.features.transform(window));
  }

  traceFeatures(features: Float32Array): DiagnosisTrace {
    return this.traceOf({ ...traceNetwork(this.network, features, this.features.width), features });
  }

  /** A whole run, every row as a prediction at that instant sees it: from the twelve hours before. */
  traceRun(run: Float64Array): DiagnosisTrace {
    const { tags } = this.features;
    const windowOf = (start: number, end: number): Float32Array =>
      this.features.transform(run.subarray(start * tags, end * tags));
    return this.traceOf(traceInWindows(this.network, windowOf, run.length / tags));
  }

  /** Nearly the same from the features of the whole run, at a sixth of the cost. */
  traceFeaturesInWindows(features: Float32Array): DiagnosisTrace {
    const { width } = this.features;
    const windowOf = (start: number, end: number): Float32Array =>
      features.subarray(start * width, end * width);
    return this.traceOf(traceInWindows(this.network, windowOf, features.length / width));
  }

  private traceOf({ logits, hidden, features }: WindowedTrace): DiagnosisTrace {
    const { clusters, calibration } = this;
    const rows = logits.length / DIAGNOSIS_CLASSES;
    const units = hidden.length / rows;
    const probabilitiesOf = (row: number, { temperature }: EvidenceLevel): Float32Array =>
      softmaxOf(logits.subarray(row * DIAGNOSIS_CLASSES, (row + 1) * DIAGNOSIS_CLASSES), temperature);
    const width = this.features.width;
    // asked several times of a row by whoever assesses the model, and costly
    const known = new Map<number, number>();
    const strangenessAt = (row: number): number => {
      let strangeness = known.get(row);
      if (strangeness === undefined) {
        const slow = this.features.slowOf(features.subarray(row * width, (row + 1) * width));
        strangeness = strangenessOf(hidden.subarray(row * units, (row + 1) * units), slow, clusters);
        known.set(row, strangeness);
      }
      return strangeness;
    };
    const relativeStrangeness = (row: number, { unknownLimit }: EvidenceLevel): number =>
      strangenessAt(row) / unknownLimit;
    const settled = calibration.levels[calibration.levels.length - 1];
    let probabilities: Float32Array | undefined;
    const allProbabilities = (): Float32Array => {
      const all = new Float32Array(logits.length);
      for (let row = 0; row < rows; row++) all.set(probabilitiesOf(row, settled), row * DIAGNOSIS_CLASSES);
      return all;
    };
    return {
      rows,
      // a prediction asks for the verdict at the last row alone
      get probabilities() {
        return (probabilities ??= allProbabilities());
      },
      strangeness: (row, alarmRows) => relativeStrangeness(row, levelFor(calibration.levels, alarmRows)),
      verdict: (row, { alarmRatio, alarmRows }) => {
        const level = levelFor(calibration.levels, alarmRows);
        const own = probabilitiesOf(row, level);
        return diagnosisVerdict(own, relativeStrangeness(row, level), alarmRatio, calibration.gateSteepness);
      },
    };
  }

  /** model.json and weights.bin for tfjs, the features' scaling and regression, and the calibration. */
  async toFiles(): Promise<Map<string, Uint8Array>> {
    const { meta, tensors } = this.features.toParts();
    const numbers = {
      ...tensors,
      ...clusterTensors('hidden', this.clusters.hidden),
      ...clusterTensors('slow', this.clusters.slow),
    };
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
    return new DiagnosisModel(
      network,
      InnovationFeatures.fromParts(meta as InnovationFeaturesMeta, tensors),
      { hidden: clustersFrom('hidden', tensors), slow: clustersFrom('slow', tensors) },
      decodeJson(file(files, CALIBRATION)) as DiagnosisCalibration,
    );
  }
}

export function levelFor(levels: readonly EvidenceLevel[], alarmRows: number): EvidenceLevel {
  return levels.find((level) => alarmRows <= level.alarmRows) ?? levels[levels.length - 1];
}

function clusterTensors(prefix: string, { means, precisions, scales }: StateClusters): Tensors {
  return { [`${prefix}Means`]: means, [`${prefix}Precisions`]: precisions, [`${prefix}Scales`]: scales };
}

function clustersFrom(prefix: string, tensors: Tensors): StateClusters {
  const of = (name: string): Float32Array => Float32Array.from(tensors[`${prefix}${name}`]);
  return { means: of('Means'), precisions: of('Precisions'), scales: of('Scales') };
}
