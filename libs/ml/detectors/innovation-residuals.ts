import { choleskyFactor, choleskySolve } from '../math/cholesky.js';
import { ConstantMatrix } from '../math/constant-matrix.js';
import type { SnapshotReader } from './snapshot.js';
import type { ChartInput } from './innovation-charts.js';
import type { InnovationModel } from '../math/innovation-model.js';
import type { SlowQuadraticTerms } from './slow-quadratic-terms.js';

/** A sample is used only if more than this share of its tags is present. */
const SHARE_NEEDED = 0.5;
/** An innovation of so many standard deviations, in at most two tags, is taken for a wild value when it comes alone. */
const WILD_DEVIATIONS = 10;
const WILD_TAGS = 2;

/**
 * What one-step prediction leaves over of each sample, seen in three ways (all of unit variance in normal operation):
 *
 * - `sensor`: g_i = [S⁻¹r]_i / √(S⁻¹)_ii, the innovation of tag i adjusted for those of all other tags, the optimal test
 *   for a disturbance of that tag at one instant (Hawkins, Technometrics 33, 1991);
 * - `step`: h_i = d_iᵀS⁻¹r / √(d_iᵀS⁻¹d_i) with d_i = (I − ΣA_k)·e_i, the innovation which a lasting shift of tag i leaves
 *   behind once the prediction has seen it, the optimal test for a step;
 * - `energy`: rᵀS⁻¹r, all directions at once; its normal mean is the number of tags.
 *
 * A missing value is replaced by its conditional mean given the prediction and the values present, which makes its g
 * zero and leaves those of the others exact. A sample with half of the tags missing breaks the history. A wild value is
 * assessed as it is, but remembered as its conditional mean, so that one bad reading does not spoil the predictions of
 * the next hour; what stays wild is believed from the second sample on, and the first one with it: a past that is half
 * believed makes every other prediction wrong, which looks wild in turn, for hours.
 */
export class InnovationResiduals implements ChartInput {
  readonly sensor: Float64Array;
  readonly step: Float64Array;
  energy = 0;
  /** Whether the values of the last sample are those of the one before again, none of them changed: the plant stands still. */
  repeats = false;
  /** What the prediction left over, on the standardised scale; a wild value as its conditional mean. */
  readonly innovation: Float64Array;
  private readonly predicted: Float64Array;
  /** What a prediction is made from: the past samples, then the products of slow components, then 1. */
  private readonly regressors: Float64Array;
  private readonly history: Float64Array;
  private readonly prediction: ConstantMatrix;
  /** S⁻¹ above the step signatures times S⁻¹: both projections of an innovation in one product. */
  private readonly projection: ConstantMatrix;
  private readonly projected: Float64Array;
  private readonly sensorScale: Float64Array;
  private readonly deviation: Float64Array;
  /** Last value of a tag that was taken for wild; 0 for the others. */
  private readonly wasWild: Float64Array;
  private seen = 0;

  /**
   * @param jumps what is remembered of the first value of a jump once the second has shown it to be one: 'whole' that
   *   value, 'half' its conditional mean for good
   */
  constructor(
    private readonly model: InnovationModel,
    private readonly quadratic: SlowQuadraticTerms,
    private readonly jumps: 'whole' | 'half' = 'whole',
  ) {
    const { columns, lags, covariance, precision } = model;
    this.sensor = new Float64Array(columns);
    this.step = new Float64Array(columns);
    this.predicted = new Float64Array(columns);
    this.innovation = new Float64Array(columns);
    this.regressors = new Float64Array(columns * lags + quadratic.products.length + 1).fill(1, -1);
    this.history = this.regressors.subarray(0, columns * lags);
    this.prediction = predictionMatrix(model, quadratic);
    this.projection = projectionMatrix(model);
    this.projected = new Float64Array(2 * columns);
    this.sensorScale = Float64Array.from(
      { length: columns },
      (_, i) => 1 / Math.sqrt(precision[i * columns + i]),
    );
    this.deviation = Float64Array.from({ length: columns }, (_, i) => Math.sqrt(covariance[i * columns + i]));
    this.wasWild = new Float64Array(columns);
  }

  /**
   * @param standardised one sample; NaN is replaced in place by the conditional mean
   * @returns whether there was a full past, so that the residuals are valid
   */
  push(standardised: Float64Array): boolean {
    const { columns, lags } = this.model;
    const missing = indicesOfNaN(standardised);
    if (missing.length >= (1 - SHARE_NEEDED) * columns) {
      this.reset();
      return false;
    }
    this.repeats = this.seen > 0 && repeatsRow(standardised, this.history);
    this.predict();
    for (let i = 0; i < columns; i++) this.innovation[i] = standardised[i] - this.predicted[i];
    if (missing.length > 0) this.fill(missing, standardised);
    const ready = this.seen === lags;
    if (ready) {
      this.project();
      this.tameWildValues(standardised);
    } else {
      this.seen++;
    }
    this.history.copyWithin(columns, 0);
    this.history.set(standardised);
    this.quadratic.push(standardised);
    return ready;
  }

  /** Forgets the past. */
  reset(): void {
    this.seen = 0;
    this.history.fill(0);
    this.wasWild.fill(0);
    this.quadratic.reset();
  }

  state(): { seen: number; history: number[]; slow: number[]; wasWild: number[] } {
    const { seen, history, quadratic, wasWild } = this;
    return {
      seen,
      history: Array.from(history),
      slow: Array.from(quadratic.slow),
      wasWild: Array.from(wasWild),
    };
  }

  restore(reader: SnapshotReader): void {
    this.seen = reader.number('seen');
    reader.into('history', this.history);
    reader.into('slow', this.quadratic.slow);
    reader.into('wasWild', this.wasWild);
  }

  private predict(): void {
    const { quadratic, history, regressors, prediction, predicted } = this;
    quadratic.multiply();
    regressors.set(quadratic.products, history.length);
    prediction.multiply(regressors, predicted);
  }

  /** Conditional means of the missing innovations, P_mm·r_m = −P_mo·r_o with P = S⁻¹. */
  private fill(missing: readonly number[], standardised: Float64Array): void {
    const { columns, precision } = this.model;
    const { innovation, predicted } = this;
    const size = missing.length;
    for (const i of missing) innovation[i] = 0;
    const solution = Float64Array.from(missing, (i) => -dotRow(precision, i, innovation));
    const block = Float64Array.from({ length: size * size }, (_, at) => {
      return precision[missing[Math.floor(at / size)] * columns + missing[at % size]];
    });
    choleskySolve(choleskyFactor(block, size), size, solution);
    missing.forEach((i, k) => {
      innovation[i] = solution[k];
      standardised[i] = predicted[i] + solution[k];
    });
  }

  private tameWildValues(standardised: Float64Array): void {
    const { innovation, deviation, history, jumps, wasWild } = this;
    const wild: number[] = [];
    for (let i = 0; i < deviation.length; i++) {
      if (Math.abs(innovation[i]) > WILD_DEVIATIONS * deviation[i]) wild.push(i);
    }
    const alone = wild.length > 0 && wild.length <= WILD_TAGS && wild.every((i) => wasWild[i] === 0);
    if (jumps === 'whole') for (const i of wild) if (wasWild[i] !== 0) history[i] = wasWild[i];
    wasWild.fill(0);
    if (!alone) return;
    const values = wild.map((i) => standardised[i]);
    this.fill(wild, standardised);
    wild.forEach((i, k) => (wasWild[i] = values[k] === 0 ? Number.MIN_VALUE : values[k]));
  }

  private project(): void {
    const { innovation, projection, projected, sensor, step, sensorScale } = this;
    const columns = innovation.length;
    projection.multiply(innovation, projected);
    let energy = 0;
    for (let i = 0; i < columns; i++) {
      sensor[i] = projected[i] * sensorScale[i];
      energy += projected[i] * innovation[i];
      step[i] = projected[columns + i];
    }
    this.energy = energy;
  }
}

function predictionMatrix(model: InnovationModel, { parameters }: SlowQuadraticTerms): ConstantMatrix {
  const { columns, lags, coefficients } = model;
  const { weights, intercept } = parameters;
  const past = columns * lags;
  const products = weights.length / columns;
  const width = past + products + 1;
  const matrix = new Float64Array(columns * width);
  for (let i = 0; i < columns; i++) {
    const row = matrix.subarray(i * width, (i + 1) * width);
    row.set(coefficients.subarray(i * past, (i + 1) * past));
    for (let k = 0; k < products; k++) row[past + k] = weights[k * columns + i];
    row[width - 1] = intercept[i];
  }
  return new ConstantMatrix(matrix, columns, width);
}

function projectionMatrix(model: InnovationModel): ConstantMatrix {
  const { columns, precision } = model;
  const signatures = stepSignatures(model);
  const matrix = new Float64Array(2 * columns * columns);
  matrix.set(precision);
  for (let i = 0; i < columns; i++) {
    const signature = signatures.subarray(i * columns, (i + 1) * columns);
    // S⁻¹ is symmetric: its rows are its columns.
    for (let j = 0; j < columns; j++) matrix[(columns + i) * columns + j] = dotRow(precision, j, signature);
  }
  return new ConstantMatrix(matrix, 2 * columns, columns);
}

/** Rows d_i / √(d_iᵀ·S⁻¹·d_i), where d_i is column i of I − ΣA_k. */
function stepSignatures({ columns, lags, coefficients, precision }: InnovationModel): Float64Array {
  const signatures = new Float64Array(columns * columns);
  for (let i = 0; i < columns; i++) {
    const row = signatures.subarray(i * columns, (i + 1) * columns);
    for (let j = 0; j < columns; j++) {
      row[j] = i === j ? 1 : 0;
      for (let lag = 0; lag < lags; lag++) row[j] -= coefficients[(j * lags + lag) * columns + i];
    }
    let length = 0;
    for (let j = 0; j < columns; j++) length += row[j] * dotRow(precision, j, row);
    const scale = length > 0 ? 1 / Math.sqrt(length) : 0;
    for (let j = 0; j < columns; j++) row[j] *= scale;
  }
  return signatures;
}

/** Row `row` of a square row-major matrix times a vector. */
function dotRow(matrix: Float64Array, row: number, vector: Float64Array): number {
  const size = vector.length;
  let sum = 0;
  for (let j = 0, at = row * size; j < size; j++, at++) sum += matrix[at] * vector[j];
  return sum;
}

/** Whether the values that are present are those at the start of `past`. */
function repeatsRow(values: Float64Array, past: Float64Array): boolean {
  for (let i = 0; i < values.length; i++) if (values[i] !== past[i] && !Number.isNaN(values[i])) return false;
  return true;
}

function indicesOfNaN(values: Float64Array): number[] {
  const indices: number[] = [];
  for (let i = 0; i < values.length; i++) if (Number.isNaN(values[i])) indices.push(i);
  return indices;
}
