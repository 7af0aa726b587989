import { covariance } from '../math/covariance.js';
import { assertRuns, type DetectorFitInput, type DetectorName } from './detector.js';
import { empiricalLimit } from './calibration.js';
import { fQuantile } from '../math/f-distribution.js';
import { normalQuantile } from '../math/normal-distribution.js';
import { QuadraticDetector } from './quadratic.detector.js';
import { StandardScaler } from '../math/standard-scaler.js';
import { symmetricEigen, type SymmetricEigen } from '../math/symmetric-eigen.js';

export interface PcaOptions {
  /** Retained components. Default: those whose eigenvalue exceeds what uncorrelated data would show (parallel analysis). */
  readonly components?: number;
  /** Share of normal samples in alarm that the limits are set for. Default 0.01. */
  readonly falseAlarmRate?: number;
  /** From held-out runs, or from the formula for normal data. Default empirical. */
  readonly limits?: 'empirical' | 'theoretical';
}

export interface PcaDetectors {
  readonly t2: QuadraticDetector;
  readonly spe: QuadraticDetector;
}

/**
 * Principal component analysis of the standardised tags: Hotelling's T² inside the retained subspace (name `pca_t2`)
 * and the squared prediction error outside it (`pca_spe`).
 *
 * @throws RangeError on malformed runs, too few calibration samples or an impossible number of components
 */
export function fitPca(input: DetectorFitInput, options: PcaOptions = {}): PcaDetectors {
  const { tagCodes, trainingRuns, calibrationRuns } = input;
  const { falseAlarmRate = 0.01, limits = 'empirical' } = options;
  const tags = tagCodes.length;
  assertRuns(trainingRuns, tags, 'training run');
  const scaler = StandardScaler.fit(trainingRuns, tags);
  const eigen = symmetricEigen(
    covariance(
      trainingRuns.map((run) => scaler.transform(run)),
      tags,
    ),
    tags,
  );
  const samples = trainingRuns.reduce((sum, run) => sum + run.length / tags, 0);
  const components = options.components ?? parallelAnalysis(eigen.values, samples);
  if (!(Number.isInteger(components) && components >= 1 && components < tags)) {
    throw new RangeError(`${components} components of ${tags} tags: there must be 1 … ${tags - 1}`);
  }
  const detector = (name: DetectorName, form: Float64Array, theoretical: number): QuadraticDetector => {
    const { mean, standardDeviation } = scaler;
    const fitted = new QuadraticDetector({
      name,
      tagCodes,
      mean,
      standardDeviation,
      lags: 1,
      form,
      limit: theoretical,
    });
    return limits === 'theoretical'
      ? fitted
      : fitted.withLimit(empiricalLimit(fitted, calibrationRuns, falseAlarmRate));
  };
  return {
    t2: detector('pca_t2', scoreForm(eigen, components), hotellingLimit(components, samples, falseAlarmRate)),
    spe: detector(
      'pca_spe',
      residualForm(eigen, components),
      speLimit(eigen.values.subarray(components), falseAlarmRate),
    ),
  };
}

/**
 * Eigenvalues of a correlation matrix beyond (1 + √(tags/samples))², the upper edge for uncorrelated data (Marchenko and
 * Pastur, 1967): Horn's parallel analysis without simulation. At least one, and one less than the tags at most.
 */
export function parallelAnalysis(eigenvalues: Float64Array, samples: number): number {
  const edge = (1 + Math.sqrt(eigenvalues.length / samples)) ** 2;
  const beyond = eigenvalues.filter((value) => value > edge).length;
  return Math.min(Math.max(beyond, 1), eigenvalues.length - 1);
}

/** T² limit k(n²−1)/(n(n−k)) · F(k, n−k) for a new sample (Jackson, A User's Guide to Principal Components, 1991). */
export function hotellingLimit(components: number, samples: number, falseAlarmRate: number): number {
  const factor = (components * (samples * samples - 1)) / (samples * (samples - components));
  return factor * fQuantile(1 - falseAlarmRate, components, samples - components);
}

/**
 * SPE limit of Jackson and Mudholkar (Technometrics 21, 1979).
 *
 * @param residualEigenvalues eigenvalues of the components left out
 */
export function speLimit(residualEigenvalues: Float64Array, falseAlarmRate: number): number {
  const [t1, t2, t3] = [1, 2, 3].map((power) =>
    residualEigenvalues.reduce((sum, value) => sum + value ** power, 0),
  );
  const h = 1 - (2 * t1 * t3) / (3 * t2 * t2);
  const c = normalQuantile(1 - falseAlarmRate);
  return t1 * ((c * Math.sqrt(2 * t2 * h * h)) / t1 + 1 + (t2 * h * (h - 1)) / (t1 * t1)) ** (1 / h);
}

/** P·Λ⁻¹·Pᵀ over the retained components. */
function scoreForm({ values, vectors }: SymmetricEigen, components: number): Float64Array {
  const tags = values.length;
  const form = new Float64Array(tags * tags);
  for (let k = 0; k < components; k++)
    addOuter(form, vectors.subarray(k * tags, (k + 1) * tags), 1 / values[k]);
  return form;
}

/** I − P·Pᵀ, summed over the components left out. */
function residualForm({ values, vectors }: SymmetricEigen, components: number): Float64Array {
  const tags = values.length;
  const form = new Float64Array(tags * tags);
  for (let k = components; k < tags; k++) addOuter(form, vectors.subarray(k * tags, (k + 1) * tags), 1);
  return form;
}

function addOuter(form: Float64Array, vector: Float64Array, weight: number): void {
  const size = vector.length;
  for (let i = 0; i < size; i++) {
    for (let j = 0; j < size; j++) form[i * size + j] += weight * vector[i] * vector[j];
  }
}
