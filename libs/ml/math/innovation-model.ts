import { choleskyFactor, choleskyInverse, choleskySolve } from './cholesky.js';
import { laggedMoments, type LaggedMoments } from './lagged-moments.js';

export interface InnovationModelOptions {
  /** Past samples the prediction is made from. Default 6. */
  readonly lags?: number;
  /** Ridge penalty as a share of the number of samples, on standardised tags. Default 1e-5. */
  readonly ridge?: number;
}

/** One-step-ahead prediction of every tag from the past of all tags, and the covariance of what it leaves over. */
export interface InnovationModel {
  readonly columns: number;
  readonly lags: number;
  /** columns × (lags·columns): row i predicts tag i from (z(t−1), …, z(t−lags)). */
  readonly coefficients: Float64Array;
  /** Covariance of the innovations, columns², and its inverse. */
  readonly covariance: Float64Array;
  readonly precision: Float64Array;
}

/**
 * Added to the innovation variance of every standardised tag. A tag that follows exactly from the others would otherwise
 * make an alarm of its last digit.
 */
export const VARIANCE_FLOOR = 1e-8;

/**
 * Vector autoregression by ridge regression, from the moments alone.
 *
 * @param runs standardised, row-major, columns without spread all zero
 * @throws RangeError when a run is too short
 */
export function fitInnovationModel(
  runs: readonly Float64Array[],
  columns: number,
  { lags = 6, ridge = 1e-5 }: InnovationModelOptions = {},
): InnovationModel {
  const moments = laggedMoments(runs, columns, lags);
  const solution = ridgeFromMoments(moments, ridge * moments.samples);
  const covariance = innovationCovariance(moments, solution);
  for (let i = 0; i < columns; i++) covariance[i * columns + i] += VARIANCE_FLOOR;
  const past = lags * columns;
  const coefficients = new Float64Array(columns * past);
  for (let i = 0; i < past; i++)
    for (let j = 0; j < columns; j++) coefficients[j * past + i] = solution[i * columns + j];
  const precision = choleskyInverse(choleskyFactor(covariance, columns), columns);
  return { columns, lags, coefficients, covariance, precision };
}

/** B = (G + αI)⁻¹·C, past × columns, where G holds the products of the past with itself and C those with the present. */
export function ridgeFromMoments({ columns, lags, matrix }: LaggedMoments, penalty: number): Float64Array {
  const size = (lags + 1) * columns;
  const past = lags * columns;
  const gram = new Float64Array(past * past);
  const right = new Float64Array(past * columns);
  for (let i = 0; i < past; i++) {
    const row = (i + columns) * size;
    gram.set(matrix.subarray(row + columns, row + size), i * past);
    gram[i * past + i] += penalty;
    right.set(matrix.subarray(row, row + columns), i * columns);
  }
  return choleskySolve(choleskyFactor(gram, past), past, right, columns);
}

/** (R₀₀ − CᵀB − BᵀC + BᵀGB) / samples. */
function innovationCovariance(
  { columns, lags, samples, matrix }: LaggedMoments,
  solution: Float64Array,
): Float64Array {
  const size = (lags + 1) * columns;
  const past = lags * columns;
  // With W = (I; −B) stacked, the sum is Wᵀ·M·W.
  const weights = new Float64Array(size * columns);
  for (let i = 0; i < columns; i++) weights[i * columns + i] = 1;
  for (let i = 0; i < past * columns; i++) weights[columns * columns + i] = -solution[i];
  const half = multiply(matrix, weights, size, size, columns);
  const covariance = new Float64Array(columns * columns);
  for (let k = 0; k < size; k++) {
    for (let i = 0; i < columns; i++) {
      const factor = weights[k * columns + i] / samples;
      if (factor === 0) continue;
      for (let j = 0; j < columns; j++) covariance[i * columns + j] += factor * half[k * columns + j];
    }
  }
  return covariance;
}

/** (n×m)·(m×p), row-major. */
function multiply(a: Float64Array, b: Float64Array, n: number, m: number, p: number): Float64Array {
  const out = new Float64Array(n * p);
  for (let i = 0; i < n; i++) {
    for (let k = 0; k < m; k++) {
      const factor = a[i * m + k];
      for (let j = 0; j < p; j++) out[i * p + j] += factor * b[k * p + j];
    }
  }
  return out;
}
