import {
  add,
  gather,
  matMul,
  mul,
  type Rank,
  reshape,
  softmax,
  stack,
  sub,
  sum,
  type Tensor,
  tensor,
  type Tensor2D,
  tensor1d,
  tensor2d,
  tidy,
  tile,
} from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { AdaptiveInterval } from './conformal.js';
import {
  directForecastMatrix,
  type ForecastFoundation,
  type ForecastInputs,
  forecastFeatureWidth,
  forecastInputs,
  regressors,
} from './forecast-inputs.js';
import {
  layersModelFiles,
  layersModelFromFiles,
  type ModelFiles,
  tensorFiles,
  tensorsFromFiles,
} from './model-files.js';
import { RidgeVar } from './ridge-var.js';
import type { ScalerJson } from './scaler.js';
import { StandardScaler } from './standard-scaler.js';
import { valuesOf } from './tensor-values.js';

/** 60 min at 3 min a step. */
export const FORECAST_HORIZON = 20;
/** Autoregression, last value, local level, autoregression about the local level. */
export const FORECAST_BASES = 4;

/** Added to the blend logit of the autoregression when the plant is calm. */
const CALM_PRIOR = 8;
const SCALER = 'scaler.json';
const SCALER_NUMBERS = 'scaler.bin';

/** Coverages whose half-widths are tabulated; between them the table is interpolated. */
export const COVERAGE_LEVELS = [0.5, 0.6, 0.7, 0.8, 0.85, 0.9, 0.93, 0.96, 0.98, 0.99] as const;
/** Share of values that may fall outside an interval. */
export const INTERVAL_ALPHA = 0.1;

/** How far forecasts missed on runs that did not train the network. */
export interface ForecastIntervals {
  /**
   * Half-widths in units of the tag's local spread, for a calm and for a disturbed plant:
   * 2 × horizon × tags × coverage levels.
   */
  readonly halfWidths: Float32Array;
}

/** Standardised forecasts made at some rows of a window. */
export interface StandardisedForecast {
  /** rows × horizon × tags */
  readonly values: Float32Array;
  readonly halfWidths: Float32Array;
}

/**
 * Forecast of all tags over the next hour. A linear autoregression of normal operation, the last value, the local level and
 * the autoregression about that level are blended with weights that an LSTM sets per tag and step (so that it falls back
 * from the autoregression to what the plant does now when the plant leaves normal operation), and the LSTM adds what is left.
 */
export class ForecastModel {
  private readonly matrix: Tensor2D;
  private readonly levelMatrix: Tensor2D;
  private readonly prior: Tensor2D;

  constructor(
    /** Windows [batch, rows, features] to [blend logits, corrections] of every row. */
    readonly network: LayersModel,
    readonly foundation: ForecastFoundation,
    readonly intervals: ForecastIntervals,
  ) {
    const direct = directForecastMatrix(foundation.model, FORECAST_HORIZON);
    const { order, columns } = foundation.model;
    const width = FORECAST_HORIZON * columns;
    this.matrix = tensor2d(direct, [order * columns, width]);
    this.prior = tensor2d([[CALM_PRIOR, 0, 0, 0]]);
    this.levelMatrix = tensor2d(levelEffect(direct, order, columns), [columns, width]);
  }

  get tags(): number {
    return this.foundation.model.columns;
  }

  get featureWidth(): number {
    return forecastFeatureWidth(this.tags);
  }

  /** @param z standardised window */
  inputs(z: Float64Array): ForecastInputs {
    return forecastInputs(z, this.foundation);
  }

  /**
   * The four bases and the blend of them. Tensors of n rows: regressors [n, order · tags], last and level and spread
   * [n, tags], calm [n, 1], blend logits [n, 4 · horizon · tags], corrections [n, horizon · tags].
   */
  combine(
    parts: Record<'regressors' | 'last' | 'level' | 'spread' | 'calm' | 'blend' | 'corrections', Tensor2D>,
  ): Tensor2D {
    return tidy(() => {
      const overHorizon = (perTag: Tensor2D): Tensor2D => tile(perTag, [1, FORECAST_HORIZON]);
      const autoregression = matMul(parts.regressors, this.matrix);
      const aboutLevel = add(autoregression, matMul(parts.level, this.levelMatrix));
      const bases = stack([autoregression, overHorizon(parts.last), overHorizon(parts.level), aboutLevel], 2);
      const width = FORECAST_HORIZON * this.tags;
      const prior = reshape(matMul(parts.calm, this.prior), [-1, 1, FORECAST_BASES]);
      const weights = softmax(add(reshape(parts.blend, [-1, width, FORECAST_BASES]), prior));
      const blended = sum(mul(weights, bases), 2);
      const room = mul(overHorizon(parts.spread), sub(1, parts.calm));
      return add<Tensor2D>(blended, mul(parts.corrections, room));
    });
  }

  /** Forecasts made at the given rows of a window, with 90 % intervals. */
  forecast(z: Float64Array, atRows: readonly number[]): StandardisedForecast {
    const inputs = this.inputs(z);
    const width = FORECAST_HORIZON * this.tags;
    const halfWidths = new Float32Array(atRows.length * width);
    atRows.forEach((row, n) => {
      for (let at = 0; at < width; at++) {
        halfWidths[n * width + at] =
          this.quantile(inputs, row, at, INTERVAL_ALPHA) * this.scale(inputs, row, at);
      }
    });
    return { values: this.valuesOf(z, inputs, atRows), halfWidths };
  }

  /**
   * Forecast made at the last row of a window, its intervals adapted to how far the forecasts made at earlier rows of the
   * window missed what came of them (adaptive conformal inference).
   */
  forecastAdapted(z: Float64Array): StandardisedForecast {
    const inputs = this.inputs(z);
    const { tags } = this;
    const width = FORECAST_HORIZON * tags;
    const rows = Array.from(
      { length: inputs.rows - this.foundation.model.order },
      (_, n) => n + this.foundation.model.order,
    );
    const values = this.valuesOf(z, inputs, rows);
    const halfWidths = new Float32Array(width);
    for (let at = 0; at < width; at++) {
      const steps = Math.floor(at / tags) + 1;
      let now = rows[0];
      const interval = new AdaptiveInterval((alpha) => this.quantile(inputs, now, at, alpha), {
        alpha: INTERVAL_ALPHA,
        horizonSteps: steps,
      });
      rows.forEach((row, n) => {
        now = row;
        const due = n - steps;
        const residual = due < 0 ? undefined : z[row * tags + (at % tags)] - values[due * width + at];
        halfWidths[at] = interval.step(residual, this.scale(inputs, row, at));
      });
    }
    return { values: values.slice(-width), halfWidths };
  }

  /** Forecasts made at the given rows of a window, without intervals: rows × horizon × tags. */
  values(z: Float64Array, atRows: readonly number[]): Float32Array {
    return this.valuesOf(z, this.inputs(z), atRows);
  }

  private valuesOf(z: Float64Array, inputs: ForecastInputs, atRows: readonly number[]): Float32Array {
    const { tags } = this;
    return valuesOf(() => {
      const windows = tensor(inputs.features, [1, inputs.rows, this.featureWidth]);
      const [blend, corrections] = this.network.predict(windows) as Tensor[];
      const pick = (table: Float32Array | Float64Array, columns: number): Tensor2D =>
        tensor2d(rowsOf(table, atRows, columns), [atRows.length, columns]);
      const { order } = this.foundation.model;
      return this.combine({
        regressors: tensor2d(regressors(z, atRows, order, tags), [atRows.length, order * tags]),
        last: pick(z, tags),
        level: pick(inputs.level, tags),
        spread: pick(inputs.spread, tags),
        calm: pick(inputs.calm, 1),
        blend: gatherRows(blend, atRows),
        corrections: gatherRows(corrections, atRows),
      });
    });
  }

  /** Half-width for misses in a share α of cases at position `at` of horizon × tags, in units of {@link scale}. */
  private quantile(inputs: ForecastInputs, row: number, at: number, alpha: number): number {
    const regime = inputs.excitement[row] > this.foundation.disturbedAbove ? 1 : 0;
    const levels = COVERAGE_LEVELS.length;
    const from = (regime * FORECAST_HORIZON * this.tags + at) * levels;
    return interpolated(this.intervals.halfWidths, from, 1 - alpha);
  }

  private scale(inputs: ForecastInputs, row: number, at: number): number {
    return inputs.spread[row * this.tags + (at % this.tags)];
  }

  async toFiles(): Promise<Map<string, Uint8Array>> {
    const { scaler, model, innovationVariance } = this.foundation;
    const meta = {
      scaler: scaler.toJSON(),
      order: model.order,
      disturbedAbove: this.foundation.disturbedAbove,
    };
    const tensors = {
      coefficients: model.coefficients,
      innovationVariance,
      halfWidths: this.intervals.halfWidths,
    };
    return new Map([
      ...(await layersModelFiles(this.network)),
      ...tensorFiles(meta, tensors, SCALER, SCALER_NUMBERS),
    ]);
  }

  /** @throws ModelStoreError model_corrupt */
  static async fromFiles(files: ModelFiles): Promise<ForecastModel> {
    const network = await layersModelFromFiles(files);
    const { meta, tensors } = tensorsFromFiles(files, SCALER, SCALER_NUMBERS);
    const {
      scaler: json,
      order,
      disturbedAbove,
    } = meta as { scaler: ScalerJson; order: number; disturbedAbove: number };
    const scaler = StandardScaler.fromJSON(json);
    const model = new RidgeVar(order, scaler.columns, Float64Array.from(tensors.coefficients));
    const innovationVariance = Float64Array.from(tensors.innovationVariance);
    const halfWidths = Float32Array.from(tensors.halfWidths);
    return new ForecastModel(network, { scaler, model, innovationVariance, disturbedAbove }, { halfWidths });
  }
}

/** (I − C_h) per step, where C_h is the forecast that a constant past of 1 leads to: tags × horizon · tags. */
function levelEffect(direct: Float32Array, order: number, tags: number): Float32Array {
  const width = FORECAST_HORIZON * tags;
  const effect = new Float32Array(tags * width);
  for (let i = 0; i < tags; i++) {
    for (let h = 0; h < FORECAST_HORIZON; h++) effect[i * width + h * tags + i] = 1;
    for (let k = 0; k < order; k++) {
      for (let at = 0; at < width; at++) effect[i * width + at] -= direct[(k * tags + i) * width + at];
    }
  }
  return effect;
}

/** Straight lines between the tabulated coverages; beyond them the first stretch from 0 and the last one go on. */
function interpolated(table: Float32Array, from: number, coverage: number): number {
  const levels = COVERAGE_LEVELS;
  let above = levels.findIndex((level) => level >= coverage);
  if (above < 0) above = levels.length - 1;
  const [low, high] = above === 0 ? [0, levels[0]] : [levels[above - 1], levels[above]];
  const [narrow, wide] = above === 0 ? [0, table[from]] : [table[from + above - 1], table[from + above]];
  return Math.max(0, narrow + ((coverage - low) / (high - low)) * (wide - narrow));
}

function rowsOf(table: Float32Array | Float64Array, rows: readonly number[], columns: number): Float32Array {
  const out = new Float32Array(rows.length * columns);
  rows.forEach((row, n) => out.set(table.subarray(row * columns, (row + 1) * columns), n * columns));
  return out;
}

/** Rows of a [1, rows, width] tensor. */
function gatherRows(sequence: Tensor, rows: readonly number[]): Tensor2D {
  const [, count, width] = sequence.shape;
  const flat = reshape<Rank.R2>(sequence, [count, width]);
  return gather(flat, tensor1d([...rows], 'int32'));
}
