import type { LayersModel } from '@tensorflow/tfjs-layers';
import type { Scalar } from '@tensorflow/tfjs-core';
import { alarmRatios } from '../evaluation/alarms.js';
import type { StreamingDetector } from '../detectors/detector.js';
import { type CalibrationRun, fitDiagnosisCalibration } from '../diagnosis/calibration.js';
import { DiagnosisModel } from '../diagnosis/model.js';
import { buildDiagnosisNetwork } from '../diagnosis/network.js';
import {
  fitNovelty,
  type NoveltyClusters,
  type ObservedStates,
  strangenessOf,
} from '../diagnosis/novelty.js';
import {
  BATCH_ROWS,
  drawBatch,
  type FeatureRun,
  sequenceLoss,
  sequencePool,
  WARM_UP_ROWS,
} from '../diagnosis/sequences.js';
import { alarmRowsOf } from '../diagnosis/verdict.js';
import { traceInWindows } from '../diagnosis/windows.js';
import { InnovationFeatures } from '../diagnosis/innovation-features.js';
import { type LabelledRun, labelOf } from '../window/labelled-run.js';
import { SeededRandom } from '../math/seeded-random.js';
import { trainSequences } from '../network/sequence-training.js';
import { startTensors } from '../network/tf-backend.js';

export interface DiagnosisTrainingOptions {
  seed: number;
  /** Normal runs first; faults 1 … 20, several runs of each. */
  training: readonly LabelledRun[];
  /** Other runs of the same kinds, for temperature and limits. */
  calibration: readonly LabelledRun[];
  /** Short runs about the onset of a disturbance, at least one sequence long. */
  onsets?: readonly LabelledRun[] | undefined;
  /** Gates the diagnosis; without one every row under a fault counts as detected. */
  detector?: StreamingDetector | undefined;
  units?: number;
  /** How often every row is seen on average. Default 6. */
  epochs?: number;
  learningRate?: number;
  onProgress?: ((share: number, loss: number) => void) | undefined;
  signal?: AbortSignal | undefined;
}

const DEFAULTS = { units: 64, epochs: 6, learningRate: 3e-3 };

/** Trains, then calibrates on runs that did not train. Everything random follows from the seed. */
export async function trainDiagnosis(options: DiagnosisTrainingOptions): Promise<DiagnosisModel> {
  return trainDiagnosisOn(prepareTrainingSet(options), options);
}

/** Everything a network learns from and is calibrated on, as the features and the detector show it. */
export interface DiagnosisTrainingSet {
  readonly features: InnovationFeatures;
  readonly training: readonly FeatureRun[];
  readonly calibration: readonly FeatureRun[];
  readonly onsets: readonly FeatureRun[];
}

export function prepareTrainingSet({
  training,
  calibration,
  onsets = [],
  detector,
}: Pick<DiagnosisTrainingOptions, 'training' | 'calibration' | 'onsets' | 'detector'>): DiagnosisTrainingSet {
  const normals = training.filter((run) => run.idv === 0);
  if (normals.length === 0) throw new RangeError('training needs normal runs');
  const columns = normals[0].values.length / normals[0].onsetRow;
  const features = InnovationFeatures.fit(
    normals.map((run) => run.values),
    columns,
  );
  const prepare = (run: LabelledRun): FeatureRun => prepareRun(run, features, detector);
  return {
    features,
    training: training.map(prepare),
    calibration: calibration.map(prepare),
    onsets: onsets.map(prepare),
  };
}

/** Without a detector, rows under a fault count as far above its limit. */
export function prepareRun(
  run: LabelledRun,
  features: InnovationFeatures,
  detector: StreamingDetector | undefined,
): FeatureRun {
  const values = features.transform(run.values);
  const rows = values.length / features.width;
  const ratios = detector
    ? alarmRatios(detector, run.values)
    : Float64Array.from({ length: rows }, (_, row) => (labelOf(run, row) > 0 ? 2 : 0));
  return { run, features: values, rows, alarmRatios: ratios };
}

/** The same training set without some disturbances. */
export function withoutDisturbances(
  trainingSet: DiagnosisTrainingSet,
  left: readonly number[],
): DiagnosisTrainingSet {
  const keep = ({ run }: FeatureRun): boolean => !left.includes(run.idv);
  const { features, training, calibration, onsets } = trainingSet;
  return {
    features,
    training: training.filter(keep),
    calibration: calibration.filter(keep),
    onsets: onsets.filter(keep),
  };
}

export async function trainDiagnosisOn(
  trainingSet: DiagnosisTrainingSet,
  options: Pick<
    DiagnosisTrainingOptions,
    'seed' | 'units' | 'epochs' | 'learningRate' | 'onProgress' | 'signal'
  >,
): Promise<DiagnosisModel> {
  await startTensors();
  const { seed, units, epochs, learningRate, onProgress, signal } = { ...DEFAULTS, ...options };
  const { features, training, onsets } = trainingSet;
  const network = buildDiagnosisNetwork(features.width, units, seed);
  const pool = sequencePool(training, onsets);
  const steps = Math.ceil((epochs * pool.rows) / BATCH_ROWS);
  const random = new SeededRandom(seed);
  const loss = (): Scalar => sequenceLoss(network, drawBatch(pool, features, random), features.width);
  await trainSequences(network, loss, { steps, learningRate, onProgress, signal });
  return calibratedModel(network, trainingSet);
}

/** What is learnt after the network: where its states lie, and how far to believe it. */
function calibratedModel(
  network: LayersModel,
  { features, training, calibration }: DiagnosisTrainingSet,
): DiagnosisModel {
  const clusters = clustersOf(network, features, training);
  const runs = calibration.map((run) => calibrationRun(network, features, clusters, run));
  return new DiagnosisModel(network, features, clusters, fitDiagnosisCalibration(runs));
}

/** Clusters of the states of every second detected row. */
function clustersOf(
  network: LayersModel,
  features: InnovationFeatures,
  runs: readonly FeatureRun[],
): NoveltyClusters {
  const observed = new Map<number, ObservedStates>();
  for (const each of runs) {
    const { run, rows, alarmRatios: ratios } = each;
    const states = statesOf(network, features, each);
    for (let row = Math.max(run.onsetRow, WARM_UP_ROWS); row < rows; row += 2) {
      if (!(ratios[row] > 1)) continue;
      const own = observed.get(run.idv) ?? { hidden: [], slow: [] };
      own.hidden.push(states.hiddenAt(row));
      own.slow.push(states.slowAt(row));
      observed.set(run.idv, own);
    }
  }
  return fitNovelty(observed);
}

function calibrationRun(
  network: LayersModel,
  features: InnovationFeatures,
  clusters: NoveltyClusters,
  each: FeatureRun,
): CalibrationRun {
  const { run, rows, alarmRatios: ratios } = each;
  const { logits, hiddenAt, slowAt } = statesOf(network, features, each);
  return {
    run,
    alarmRatios: ratios,
    alarmRows: alarmRowsOf(Array.from(ratios, (ratio) => ratio > 1)),
    logits,
    strangeness: Float64Array.from({ length: rows }, (_, row) =>
      ratios[row] > 1 ? strangenessOf(hiddenAt(row), slowAt(row), clusters) : 0,
    ),
  };
}

/** The network's logits and both kinds of states of a run, row by row. */
function statesOf(
  network: LayersModel,
  features: InnovationFeatures,
  { features: values, rows }: FeatureRun,
): {
  logits: Float32Array;
  hiddenAt: (row: number) => Float32Array;
  slowAt: (row: number) => Float32Array;
} {
  const { width } = features;
  const { logits, hidden } = traceInWindows(
    network,
    (start, end) => values.subarray(start * width, end * width),
    rows,
  );
  const units = hidden.length / rows;
  return {
    logits,
    hiddenAt: (row) => hidden.subarray(row * units, (row + 1) * units),
    slowAt: (row) => features.slowOf(values.subarray(row * width, (row + 1) * width)),
  };
}
