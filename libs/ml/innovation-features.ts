import { fitInnovationModel, type InnovationModel } from './innovation-model.js';
import { StandardScaler } from './standard-scaler.js';
import type { ScalerJson } from './scaler.js';

/** Smoothing factors of the mean charts and of the variance chart whose values are the features. */
const MEAN_LAMBDAS = [0.3, 0.05] as const;
const VARIANCE_LAMBDA = 0.05;
/** One extreme sample must not fill a chart for hours. */
const RESIDUAL_CAP = 30;
const FEATURES_PER_TAG = MEAN_LAMBDAS.length + 1;
/** Brings the features to about unit size. */
const FEATURE_SCALE = 0.7;

/**
 * What the diagnosis sees of the plant: for every tag the regression-adjusted innovation g_i = [S⁻¹r]_i / √(S⁻¹)_ii of a
 * vector autoregression of normal operation (Hawkins, 1991), as exponentially weighted means at two speeds, in units of
 * their own standard deviation, and as the logarithm of its exponentially weighted square; all squashed by sign·ln(1 + |x|).
 */
export class InnovationFeatures {
  private readonly scale: Float64Array;

  constructor(
    private readonly scaler: StandardScaler,
    private readonly model: InnovationModel,
  ) {
    const { columns, precision } = model;
    this.scale = Float64Array.from({ length: columns }, (_, i) => 1 / Math.sqrt(precision[i * columns + i]));
  }

  /** @param runs normal operation, row-major, in the tags' own units */
  static fit(runs: readonly Float64Array[], columns: number): InnovationFeatures {
    const scaler = StandardScaler.fit(runs, columns);
    const standardised = runs.map((run) => scaler.transform(run));
    return new InnovationFeatures(scaler, fitInnovationModel(standardised, columns));
  }

  /** Number of features of one sample. */
  get width(): number {
    return FEATURES_PER_TAG * this.model.columns;
  }

  /** Column of the tag that a feature belongs to. */
  tagOf(feature: number): number {
    return feature % this.model.columns;
  }

  /**
   * Features of consecutive samples, rows × width, charts at rest before the first one. The first `lags` samples have
   * too little past for an innovation and count as normal.
   * @param run row-major, in the tags' own units, finite
   */
  transform(run: Float64Array): Float32Array {
    const { columns } = this.model;
    const standardised = this.scaler.transform(run);
    const rows = run.length / columns;
    const features = new Float32Array(rows * this.width);
    const means = MEAN_LAMBDAS.map(() => new Float64Array(columns));
    const squares = new Float64Array(columns).fill(1);
    const adjusted = new Float64Array(columns);
    for (let row = 0; row < rows; row++) {
      this.adjustedInnovation(standardised, row, adjusted);
      const at = row * this.width;
      for (let i = 0; i < columns; i++) {
        const g = Math.max(-RESIDUAL_CAP, Math.min(RESIDUAL_CAP, adjusted[i]));
        means.forEach((mean, chart) => {
          const lambda = MEAN_LAMBDAS[chart];
          mean[i] += lambda * (g - mean[i]);
          features[at + chart * columns + i] =
            FEATURE_SCALE * squash(mean[i] * Math.sqrt((2 - lambda) / lambda));
        });
        squares[i] += VARIANCE_LAMBDA * (g * g - squares[i]);
        features[at + MEAN_LAMBDAS.length * columns + i] = 2 * FEATURE_SCALE * Math.log(squares[i] + 1e-3);
      }
    }
    return features;
  }

  private adjustedInnovation(standardised: Float64Array, row: number, out: Float64Array): void {
    const { columns, lags, coefficients, precision } = this.model;
    if (row < lags) {
      out.fill(0);
      return;
    }
    const innovation = new Float64Array(columns);
    for (let i = 0; i < columns; i++) {
      let predicted = 0;
      for (let lag = 1, at = i * lags * columns; lag <= lags; lag++) {
        for (let j = 0, from = (row - lag) * columns; j < columns; j++) {
          predicted += coefficients[at++] * standardised[from + j];
        }
      }
      innovation[i] = standardised[row * columns + i] - predicted;
    }
    for (let i = 0; i < columns; i++) {
      let sum = 0;
      for (let j = 0; j < columns; j++) sum += precision[i * columns + j] * innovation[j];
      out[i] = sum * this.scale[i];
    }
  }

  toParts(): { meta: { lags: number; scaler: ScalerJson }; tensors: Record<string, Float64Array> } {
    const { lags, coefficients, covariance, precision } = this.model;
    return { meta: { lags, scaler: this.scaler.toJSON() }, tensors: { coefficients, covariance, precision } };
  }

  static fromParts(
    meta: { lags: number; scaler: ScalerJson },
    tensors: Record<string, ArrayLike<number>>,
  ): InnovationFeatures {
    const scaler = StandardScaler.fromJSON(meta.scaler);
    const of = (name: string): Float64Array => Float64Array.from(tensors[name]);
    return new InnovationFeatures(scaler, {
      columns: scaler.columns,
      lags: meta.lags,
      coefficients: of('coefficients'),
      covariance: of('covariance'),
      precision: of('precision'),
    });
  }
}

function squash(x: number): number {
  return Math.sign(x) * Math.log1p(Math.abs(x));
}
