import { backSubstitute, choleskyFactor, forwardSubstitute } from '../math/cholesky.js';
import { assertRuns, type DetectorFitInput } from './detector.js';
import { empiricalLimit } from './calibration.js';
import { laggedMoments } from '../math/lagged-moments.js';
import { QuadraticDetector } from './quadratic.detector.js';
import { StandardScaler } from '../math/standard-scaler.js';
import { symmetricEigen } from '../math/symmetric-eigen.js';

export interface CvaOptions {
  /** Samples in the past and in the future vector. Default 3. */
  readonly lags?: number;
  /** Dimension of the state: the leading canonical directions left out of the residual. Default 25. */
  readonly states?: number;
  /** Ridge on both covariance matrices, standardised. Default 1e-5. */
  readonly ridge?: number;
  /** Share of normal samples in alarm that the limit is set for. Default 0.01. */
  readonly falseAlarmRate?: number;
}

/**
 * Canonical variate analysis, residual statistic T²_r: the part of the past (present sample included) which does not
 * help to predict the future, in units of its normal covariance (Larimore, 1983; Russell, Chiang and Braatz, Chemom.
 * Intell. Lab. Syst. 51, 2000). With p = past, L·Lᵀ its covariance and U the leading left singular vectors of
 * L⁻¹·Σ_pf·L_f⁻ᵀ: T²_r = ‖(I − U·Uᵀ)·L⁻¹·p‖².
 *
 * @throws RangeError on malformed runs, too few calibration samples or an impossible number of states
 */
export function fitCva(input: DetectorFitInput, options: CvaOptions = {}): QuadraticDetector {
  const { tagCodes, trainingRuns, calibrationRuns } = input;
  const { lags = 3, states = 25, ridge = 1e-5, falseAlarmRate = 0.01 } = options;
  const tags = tagCodes.length;
  const size = tags * lags;
  if (!(Number.isInteger(states) && states >= 1 && states < size)) {
    throw new RangeError(`${states} states of ${size} past values: there must be 1 … ${size - 1}`);
  }
  assertRuns(trainingRuns, tags, 'training run');
  const scaler = StandardScaler.fit(trainingRuns, tags);
  const runs = trainingRuns.map((run) => scaler.transform(run));
  const { matrix, samples } = laggedMoments(runs, tags, 2 * lags - 1);
  // The stack is newest first: future z(t+lags) … z(t+1), then past z(t) … z(t−lags+1).
  const block = (row: number, column: number): Float64Array => {
    const out = new Float64Array(size * size);
    for (let i = 0; i < size; i++) {
      for (let j = 0; j < size; j++) out[i * size + j] = matrix[(row + i) * 2 * size + column + j] / samples;
      if (row === column) out[i * size + i] += ridge;
    }
    return out;
  };
  const pastFactor = choleskyFactor(block(size, size), size);
  const canonical = canonicalDirections(pastFactor, choleskyFactor(block(0, 0), size), block(size, 0), size);
  const { mean, standardDeviation } = scaler;
  const form = residualForm(pastFactor, canonical, states, size);
  const fitted = new QuadraticDetector({
    name: 'cva',
    tagCodes,
    mean,
    standardDeviation,
    lags,
    form,
    limit: Infinity,
  });
  return fitted.withLimit(empiricalLimit(fitted, calibrationRuns, falseAlarmRate));
}

/** Left singular vectors of H = L_p⁻¹·Σ_pf·L_f⁻ᵀ, as rows, strongest first: eigenvectors of H·Hᵀ. */
function canonicalDirections(
  pastFactor: Float64Array,
  futureFactor: Float64Array,
  cross: Float64Array,
  size: number,
): Float64Array {
  const whitened = forwardSubstitute(pastFactor, size, cross, size);
  const transposed = transpose(whitened, size);
  forwardSubstitute(futureFactor, size, transposed, size);
  const squared = new Float64Array(size * size);
  for (let k = 0; k < size; k++) {
    const row = transposed.subarray(k * size, (k + 1) * size);
    for (let i = 0; i < size; i++) {
      for (let j = 0; j < size; j++) squared[i * size + j] += row[i] * row[j];
    }
  }
  return symmetricEigen(squared, size).vectors;
}

/** L⁻ᵀ·(Σ over the left-out directions of u·uᵀ)·L⁻¹. */
function residualForm(
  factor: Float64Array,
  directions: Float64Array,
  states: number,
  size: number,
): Float64Array {
  const residual = size - states;
  // Columns L⁻ᵀ·u, one per residual direction.
  const columns = transposeTail(directions, states, size);
  backSubstitute(factor, size, columns, residual);
  const form = new Float64Array(size * size);
  for (let i = 0; i < size; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = 0;
      for (let k = 0; k < residual; k++) sum += columns[i * residual + k] * columns[j * residual + k];
      form[i * size + j] = sum;
      form[j * size + i] = sum;
    }
  }
  return form;
}

function transpose(matrix: Float64Array, size: number): Float64Array {
  return transposeTail(matrix, 0, size);
}

/** Rows from `first` on, as columns. */
function transposeTail(rows: Float64Array, first: number, size: number): Float64Array {
  const count = size - first;
  const columns = new Float64Array(size * count);
  for (let k = 0; k < count; k++) {
    for (let i = 0; i < size; i++) columns[i * count + k] = rows[(first + k) * size + i];
  }
  return columns;
}
