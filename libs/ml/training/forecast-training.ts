import type { Scalar, Tensor, Tensor2D } from '@tensorflow/tfjs-core';
import type { LayersModel, SymbolicTensor } from '@tensorflow/tfjs-layers';
import { DLinear } from '../forecast/dlinear.js';
import { fastDenseLayer } from '../network/fast-dense.layer.js';
import { FORECAST_BASES, HORIZON_SHAPES } from '../forecast/blend.js';
import { FORECAST_HORIZON } from '../forecast/horizon.js';
import { measureAutoregression, measureIntervals } from '../forecast/calibration.js';
import { fitFoundation, storable } from '../forecast/foundation.js';
import {
  type ForecastFoundation,
  type ForecastInputs,
  forecastFeatureWidth,
  forecastInputs,
  regressors,
} from '../forecast/inputs.js';
import { ADAPTED_STEPS } from '../forecast/intervals.js';
import { BLEND, CORRECTIONS, ForecastModel, MEMORY } from '../forecast/model.js';
import { ForecastRivals } from '../forecast/rivals.js';
import { fusedLstmLayer } from '../network/fused-lstm.layer.js';
import type { LabelledRun } from '../window/labelled-run.js';
import { MINIMUM_ROWS } from '../window/prediction-window.js';
import { RidgeVar, type RidgeVarOptions } from '../forecast/ridge-var.js';
import { SeededRandom } from '../math/seeded-random.js';
import { trainSequences } from '../network/sequence-training.js';
import { startTensors } from '../network/tf-backend.js';
import { tfCore, tfLayers } from '../network/tensorflow.js';

const { div, mean, reshape, slice, sqrt, square, sub, add, tensor, tensor2d } = tfCore;
const { initializers, input, model: layersModel } = tfLayers;

export interface ForecastTrainingOptions {
  seed: number;
  /** Normal and faulty runs, without rows of a plant that has shut down. */
  training: readonly LabelledRun[];
  /** Other runs of the same kinds, for the intervals. */
  calibration: readonly LabelledRun[];
  /** More runs of normal operation for the autoregression. */
  undisturbed?: readonly LabelledRun[] | undefined;
  units?: number;
  /** How often every row is seen on average. Default 8. */
  epochs?: number;
  learningRate?: number;
  onProgress?: ((share: number, loss: number) => void) | undefined;
  signal?: AbortSignal | undefined;
}

const DEFAULTS = { units: 64, epochs: 8, learningRate: 2e-3 };
const RIVAL_VAR: RidgeVarOptions = { order: 8, ridge: 1e-3 };
const SEQUENCE_ROWS = 120;
const BATCH = 16;
/** A forecast is made and assessed at every eighth row of a training sequence; its neighbours say much the same. */
const STRIDE = 8;
const ASSESSED_ROWS = SEQUENCE_ROWS / STRIDE;
/** Errors beyond this many standard deviations count in proportion, not in the square. */
const ROBUST_FROM = 1.5;

interface PreparedRun {
  z: Float64Array;
  inputs: ForecastInputs;
}

/** Trains, then measures the intervals on runs that did not train. Everything random follows from the seed. */
export async function trainForecast(options: ForecastTrainingOptions): Promise<ForecastModel> {
  await startTensors();
  const { seed, units, epochs, learningRate, training, onProgress, signal } = { ...DEFAULTS, ...options };
  const foundation = fitFoundation(training, options.undisturbed);
  const rivals = fitRivals(foundation, options);
  const runs = training
    .map((run) => prepare(run, foundation))
    .filter(({ inputs }) => inputs.rows > SEQUENCE_ROWS + FORECAST_HORIZON);
  const network = buildNetwork(foundation.model.columns, units, seed);
  const model = new ForecastModel(network, foundation, { halfWidths: new Float32Array(0) }, rivals);
  const rows = runs.reduce((all, { inputs }) => all + inputs.rows, 0);
  const steps = Math.ceil((epochs * rows) / (SEQUENCE_ROWS * BATCH));
  const random = new SeededRandom(seed);
  await trainSequences(network, () => batchLoss(model, drawBatch(runs, model, random)), {
    steps,
    learningRate,
    onProgress,
    signal,
  });
  return new ForecastModel(network, foundation, measureIntervals(model, options.calibration), rivals);
}

function fitRivals(
  { scaler }: ForecastFoundation,
  { training, calibration }: ForecastTrainingOptions,
): ForecastRivals {
  const isNormal = (run: LabelledRun): boolean => run.idv === 0;
  const tables = training.filter(isNormal).map((run) => scaler.transform(run.values));
  const ridgeVar = storable(RidgeVar.fit(tables, scaler.columns, RIVAL_VAR));
  const dlinear = DLinear.fit(tables, scaler.columns, { window: MINIMUM_ROWS, horizon: FORECAST_HORIZON });
  const halfWidths = measureAutoregression(ridgeVar, scaler, calibration.filter(isNormal));
  return new ForecastRivals(ridgeVar, dlinear, halfWidths);
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
    name: MEMORY,
  }).apply(windows);
  const width = HORIZON_SHAPES * tags;
  const readOut = (name: string, size: number): SymbolicTensor =>
    fastDenseLayer({ units: size, kernelInitializer: 'zeros', name }).apply(hidden) as SymbolicTensor;
  const outputs = [readOut(BLEND, FORECAST_BASES * width), readOut(CORRECTIONS, width)];
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
  const width = ADAPTED_STEPS.length * tags;
  const batch: ForecastBatch = {
    features: new Float32Array(BATCH * SEQUENCE_ROWS * featureWidth),
    regressors: new Float32Array(BATCH * ASSESSED_ROWS * order * tags),
    last: new Float32Array(BATCH * ASSESSED_ROWS * tags),
    level: new Float32Array(BATCH * ASSESSED_ROWS * tags),
    spread: new Float32Array(BATCH * ASSESSED_ROWS * tags),
    calm: new Float32Array(BATCH * ASSESSED_ROWS),
    targets: new Float32Array(BATCH * ASSESSED_ROWS * width),
  };
  for (let k = 0; k < BATCH; k++) {
    const { z, inputs } = runs[random.nextInt(runs.length)];
    const from = random.nextInt(inputs.rows - SEQUENCE_ROWS - FORECAST_HORIZON);
    batch.features.set(
      inputs.features.subarray(from * featureWidth, (from + SEQUENCE_ROWS) * featureWidth),
      k * SEQUENCE_ROWS * featureWidth,
    );
    const assessed = Array.from({ length: ASSESSED_ROWS }, (_, i) => from + (i + 1) * STRIDE - 1);
    batch.regressors.set(regressors(z, assessed, order, tags), k * ASSESSED_ROWS * order * tags);
    assessed.forEach((row, i) => {
      const at = (k * ASSESSED_ROWS + i) * tags;
      batch.last.set(z.subarray(row * tags, (row + 1) * tags), at);
      batch.level.set(inputs.level.subarray(row * tags, (row + 1) * tags), at);
      batch.spread.set(inputs.spread.subarray(row * tags, (row + 1) * tags), at);
      batch.calm[k * ASSESSED_ROWS + i] = inputs.calm[row];
      ADAPTED_STEPS.forEach((step, n) => {
        const truth = z.subarray((row + step) * tags, (row + step + 1) * tags);
        batch.targets.set(truth, (k * ASSESSED_ROWS + i) * width + n * tags);
      });
    });
  }
  return batch;
}

/** Pseudo-Huber loss (Charbonnier) of the standardised errors. */
function batchLoss(model: ForecastModel, batch: ForecastBatch): Scalar {
  const { tags, featureWidth, network } = model;
  const width = ADAPTED_STEPS.length * tags;
  const n = BATCH * ASSESSED_ROWS;
  const [memory, blend, corrections] = [MEMORY, BLEND, CORRECTIONS].map((name) => network.getLayer(name));
  const hidden = memory.apply(tensor(batch.features, [BATCH, SEQUENCE_ROWS, featureWidth])) as Tensor;
  const units = hidden.shape[2] ?? 0;
  // The last row of every group of STRIDE rows, as a reshape and a slice: strided slices have no gradient in tfjs.
  const groups = reshape(hidden, [n, STRIDE * units]);
  const assessed = slice(groups, [0, (STRIDE - 1) * units], [n, units]);
  const table = (values: Float32Array): Tensor2D => tensor2d(values, [n, values.length / n]);
  const forecast = model.sparseBlend.combine({
    regressors: table(batch.regressors),
    last: table(batch.last),
    level: table(batch.level),
    spread: table(batch.spread),
    calm: table(batch.calm),
    blend: blend.apply(assessed) as Tensor2D,
    corrections: corrections.apply(assessed) as Tensor2D,
  });
  const error = div(sub(forecast, tensor2d(batch.targets, [n, width])), ROBUST_FROM);
  return mean(sub(sqrt(add(square(error), 1)), 1));
}
