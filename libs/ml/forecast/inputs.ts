import type { RidgeVar } from './ridge-var.js';
import type { StandardScaler } from '../math/standard-scaler.js';

/** Smoothing factors: local level of a tag, its local spread, and the two excitement charts. */
const LEVEL_LAMBDA = 0.08;
const SPREAD_LAMBDA = 0.08;
const EXCITEMENT_LAMBDAS = [0.2, 0.03] as const;
/** How sharply calm turns into disturbed about the limit. */
const CALM_STEEPNESS = 24;
/** One extreme innovation must not fill a chart for hours. */
const ENERGY_CAP = 400;
/** Spread of a standardised tag that no recent movement can fall below. */
const SMALLEST_SPREAD = 0.5;

/** What the forecast rests on besides its network: fitted on normal operation alone. */
export interface ForecastFoundation {
  readonly scaler: StandardScaler;
  readonly model: RidgeVar;
  /** Per tag, of the one-step prediction error of standardised values. */
  readonly innovationVariance: Float64Array;
  /** Excitement above which the plant counts as disturbed. */
  readonly disturbedAbove: number;
}

/** Everything that the forecast reads out of a standardised window, row by row. */
export interface ForecastInputs {
  readonly rows: number;
  /** rows × (2 tags + 2): squashed values, squashed distances from the local level, logarithms of both excitements. */
  readonly features: Float32Array;
  /** rows × tags: exponentially weighted mean of the recent values. */
  readonly level: Float32Array;
  /** rows × tags: how far the tag has moved about its level lately; scales corrections, and intervals when disturbed. */
  readonly spread: Float32Array;
  /** Mean squared innovation of all tags in units of normal operation, slow chart: about 1 when all is well. */
  readonly excitement: Float64Array;
  /** Per row, from 1 when the plant is calm to 0 when it is disturbed. */
  readonly calm: Float32Array;
}

export function forecastFeatureWidth(tags: number): number {
  return 2 * tags + EXCITEMENT_LAMBDAS.length;
}

/** @param z standardised window, row-major */
export function forecastInputs(z: Float64Array, foundation: ForecastFoundation): ForecastInputs {
  const { model, innovationVariance, disturbedAbove } = foundation;
  const tags = model.columns;
  const rows = z.length / tags;
  const width = forecastFeatureWidth(tags);
  const features = new Float32Array(rows * width);
  const level = new Float32Array(rows * tags);
  const spread = new Float32Array(rows * tags);
  const excitement = new Float64Array(rows);
  const mean = z.slice(0, tags);
  const square = new Float64Array(tags).fill(1);
  const predicted = new Float64Array(tags);
  const charts = EXCITEMENT_LAMBDAS.map(() => 1);
  for (let row = 0; row < rows; row++) {
    model.predict(z, row, predicted);
    let energy = 0;
    for (let j = 0; j < tags; j++) {
      const value = z[row * tags + j];
      const distance = value - mean[j];
      mean[j] += LEVEL_LAMBDA * distance;
      square[j] += SPREAD_LAMBDA * (distance * distance - square[j]);
      level[row * tags + j] = mean[j];
      spread[row * tags + j] = Math.max(SMALLEST_SPREAD, Math.sqrt(square[j]));
      features[row * width + j] = squash(value);
      features[row * width + tags + j] = squash(value - mean[j]);
      energy += Math.min(ENERGY_CAP, (value - predicted[j]) ** 2 / innovationVariance[j]) / tags;
    }
    EXCITEMENT_LAMBDAS.forEach((lambda, chart) => {
      // Without a full past the prediction means nothing yet.
      if (row >= model.order) charts[chart] += lambda * (energy - charts[chart]);
      features[row * width + 2 * tags + chart] = Math.log(charts[chart]);
    });
    excitement[row] = charts[charts.length - 1];
  }
  const calm = Float32Array.from(excitement, (value) => 1 / (1 + (value / disturbedAbove) ** CALM_STEEPNESS));
  return { rows, features, level, spread, excitement, calm };
}

/** The last `order` rows up to and including each of the given rows, newest first: the regressors of the direct forecast. */
export function regressors(
  z: Float64Array,
  atRows: readonly number[],
  order: number,
  tags: number,
): Float32Array {
  const out = new Float32Array(atRows.length * order * tags);
  atRows.forEach((row, n) => {
    for (let k = 0; k < Math.min(order, row + 1); k++) {
      out.set(z.subarray((row - k) * tags, (row - k + 1) * tags), (n * order + k) * tags);
    }
  });
  return out;
}

/**
 * The iterated forecast of an autoregression as one matrix, order · tags × horizon · tags: what a unit value of one tag, so
 * many rows ago, adds to every tag at every step.
 */
export function directForecastMatrix(model: RidgeVar, horizon: number): Float32Array {
  const { order, columns } = model;
  const width = horizon * columns;
  const matrix = new Float32Array(order * columns * width);
  for (let k = 0; k < order; k++) {
    for (let i = 0; i < columns; i++) {
      const history = new Float64Array(order * columns);
      history[(order - 1 - k) * columns + i] = 1;
      matrix.set(model.forecast(history, order - 1, horizon), (k * columns + i) * width);
    }
  }
  return matrix;
}

function squash(x: number): number {
  return Math.sign(x) * Math.log1p(Math.abs(x));
}
