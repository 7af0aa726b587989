import {
  div,
  mean,
  reshape,
  type Scalar,
  slice,
  sqrt,
  square,
  sub,
  add,
  type Tensor,
  tensor,
  type Tensor2D,
  tensor2d,
} from '@tensorflow/tfjs-core';
import {
  initializers,
  input,
  layers,
  model as layersModel,
  type LayersModel,
  type SymbolicTensor,
} from '@tensorflow/tfjs-layers';
import { conformalQuantiles } from './conformal.js';
import {
  type ForecastFoundation,
  type ForecastInputs,
  forecastFeatureWidth,
  forecastInputs,
  regressors,
} from './forecast-inputs.js';
import {
  COVERAGE_LEVELS,
  FORECAST_BASES,
  FORECAST_HORIZON,
  type ForecastIntervals,
  ForecastModel,
} from './forecast-model.js';
import { fusedLstmLayer } from './fused-lstm.layer.js';
import type { LabelledRun } from './labelled-run.js';
import { quantile } from './quantile.js';
import { RidgeVar } from './ridge-var.js';
import { SeededRandom } from './seeded-random.js';
import { trainSequences } from './sequence-training.js';
import { StandardScaler } from './standard-scaler.js';
import { startTensors } from './tf-backend.js';

export interface ForecastTrainingOptions {
  seed: number;
  /** Normal and faulty runs, without rows of a plant that has shut down. */
  training: readonly LabelledRun[];
  /** Other runs of the same kinds, for the intervals. */
  calibration: readonly LabelledRun[];
  units?: number;
  /** How often every row is seen on average. Default 3. */
  epochs?: number;
  learningRate?: number;
  onProgress?: (share: number, loss: number) => void;
  signal?: AbortSignal;
}

const DEFAULTS = { units: 64, epochs: 3, learningRate: 2e-3 };
const VAR_ORDER = 8;
const VAR_RIDGE = 1e-3;
const SEQUENCE_ROWS = 120;
const BATCH = 16;
/** A forecast is made and judged at every eighth row of a training sequence; its neighbours say much the same. */
const STRIDE = 8;
const JUDGED = SEQUENCE_ROWS / STRIDE;
/** Errors beyond this many standard deviations count in proportion, not in the square. */
const ROBUST_FROM = 1.5;
/** Excitement that normal operation exceeds in one sample of a thousand. */
const DISTURBED_QUANTILE = 0.999;

interface PreparedRun {
  z: Float64Array;
  inputs: ForecastInputs;
}

/** Trains, then measures the intervals on runs that did not train. Everything random follows from the seed. */
export async function trainForecast(options: ForecastTrainingOptions): Promise<ForecastModel> {
  await startTensors();
  const { seed, units, epochs, learningRate, training, onProgress, signal } = { ...DEFAULTS, ...options };
  const foundation = fitFoundation(training);
  const runs = training
    .map((run) => prepare(run, foundation))
    .filter(({ inputs }) => inputs.rows > SEQUENCE_ROWS + FORECAST_HORIZON);
  const untrained = { halfWidths: new Float32Array(0) };
  const model = new ForecastModel(buildNetwork(foundation.model.columns, units, seed), foundation, untrained);
  const rows = runs.reduce((all, { inputs }) => all + inputs.rows, 0);
  const steps = Math.ceil((epochs * rows) / (SEQUENCE_ROWS * BATCH));
  const random = new SeededRandom(seed);
  await trainSequences(model.network, () => batchLoss(model, drawBatch(runs, model, random)), {
    steps,
    learningRate,
    onProgress,
    signal,
  });
  return new ForecastModel(model.network, foundation, measureIntervals(model, options.calibration));
}

/** Scaling, autoregression and innovation variance from the normal runs. */
export function fitFoundation(training: readonly LabelledRun[]): ForecastFoundation {
  const normals = training.filter((run) => run.idv === 0);
  if (normals.length === 0) throw new RangeError('training needs normal runs');
  const tags = normals[0].values.length / normals[0].onsetRow;
  const scaler = StandardScaler.fit(
    normals.map((run) => run.values),
    tags,
  );
  const tables = normals.map((run) => scaler.transform(run.values));
  const model = RidgeVar.fit(tables, tags, { order: VAR_ORDER, ridge: VAR_RIDGE });
  const draft = {
    scaler,
    model,
    innovationVariance: innovationVariance(model, tables),
    disturbedAbove: Infinity,
  };
  const excitement = tables.flatMap((table) => [...forecastInputs(table, draft).excitement]);
  return { ...draft, disturbedAbove: quantile(Float64Array.from(excitement), DISTURBED_QUANTILE) };
}

function innovationVariance(model: RidgeVar, tables: readonly Float64Array[]): Float64Array {
  const tags = model.columns;
  const sums = new Float64Array(tags);
  const predicted = new Float64Array(tags);
  let rows = 0;
  for (const table of tables) {
    for (let row = model.order; row < table.length / tags; row++, rows++) {
      model.predict(table, row, predicted);
      for (let j = 0; j < tags; j++) sums[j] += (table[row * tags + j] - predicted[j]) ** 2;
    }
  }
  return sums.map((total) => Math.max(total / rows, 1e-6));
}

function prepare(run: LabelledRun, foundation: ForecastFoundation): PreparedRun {
  const z = foundation.scaler.transform(run.values);
  return { z, inputs: forecastInputs(z, foundation) };
}

function buildNetwork(tags: number, units: number, seed: number): LayersModel {
  const windows = input({ shape: [null, forecastFeatureWidth(tags)], name: 'features' });
  const hidden = fusedLstmLayer({
    units,
    returnSequences: true,
    recurrentActivation: 'sigmoid',
    unitForgetBias: true,
    kernelInitializer: initializers.glorotUniform({ seed }),
    recurrentInitializer: initializers.glorotUniform({ seed: seed + 1 }),
    name: 'memory',
  }).apply(windows);
  const width = FORECAST_HORIZON * tags;
  const readOut = (name: string, size: number): SymbolicTensor =>
    layers.dense({ units: size, kernelInitializer: 'zeros', name }).apply(hidden) as SymbolicTensor;
  const outputs = [readOut('blend', FORECAST_BASES * width), readOut('corrections', width)];
  return layersModel({ inputs: windows, outputs });
}

interface ForecastBatch {
  features: Float32Array;
  regressors: Float32Array;
  last: Float32Array;
  level: Float32Array;
  spread: Float32Array;
  calm: Float32Array;
  targets: Float32Array;
}

function drawBatch(runs: readonly PreparedRun[], model: ForecastModel, random: SeededRandom): ForecastBatch {
  const { tags, featureWidth } = model;
  const { order } = model.foundation.model;
  const width = FORECAST_HORIZON * tags;
  const batch: ForecastBatch = {
    features: new Float32Array(BATCH * SEQUENCE_ROWS * featureWidth),
    regressors: new Float32Array(BATCH * JUDGED * order * tags),
    last: new Float32Array(BATCH * JUDGED * tags),
    level: new Float32Array(BATCH * JUDGED * tags),
    spread: new Float32Array(BATCH * JUDGED * tags),
    calm: new Float32Array(BATCH * JUDGED),
    targets: new Float32Array(BATCH * JUDGED * width),
  };
  for (let k = 0; k < BATCH; k++) {
    const { z, inputs } = runs[random.nextInt(runs.length)];
    const from = random.nextInt(inputs.rows - SEQUENCE_ROWS - FORECAST_HORIZON);
    batch.features.set(
      inputs.features.subarray(from * featureWidth, (from + SEQUENCE_ROWS) * featureWidth),
      k * SEQUENCE_ROWS * featureWidth,
    );
    const judged = Array.from({ length: JUDGED }, (_, i) => from + (i + 1) * STRIDE - 1);
    batch.regressors.set(regressors(z, judged, order, tags), k * JUDGED * order * tags);
    judged.forEach((row, i) => {
      const at = (k * JUDGED + i) * tags;
      batch.last.set(z.subarray(row * tags, (row + 1) * tags), at);
      batch.level.set(inputs.level.subarray(row * tags, (row + 1) * tags), at);
      batch.spread.set(inputs.spread.subarray(row * tags, (row + 1) * tags), at);
      batch.calm[k * JUDGED + i] = inputs.calm[row];
      batch.targets.set(z.subarray((row + 1) * tags, (row + 1) * tags + width), (k * JUDGED + i) * width);
    });
  }
  return batch;
}

/** Pseudo-Huber loss (Charbonnier) of the standardised errors. */
function batchLoss(model: ForecastModel, batch: ForecastBatch): Scalar {
  const { tags, featureWidth, network } = model;
  const width = FORECAST_HORIZON * tags;
  const n = BATCH * JUDGED;
  const [memory, blend, corrections] = ['memory', 'blend', 'corrections'].map((name) =>
    network.getLayer(name),
  );
  const hidden = memory.apply(tensor(batch.features, [BATCH, SEQUENCE_ROWS, featureWidth])) as Tensor;
  const units = hidden.shape[2] ?? 0;
  // The last row of every group of STRIDE rows, as a reshape and a slice: strided slices have no gradient in tfjs.
  const groups = reshape(hidden, [n, STRIDE * units]);
  const judged = slice(groups, [0, (STRIDE - 1) * units], [n, units]);
  const table = (values: Float32Array): Tensor2D => tensor2d(values, [n, values.length / n]);
  const forecast = model.combine({
    regressors: table(batch.regressors),
    last: table(batch.last),
    level: table(batch.level),
    spread: table(batch.spread),
    calm: table(batch.calm),
    blend: blend.apply(judged) as Tensor2D,
    corrections: corrections.apply(judged) as Tensor2D,
  });
  const error = div(sub(forecast, tensor2d(batch.targets, [n, width])), ROBUST_FROM);
  return mean(sub(sqrt(add(square(error), 1)), 1));
}

/** Half-widths in units of the local spread, apart for a calm and a disturbed plant (Mondrian conformal intervals). */
function measureIntervals(model: ForecastModel, runs: readonly LabelledRun[]): ForecastIntervals {
  const { tags } = model;
  const width = FORECAST_HORIZON * tags;
  const prepared = runs.map((run) => ({ run, ...prepare(run, model.foundation) }));
  const sizes: number[][][] = [0, 1].map(() => Array.from({ length: width }, () => []));
  for (const { z, inputs } of prepared) {
    const rows: number[] = [];
    for (let row = STRIDE; row + FORECAST_HORIZON < inputs.rows; row += STRIDE) rows.push(row);
    const values = model.values(z, rows);
    rows.forEach((row, n) => {
      const regime = inputs.excitement[row] > model.foundation.disturbedAbove ? 1 : 0;
      for (let at = 0; at < width; at++) {
        const miss = z[(row + 1) * tags + at] - values[n * width + at];
        sizes[regime][at].push(miss / inputs.spread[row * tags + (at % tags)]);
      }
    });
  }
  return { halfWidths: Float32Array.from(sizes.flat().flatMap(finiteQuantiles)) };
}

/** With too few scores to promise a coverage, the largest of them. */
function finiteQuantiles(scores: readonly number[]): number[] {
  const largest = scores.reduce((most, score) => Math.max(most, Math.abs(score)), 0);
  const alphas = COVERAGE_LEVELS.map((level) => 1 - level);
  return conformalQuantiles(scores, alphas).map((quantile) => Math.min(quantile, largest));
}
