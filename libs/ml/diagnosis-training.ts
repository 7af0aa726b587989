import type { LayersModel } from '@tensorflow/tfjs-layers';
import type { Scalar } from '@tensorflow/tfjs-core';
import { alarmRatios } from './detector-alarms.js';
import type { StreamingDetector } from './detector.js';
import { type CalibrationRun, fitDiagnosisCalibration } from './diagnosis-calibration.js';
import { DiagnosisModel } from './diagnosis-model.js';
import { buildDiagnosisNetwork, type NetworkTrace } from './diagnosis-network.js';
import { distanceToClusters, fitHiddenClusters, type HiddenClusters } from './diagnosis-novelty.js';
import {
  balancedPool,
  BATCH_ROWS,
  drawBatch,
  type FeatureRun,
  sequenceLoss,
  WARM_UP_ROWS,
} from './diagnosis-sequences.js';
import { alarmRowsOf } from './diagnosis-verdict.js';
import { traceInWindows } from './diagnosis-windows.js';
import { InnovationFeatures } from './innovation-features.js';
import { type LabelledRun, labelOf } from './labelled-run.js';
import { SeededRandom } from './seeded-random.js';
import { trainSequences } from './sequence-training.js';
import { startTensors } from './tf-backend.js';

export interface DiagnosisTrainingOptions {
  seed: number;
  /** Normal runs first; faults 1 … 20, several runs of each. */
  training: readonly LabelledRun[];
  /** Other runs of the same kinds, for temperature and limits. */
  calibration: readonly LabelledRun[];
  /** Gates the diagnosis; without one every row under a fault counts as detected. */
  detector?: StreamingDetector;
  units?: number;
  /** How often every row is seen on average. Default 6. */
  epochs?: number;
  learningRate?: number;
  onProgress?: (share: number, loss: number) => void;
  signal?: AbortSignal;
}

const DEFAULTS = { units: 64, epochs: 6, learningRate: 3e-3 };

/** Trains, then calibrates on runs that did not train. Everything random follows from the seed. */
export async function trainDiagnosis(options: DiagnosisTrainingOptions): Promise<DiagnosisModel> {
  return trainOnLessons(prepareLessons(options), options);
}

/** Everything a network learns from and is calibrated on, as the features and the detector show it. */
export interface DiagnosisLessons {
  readonly features: InnovationFeatures;
  readonly training: readonly FeatureRun[];
  readonly calibration: readonly FeatureRun[];
}

export function prepareLessons({
  training,
  calibration,
  detector,
}: Pick<DiagnosisTrainingOptions, 'training' | 'calibration' | 'detector'>): DiagnosisLessons {
  const normals = training.filter((run) => run.idv === 0);
  if (normals.length === 0) throw new RangeError('training needs normal runs');
  const columns = normals[0].values.length / normals[0].onsetRow;
  const features = InnovationFeatures.fit(
    normals.map((run) => run.values),
    columns,
  );
  const prepare = (run: LabelledRun): FeatureRun => prepareRun(run, features, detector);
  return { features, training: training.map(prepare), calibration: calibration.map(prepare) };
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

/** The same lessons without some disturbances. */
export function withoutDisturbances(lessons: DiagnosisLessons, left: readonly number[]): DiagnosisLessons {
  const keep = ({ run }: FeatureRun): boolean => !left.includes(run.idv);
  const { features, training, calibration } = lessons;
  return { features, training: training.filter(keep), calibration: calibration.filter(keep) };
}

export async function trainOnLessons(
  lessons: DiagnosisLessons,
  options: Pick<
    DiagnosisTrainingOptions,
    'seed' | 'units' | 'epochs' | 'learningRate' | 'onProgress' | 'signal'
  >,
): Promise<DiagnosisModel> {
  await startTensors();
  const { seed, units, epochs, learningRate, onProgress, signal } = { ...DEFAULTS, ...options };
  const { features, training, calibration } = lessons;
  const { width } = features;
  const network = buildDiagnosisNetwork(width, units, seed);
  const pool = balancedPool(training);
  const rows = pool.reduce((all, each) => all + each.rows, 0);
  const steps = Math.ceil((epochs * rows) / BATCH_ROWS);
  const random = new SeededRandom(seed);
  const loss = (): Scalar => sequenceLoss(network, drawBatch(pool, width, random), width);
  await trainSequences(network, loss, { steps, learningRate, onProgress, signal });
  const clusters = clustersOf(network, training, width);
  const runs = calibration.map((run) => calibrationRun(network, clusters, run, width));
  return new DiagnosisModel(network, features, clusters, fitDiagnosisCalibration(runs));
}

/** Clusters of the hidden states of every second detected row. */
function clustersOf(network: LayersModel, runs: readonly FeatureRun[], width: number): HiddenClusters {
  const states = new Map<number, Float32Array[]>();
  let units = 0;
  for (const each of runs) {
    const { hidden } = traceRun(network, each, width);
    units = hidden.length / each.rows;
    for (let row = Math.max(each.run.onsetRow, WARM_UP_ROWS); row < each.rows; row += 2) {
      if (!(each.alarmRatios[row] > 1)) continue;
      const own = states.get(each.run.idv) ?? [];
      own.push(hidden.subarray(row * units, (row + 1) * units));
      states.set(each.run.idv, own);
    }
  }
  const joined = [...states].map(([idv, rows]) => [idv, concatenated(rows)] as const);
  return fitHiddenClusters(new Map(joined), units);
}

function calibrationRun(
  network: LayersModel,
  clusters: HiddenClusters,
  each: FeatureRun,
  width: number,
): CalibrationRun {
  const { run, rows, alarmRatios: ratios } = each;
  const { logits, hidden } = traceRun(network, each, width);
  const units = hidden.length / rows;
  return {
    run,
    alarmRatios: ratios,
    alarmRows: alarmRowsOf(Array.from(ratios, (ratio) => ratio > 1)),
    logits,
    strangeness: Float64Array.from({ length: rows }, (_, row) =>
      distanceToClusters(hidden.subarray(row * units, (row + 1) * units), clusters),
    ),
  };
}

function traceRun(network: LayersModel, { features, rows }: FeatureRun, width: number): NetworkTrace {
  return traceInWindows(network, (start, end) => features.subarray(start * width, end * width), rows);
}

function concatenated(parts: readonly Float32Array[]): Float32Array {
  const whole = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
