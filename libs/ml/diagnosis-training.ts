import {
  logSumExp,
  mean,
  mul,
  oneHot,
  reshape,
  type Scalar,
  sub,
  sum,
  type Tensor,
  tensor,
  tensor1d,
  div,
} from '@tensorflow/tfjs-core';
import {
  initializers,
  input,
  layers,
  type LayersModel,
  model,
  type SymbolicTensor,
} from '@tensorflow/tfjs-layers';
import { choleskyFactor, choleskyInverse } from './cholesky.js';
import {
  DIAGNOSIS_CLASSES,
  DiagnosisModel,
  type HiddenClusters,
  smallestDistance,
} from './diagnosis-model.js';
import { fusedLstmLayer } from './fused-lstm.layer.js';
import { InnovationFeatures } from './innovation-features.js';
import { type LabelledRun, labelOf } from './labelled-run.js';
import { quantile } from './quantile.js';
import { SeededRandom } from './seeded-random.js';
import { trainSequences } from './sequence-training.js';
import { fitTemperature } from './temperature-scaling.js';
import { allValuesOf } from './tensor-values.js';
import { startTensors } from './tf-backend.js';

export interface DiagnosisTrainingOptions {
  seed: number;
  /** Normal runs first; faults 1 … 20, several runs of each. */
  training: readonly LabelledRun[];
  /** Other runs of the same kinds, for temperature and limits. */
  calibration: readonly LabelledRun[];
  units?: number;
  /** How often every row is seen on average. Default 6. */
  epochs?: number;
  learningRate?: number;
  onProgress?: (share: number, loss: number) => void;
  signal?: AbortSignal;
}

const DEFAULTS = { units: 64, epochs: 6, learningRate: 3e-3 };
/** Rows of one training sequence: 8 h, several times the memory of the features. */
const SEQUENCE_ROWS = 160;
const BATCH = 32;
/** The first rows of a sequence teach nothing: the state is still empty. */
const WARM_UP_ROWS = 4;
/** Share of known faults that may be called unknown. */
const UNKNOWN_SHARE = 0.01;
const CLUSTER_RIDGE = 1e-3;

interface FeatureRun {
  run: LabelledRun;
  features: Float32Array;
  rows: number;
}

/** Trains, then calibrates on runs that did not train. Everything random follows from the seed. */
export async function trainDiagnosis(options: DiagnosisTrainingOptions): Promise<DiagnosisModel> {
  await startTensors();
  const { seed, units, epochs, learningRate, training, onProgress, signal } = { ...DEFAULTS, ...options };
  const columns = columnsOf(training);
  const normals = training.filter((run) => run.idv === 0).map((run) => run.values);
  const features = InnovationFeatures.fit(normals, columns);
  const prepared = training.map((run) => prepare(run, features));
  const network = buildNetwork(features.width, units, seed);
  const pool = balancedPool(prepared);
  const rows = pool.reduce((all, each) => all + each.rows, 0);
  const steps = Math.ceil((epochs * rows) / (SEQUENCE_ROWS * BATCH));
  const random = new SeededRandom(seed);
  const loss = (): Scalar => sequenceLoss(network, drawBatch(pool, features.width, random), features.width);
  await trainSequences(network, loss, { steps, learningRate, onProgress, signal });
  const clusters = hiddenClusters(network, prepared, features.width, units);
  return calibrate(network, features, clusters, options.calibration);
}

function columnsOf(runs: readonly LabelledRun[]): number {
  const normal = runs.find((run) => run.idv === 0);
  if (normal === undefined) throw new RangeError('training needs normal runs');
  return normal.values.length / normal.onsetRow;
}

function prepare(run: LabelledRun, features: InnovationFeatures): FeatureRun {
  const values = features.transform(run.values);
  return { run, features: values, rows: values.length / features.width };
}

/** One LSTM and a linear read-out at every row; a second output shows the hidden states. */
function buildNetwork(width: number, units: number, seed: number): LayersModel {
  const windows = input({ shape: [null, width], name: 'features' });
  const hidden = fusedLstmLayer({
    units,
    returnSequences: true,
    recurrentActivation: 'sigmoid',
    unitForgetBias: true,
    kernelInitializer: initializers.glorotUniform({ seed }),
    recurrentInitializer: initializers.glorotUniform({ seed: seed + 1 }),
    name: 'memory',
  }).apply(windows) as SymbolicTensor;
  const readOut = layers.dense({
    units: DIAGNOSIS_CLASSES,
    kernelInitializer: initializers.glorotUniform({ seed: seed + 2 }),
    name: 'logits',
  });
  return model({ inputs: windows, outputs: [readOut.apply(hidden) as SymbolicTensor, hidden] });
}

/** Normal runs are repeated or thinned until normal rows are about a tenth of all: faulty runs bring their own. */
function balancedPool(runs: readonly FeatureRun[]): FeatureRun[] {
  const faulty = runs.filter(({ run }) => run.idv > 0);
  const normal = runs.filter(({ run }) => run.idv === 0);
  const wanted = Math.max(1, Math.round(faulty.length / 9));
  return [...faulty, ...Array.from({ length: wanted }, (_, i) => normal[i % normal.length])];
}

interface SequenceBatch {
  features: Float32Array;
  labels: Int32Array;
  sequences: number;
}

/** Sequences from anywhere in runs drawn with equal chances. */
function drawBatch(pool: readonly FeatureRun[], width: number, random: SeededRandom): SequenceBatch {
  const features = new Float32Array(BATCH * SEQUENCE_ROWS * width);
  const labels = new Int32Array(BATCH * SEQUENCE_ROWS);
  for (let k = 0; k < BATCH; k++) {
    const drawn = pool[random.nextInt(pool.length)];
    const from = random.nextInt(drawn.rows - SEQUENCE_ROWS + 1);
    features.set(
      drawn.features.subarray(from * width, (from + SEQUENCE_ROWS) * width),
      k * SEQUENCE_ROWS * width,
    );
    for (let row = 0; row < SEQUENCE_ROWS; row++)
      labels[k * SEQUENCE_ROWS + row] = labelOf(drawn.run, from + row);
  }
  return { features, labels, sequences: BATCH };
}

/** Cross-entropy, averaged over all rows but the first few of each sequence. */
function sequenceLoss(network: LayersModel, batch: SequenceBatch, width: number): Scalar {
  const windows = tensor(batch.features, [batch.sequences, SEQUENCE_ROWS, width]);
  const [logits] = network.apply(windows, { training: true }) as Tensor[];
  const flat = reshape(logits, [-1, DIAGNOSIS_CLASSES]);
  const truth = oneHot(tensor1d(batch.labels, 'int32'), DIAGNOSIS_CLASSES);
  const surprise = sub(logSumExp(flat, 1), sum(mul(flat, truth), 1));
  const counted = Float32Array.from(batch.labels, (_, i) => (i % SEQUENCE_ROWS < WARM_UP_ROWS ? 0 : 1));
  const share = 1 - WARM_UP_ROWS / SEQUENCE_ROWS;
  return div(mean(mul(surprise, tensor1d(counted))), share);
}

interface HiddenRun {
  logits: Float32Array;
  hidden: Float32Array;
}

function runNetwork(network: LayersModel, features: Float32Array, width: number): HiddenRun {
  const rows = features.length / width;
  const [logits, hidden] = allValuesOf(() => network.predict(tensor(features, [1, rows, width])) as Tensor[]);
  return { logits, hidden };
}

/** Means per class and the pooled covariance around them, from every fourth row of the training runs. */
function hiddenClusters(
  network: LayersModel,
  runs: readonly FeatureRun[],
  width: number,
  units: number,
): HiddenClusters {
  const states: { label: number; state: Float32Array }[] = [];
  for (const { run, features, rows } of runs) {
    const { hidden } = runNetwork(network, features, width);
    for (let row = WARM_UP_ROWS; row < rows; row += 4) {
      states.push({ label: labelOf(run, row), state: hidden.slice(row * units, (row + 1) * units) });
    }
  }
  const means = new Float64Array(DIAGNOSIS_CLASSES * units);
  const counts = new Float64Array(DIAGNOSIS_CLASSES);
  for (const { label } of states) counts[label]++;
  for (const { label, state } of states)
    state.forEach((x, i) => (means[label * units + i] += x / counts[label]));
  const scatter = new Float64Array(units * units);
  const offset = new Float64Array(units);
  for (const { label, state } of states) {
    for (let i = 0; i < units; i++) offset[i] = state[i] - means[label * units + i];
    for (let i = 0; i < units; i++) {
      for (let j = 0; j < units; j++) scatter[i * units + j] += (offset[i] * offset[j]) / states.length;
    }
  }
  for (let i = 0; i < units; i++) scatter[i * units + i] += CLUSTER_RIDGE;
  const precision = choleskyInverse(choleskyFactor(scatter, units), units);
  return { means: Float32Array.from(means), precision: Float32Array.from(precision) };
}

function calibrate(
  network: LayersModel,
  features: InnovationFeatures,
  clusters: HiddenClusters,
  runs: readonly LabelledRun[],
): DiagnosisModel {
  const units = Math.sqrt(clusters.precision.length);
  const logits: Float32Array[] = [];
  const labels: number[] = [];
  const distances: number[] = [];
  for (const run of runs) {
    const { rows, ...prepared } = prepare(run, features);
    const output = runNetwork(network, prepared.features, features.width);
    for (let row = WARM_UP_ROWS; row < rows; row++) {
      const of = output.logits.subarray(row * DIAGNOSIS_CLASSES, (row + 1) * DIAGNOSIS_CLASSES);
      const label = labelOf(run, row);
      logits.push(of);
      labels.push(label);
      const recognised = label > 0 && of.indexOf(Math.max(...of)) === label;
      if (recognised)
        distances.push(smallestDistance(output.hidden.subarray(row * units, (row + 1) * units), clusters));
    }
  }
  const temperature = fitTemperature(logits, labels);
  const unknownLimit = quantile(Float64Array.from(distances), 1 - UNKNOWN_SHARE);
  return new DiagnosisModel(network, features, clusters, { temperature, unknownLimit });
}
