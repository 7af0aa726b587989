import type { Rank, Tensor, Tensor2D } from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { ForecastBlend } from './blend.js';
import { FORECAST_HORIZON } from './horizon.js';
import {
  directForecastMatrix,
  type ForecastFoundation,
  type ForecastInputs,
  forecastFeatureWidth,
  forecastInputs,
  regressors,
} from './inputs.js';
import {
  ADAPTATION_STRIDE,
  ADAPTED_STEPS,
  adaptedLevels,
  COVERAGE_LEVELS,
  coverageReaching,
  INTERVAL_ALPHA,
  interpolatedHalfWidth,
} from './intervals.js';
import { ForecastRivals } from './rivals.js';
import { layersModelFiles, layersModelFromFiles } from '../store/layers-model-files.js';
import { type ModelFiles, tensorFiles, tensorsFromFiles } from '../store/model-files.js';
import { CONTEXT_ROWS } from '../window/prediction-window.js';
import { RidgeVar } from './ridge-var.js';
import type { ScalerJson } from '../math/scaler.js';
import { StandardScaler } from '../math/standard-scaler.js';
import { valuesOf } from '../network/tensor-values.js';
import { tfCore } from '../network/tensorflow.js';

const { gather, reshape, tensor, tensor1d, tensor2d, tidy } = tfCore;

/** Layers of the network. */
export const MEMORY = 'memory';
export const BLEND = 'blend';
export const CORRECTIONS = 'corrections';

const SCALER = 'scaler.json';
const SCALER_NUMBERS = 'scaler.bin';

/** How far forecasts missed on runs that did not train the network. */
export interface ForecastIntervals {
  /**
   * Half-widths in units of {@link ForecastModel.scale}, for a calm and for a disturbed plant:
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
  /** All steps of the horizon. */
  private readonly blend: ForecastBlend;
  /** The steps that train the network and adapt the intervals. */
  readonly sparseBlend: ForecastBlend;

  constructor(
    /** Windows [batch, rows, features] to [blend coefficients, correction coefficients] of every row. */
    readonly network: LayersModel,
    readonly foundation: ForecastFoundation,
    readonly intervals: ForecastIntervals,
    readonly rivals: ForecastRivals,
  ) {
    const direct = directForecastMatrix(foundation.model, FORECAST_HORIZON);
    const { columns } = foundation.model;
    const steps = Array.from({ length: FORECAST_HORIZON }, (_, n) => n + 1);
    this.blend = new ForecastBlend(direct, columns, steps);
    this.sparseBlend = new ForecastBlend(direct, columns, ADAPTED_STEPS);
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

  /** Forecasts made at the given rows of a window, with 90 % intervals that are not adapted. */
  forecast(z: Float64Array, atRows: readonly number[]): StandardisedForecast {
    const inputs = this.inputs(z);
    const { tags } = this;
    const width = FORECAST_HORIZON * tags;
    const halfWidths = new Float32Array(atRows.length * width);
    atRows.forEach((row, n) => {
      for (let at = 0; at < width; at++) {
        halfWidths[n * width + at] = this.halfWidth(inputs, row, at, INTERVAL_ALPHA);
      }
    });
    const hidden = this.hidden(inputs);
    const values = valuesOf(() => this.combined(this.blend, z, inputs, hidden, atRows));
    hidden.dispose();
    return { values, halfWidths };
  }

  /**
   * Forecasts made at the given rows, by default the last one, their intervals adapted to how far the forecasts made in the
   * window before them missed what came of them (adaptive conformal inference).
   * @param z standardised rows: a window, or a whole run that is long past when it is assessed
   */
  forecastAdapted(
    z: Float64Array,
    atRows: readonly number[] = [z.length / this.tags - 1],
  ): StandardisedForecast {
    const { tags } = this;
    const inputs = this.inputs(z);
    const pastRows = this.assessedRows(inputs.rows, atRows);
    const hidden = this.hidden(inputs);
    const values = valuesOf(() => this.combined(this.blend, z, inputs, hidden, atRows));
    const past = valuesOf(() => this.combined(this.sparseBlend, z, inputs, hidden, pastRows));
    hidden.dispose();
    const assessed = {
      tags,
      heldUpTo: this.heldUpTo(z, inputs, pastRows, past),
      indexOf: new Map(pastRows.map((row, n) => [row, n])),
    };
    const width = FORECAST_HORIZON * tags;
    const halfWidths = new Float32Array(atRows.length * width);
    atRows.forEach((row, n) => {
      const from = Math.max(0, row + 1 - CONTEXT_ROWS) + this.foundation.model.order;
      const levels = adaptedLevels(assessed, from, row);
      levels.forEach((alpha, at) => (halfWidths[n * width + at] = this.halfWidth(inputs, row, at, alpha)));
    });
    return { values, halfWidths };
  }

  /** Rows whose forecasts are assessed before any of `atRows`. */
  private assessedRows(rows: number, atRows: readonly number[]): number[] {
    const wanted = new Set(atRows.map((row) => row % ADAPTATION_STRIDE));
    return Array.from({ length: rows }, (_, row) => row).filter(
      (row) => row >= this.foundation.model.order && wanted.has(row % ADAPTATION_STRIDE),
    );
  }

  /** Largest α whose interval held what came of the forecasts at {@link ADAPTED_STEPS}: rows × steps · tags. */
  private heldUpTo(
    z: Float64Array,
    inputs: ForecastInputs,
    rows: readonly number[],
    values: Float32Array,
  ): Float64Array {
    const { tags } = this;
    const table = this.intervals.halfWidths;
    const held = new Float64Array(values.length);
    rows.forEach((row, n) => {
      ADAPTED_STEPS.forEach((step, s) => {
        for (let tag = 0; tag < tags; tag++) {
          const at = (n * ADAPTED_STEPS.length + s) * tags + tag;
          const miss = Math.abs(z[(row + step) * tags + tag] - values[at]);
          const from = this.tableAt(inputs, row, (step - 1) * tags + tag);
          held[at] = 1 - coverageReaching(table, from, miss / this.scale(inputs, row, tag));
        }
      });
    });
    return held;
  }

  /** Forecasts made at the given rows of a window, without intervals: rows × horizon × tags. */
  values(z: Float64Array, atRows: readonly number[]): Float32Array {
    const inputs = this.inputs(z);
    const hidden = this.hidden(inputs);
    const values = valuesOf(() => this.combined(this.blend, z, inputs, hidden, atRows));
    hidden.dispose();
    return values;
  }

  /** What the LSTM remembers after every row: [rows, units]. */
  private hidden(inputs: ForecastInputs): Tensor2D {
    return tidy(() => {
      const windows = tensor(inputs.features, [1, inputs.rows, this.featureWidth]);
      const sequence = this.network.getLayer(MEMORY).apply(windows) as Tensor;
      return reshape<Rank.R2>(sequence, [inputs.rows, sequence.shape[2] ?? 0]);
    });
  }

  private combined(
    blend: ForecastBlend,
    z: Float64Array,
    inputs: ForecastInputs,
    hidden: Tensor2D,
    atRows: readonly number[],
  ): Tensor2D {
    const { tags } = this;
    const { order } = this.foundation.model;
    const pick = (table: Float32Array | Float64Array, columns: number): Tensor2D =>
      tensor2d(rowsOf(table, atRows, columns), [atRows.length, columns]);
    const remembered = gather(hidden, tensor1d([...atRows], 'int32'));
    return blend.combine({
      regressors: tensor2d(regressors(z, atRows, order, tags), [atRows.length, order * tags]),
      last: pick(z, tags),
      level: pick(inputs.level, tags),
      spread: pick(inputs.spread, tags),
      calm: pick(inputs.calm, 1),
      blend: this.network.getLayer(BLEND).apply(remembered) as Tensor2D,
      corrections: this.network.getLayer(CORRECTIONS).apply(remembered) as Tensor2D,
    });
  }

  /** Half-width for misses in a share α of cases, of the forecast made at a row, at position `at` of horizon × tags. */
  private halfWidth(inputs: ForecastInputs, row: number, at: number, alpha: number): number {
    const from = this.tableAt(inputs, row, at);
    return (
      interpolatedHalfWidth(this.intervals.halfWidths, from, 1 - alpha) *
      this.scale(inputs, row, at % this.tags)
    );
  }

  /** Where the half-widths of a position begin in the table. */
  private tableAt(inputs: ForecastInputs, row: number, at: number): number {
    return (this.regime(inputs, row) * FORECAST_HORIZON * this.tags + at) * COVERAGE_LEVELS.length;
  }

  /** 0: calm, 1: disturbed. */
  regime(inputs: ForecastInputs, row: number): 0 | 1 {
    return inputs.excitement[row] > this.foundation.disturbedAbove ? 1 : 0;
  }

  /** Unit of the half-widths of a tag: what it spreads in normal operation when calm, its local spread when disturbed. */
  scale(inputs: ForecastInputs, row: number, tag: number): number {
    return this.regime(inputs, row) === 0 ? 1 : inputs.spread[row * this.tags + tag];
  }

  async toFiles(): Promise<Map<string, Uint8Array>> {
    const { scaler, model, innovationVariance } = this.foundation;
    const meta = {
      scaler: scaler.toJSON(),
      order: model.order,
      disturbedAbove: this.foundation.disturbedAbove,
    };
    const tensors = {
      coefficients: Float32Array.from(model.coefficients),
      innovationVariance,
      halfWidths: this.intervals.halfWidths,
    };
    return new Map([
      ...(await layersModelFiles(this.network)),
      ...tensorFiles(meta, tensors, SCALER, SCALER_NUMBERS),
      ...this.rivals.toFiles(),
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
    const foundation = { scaler, model, innovationVariance, disturbedAbove };
    return new ForecastModel(network, foundation, { halfWidths }, ForecastRivals.fromFiles(files));
  }
}

function rowsOf(table: Float32Array | Float64Array, rows: readonly number[], columns: number): Float32Array {
  const out = new Float32Array(rows.length * columns);
  rows.forEach((row, n) => out.set(table.subarray(row * columns, (row + 1) * columns), n * columns));
  return out;
}
