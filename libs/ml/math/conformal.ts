/**
 * Prediction intervals with measured coverage: split conformal quantiles for a start, adapted online by adaptive conformal
 * inference (Gibbs and Candès, 2021).
 */

/**
 * The ⌈(n + 1)(1 − α)⌉-th smallest absolute residual for each α: an interval of ± this value covers a new exchangeable
 * residual with probability at least 1 − α. Infinity where n is too small to promise that.
 * @throws RangeError when an α is not in (0, 1) or a residual is NaN
 */
export function conformalQuantiles(residuals: ArrayLike<number>, alphas: readonly number[]): number[] {
  const ascending = Float64Array.from(residuals, Math.abs).sort();
  const count = ascending.length;
  if (count > 0 && Number.isNaN(ascending[count - 1])) throw new RangeError('a residual is NaN');
  return alphas.map((alpha) => {
    assertShare(alpha);
    // (n + 1)(1 − α) is a whole number for round α; without the small step down, rounding could make it one too many.
    const rank = Math.ceil((count + 1) * (1 - alpha) - 1e-9);
    return rank > count ? Infinity : ascending[rank - 1];
  });
}

function assertShare(alpha: number): void {
  if (!(alpha > 0 && alpha < 1)) throw new RangeError(`α must lie between 0 and 1, not ${alpha}`);
}

export interface AdaptiveIntervalOptions {
  /** Share of values that may fall outside in the long run. Default 0.1. */
  alpha?: number;
  /** How fast the level follows its misses. Default 0.01. */
  gamma?: number;
  /** Steps between a forecast and the value that assesses it. Default 1. */
  horizonSteps?: number;
}

/**
 * Half-width of one tag's interval at one horizon, by adaptive conformal inference. α_{t+1} = α_t + γ (α − miss_t): a miss
 * lowers α and so widens the interval. A forecast for h steps ahead is assessed h steps later, against the half-width it was
 * given.
 */
export class AdaptiveInterval {
  private readonly target: number;
  private readonly gamma: number;
  /** Half-widths given in the last h steps, by step modulo h. */
  private readonly given: Float64Array;
  private steps = 0;
  private level: number;

  /** @param quantile half-width that misses a share α of calibration data, for any α, not growing with α */
  constructor(
    private readonly quantile: (alpha: number) => number,
    { alpha = 0.1, gamma = 0.01, horizonSteps = 1 }: AdaptiveIntervalOptions = {},
  ) {
    assertShare(alpha);
    this.target = alpha;
    this.level = alpha;
    this.gamma = gamma;
    this.given = new Float64Array(horizonSteps);
  }

  /** α_t, the share of misses that is asked for at present; it may leave (0, 1) for a while. */
  get alpha(): number {
    return this.level;
  }

  /**
   * One sampling step.
   * @param residual of the forecast made h steps ago, which falls due now; undefined when there is none
   * @param scale unit of the quantile in this step
   * @returns the half-width for the forecast made now
   */
  step(residual?: number, scale = 1): number {
    const slot = this.steps % this.given.length;
    if (residual !== undefined && this.steps >= this.given.length) {
      const missed = Math.abs(residual) > this.given[slot] ? 1 : 0;
      this.level += this.gamma * (this.target - missed);
    }
    this.steps++;
    this.given[slot] = this.quantile(this.level) * scale;
    return this.given[slot];
  }
}
