import { choleskyFactor, choleskyInverse, choleskySolve } from '../math/cholesky.js';
import { covariance } from '../math/covariance.js';
import { VARIANCE_FLOOR, type InnovationModel } from '../math/innovation-model.js';
import { InnovationResiduals } from './innovation-residuals.js';
import { SlowQuadraticTerms, type SlowQuadraticParameters } from './slow-quadratic-terms.js';
import { symmetricEigen } from '../math/symmetric-eigen.js';

export interface SlowQuadraticOptions {
  /** Principal components of the slow motion that are multiplied with each other. Default 8. */
  readonly components?: number;
  /** Smoothing factor that separates slow motion from noise. Default 0.2. */
  readonly smoothing?: number;
  /** Ridge penalty as a share of the number of samples. Default 1e-4. */
  readonly ridge?: number;
}

/** Rows after which an average that began at zero is settled. */
const SETTLING_ROWS = 30;

/**
 * Regresses the innovations of a linear model on a constant and products of slow components, and returns the terms together with the
 * model whose innovation covariance is that of what is left.
 *
 * @param runs standardised, row-major, finite
 */
export function fitSlowQuadraticTerms(
  runs: readonly Float64Array[],
  model: InnovationModel,
  { components = 8, smoothing = 0.2, ridge = 1e-4 }: SlowQuadraticOptions = {},
): { model: InnovationModel; quadratic: SlowQuadraticParameters } {
  const { columns } = model;
  const unweighted = slowComponents(runs, columns, Math.min(components, columns), smoothing);
  const moments = jointMoments(runs, model, unweighted);
  const products = unweighted.productMeans.length;
  const { size, matrix, samples } = moments;
  const gram = new Float64Array(products * products);
  const weights = new Float64Array(products * columns);
  for (let i = 0; i < products; i++) {
    gram.set(matrix.subarray(i * size, i * size + products), i * products);
    gram[i * products + i] += ridge * samples;
    weights.set(matrix.subarray(i * size + products, (i + 1) * size), i * columns);
  }
  choleskySolve(choleskyFactor(gram, products), products, weights, columns);
  const remaining = remainingCovariance(moments, weights, products, columns);
  for (let i = 0; i < columns; i++) remaining[i * columns + i] += VARIANCE_FLOOR;
  const precision = choleskyInverse(choleskyFactor(remaining, columns), columns);
  return {
    model: { ...model, covariance: remaining, precision },
    quadratic: {
      ...unweighted,
      productMeans: moments.mean.slice(0, products),
      intercept: moments.mean.slice(products),
      weights,
    },
  };
}

function slowComponents(
  runs: readonly Float64Array[],
  columns: number,
  components: number,
  smoothing: number,
): SlowQuadraticParameters {
  const averaged = runs.map((run) => settledAverage(run, columns, smoothing));
  const { values, vectors } = symmetricEigen(covariance(averaged, columns), columns);
  const projection = vectors.slice(0, components * columns).map((value, at) => {
    const variance = values[Math.floor(at / columns)];
    return variance > 0 ? value / Math.sqrt(variance) : 0;
  });
  const products = (components * (components + 1)) / 2;
  return {
    columns,
    components,
    smoothing,
    projection,
    productMeans: new Float64Array(products),
    intercept: new Float64Array(columns),
    weights: new Float64Array(products * columns),
  };
}

/** Exponential average of each column, without the rows in which it still settles. */
function settledAverage(run: Float64Array, columns: number, smoothing: number): Float64Array {
  const averaged = new Float64Array(run.length);
  for (let at = 0; at < run.length; at++) {
    const before = at < columns ? 0 : averaged[at - columns];
    averaged[at] = before + smoothing * (run[at] - before);
  }
  return averaged.subarray(Math.min(SETTLING_ROWS * columns, run.length - columns));
}

interface JointMoments {
  readonly size: number;
  readonly samples: number;
  readonly mean: Float64Array;
  /** Σ (x − mean)·(x − mean)ᵀ of x = (products, innovations), size², symmetric. */
  readonly matrix: Float64Array;
}

function jointMoments(
  runs: readonly Float64Array[],
  model: InnovationModel,
  unweighted: SlowQuadraticParameters,
): JointMoments {
  const { columns } = model;
  const terms = new SlowQuadraticTerms(unweighted);
  const residuals = new InnovationResiduals(model, terms);
  const products = terms.products.length;
  const size = products + columns;
  const matrix = new Float64Array(size * size);
  const mean = new Float64Array(size);
  const joint = new Float64Array(size);
  let samples = 0;
  for (const run of runs) {
    residuals.reset();
    for (let at = 0; at < run.length; at += columns) {
      if (!residuals.push(run.subarray(at, at + columns))) continue;
      samples++;
      joint.set(terms.products);
      joint.set(residuals.innovation, products);
      for (let i = 0; i < size; i++) {
        const factor = joint[i];
        mean[i] += factor;
        for (let j = 0, cell = i * size; j <= i; j++, cell++) matrix[cell] += factor * joint[j];
      }
    }
  }
  for (let i = 0; i < size; i++) mean[i] /= samples;
  for (let i = 0; i < size; i++) {
    for (let j = 0; j <= i; j++) {
      matrix[i * size + j] -= samples * mean[i] * mean[j];
      matrix[j * size + i] = matrix[i * size + j];
    }
  }
  return { size, samples, mean, matrix };
}

/** Covariance of e − Wᵀf: (EE − WᵀFE − EFᵀW + WᵀFF·W) / samples. */
function remainingCovariance(
  { size, matrix, samples }: JointMoments,
  weights: Float64Array,
  products: number,
  columns: number,
): Float64Array {
  // Rows of A = FE − FF·W/2, so that the correction is −(WᵀA + AᵀW).
  const half = new Float64Array(products * columns);
  for (let i = 0; i < products; i++) {
    for (let j = 0; j < columns; j++) half[i * columns + j] = matrix[i * size + products + j];
    for (let k = 0; k < products; k++) {
      const factor = matrix[i * size + k] / 2;
      for (let j = 0; j < columns; j++) half[i * columns + j] -= factor * weights[k * columns + j];
    }
  }
  const remaining = new Float64Array(columns * columns);
  for (let i = 0; i < columns; i++) {
    for (let j = 0; j < columns; j++) {
      let sum = matrix[(products + i) * size + products + j];
      for (let k = 0; k < products; k++) {
        sum -=
          weights[k * columns + i] * half[k * columns + j] + half[k * columns + i] * weights[k * columns + j];
      }
      remaining[i * columns + j] = sum / samples;
    }
  }
  return remaining;
}
