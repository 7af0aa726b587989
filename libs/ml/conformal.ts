/**
 * Prediction intervals with measured coverage: split conformal quantiles for a start, adapted online by adaptive conformal
 * inference (Gibbs and Candès, 2021).
 */

/**
 * The ⌈(n + 1)(1 − α)⌉-th smallest absolute residual: an interval of ± this value covers a new exchangeable residual with
 * probability at least 1 − α. Infinity when n is too small to promise that.
 * @throws RangeError when α is not in (0, 1) or a residual is NaN
 */
export function conformalQuantile(residuals: ArrayLike<number>, alpha: number): number {
  assertShare(alpha);
  const sizes = Float64Array.from(residuals, Math.abs).sort();
  if (sizes.length > 0 && Number.isNaN(sizes[sizes.length - 1])) throw new RangeError('a residual is NaN');
  return sortedQuantile(sizes, alpha);
}

/** The same from absolute residuals in ascending order. α ≤ 0 asks for certainty: Infinity; α ≥ 1 for nothing: 0. */
export function sortedQuantile(ascending: Float64Array, alpha: number): number {
  if (alpha >= 1) return 0;
  // (n + 1)(1 − α) is a whole number for round α; without the small step down, rounding could make it one too many.
  const rank = Math.ceil((ascending.length + 1) * (1 - alpha) - 1e-9);
  return rank > ascending.length ? Infinity : ascending[Math.max(rank, 1) - 1];
}

function assertShare(alpha: number): void {
  if (!(alpha > 0 && alpha < 1)) throw new RangeError(`α must lie between 0 and 1, not ${alpha}`);
}

export interface AdaptiveConformalOptions {
  /** Share of values that may fall outside in the long run. Default 0.1. */
  alpha?: number;
  /** How fast the level follows its misses. Default 0.01. */
  gamma?: number;
  /** Steps between a forecast and the value that judges it. Default 1. */
  horizonSteps?: number;
  /** How many of the latest residuals the quantile is taken from. Default 500. */
  memory?: number;
}

/**
 * One interval half-width that follows one tag at one horizon. α_{t+1} = α_t + γ (α − miss_t): a miss lowers α and so
 * widens the interval. A forecast for h steps ahead is judged h steps later, against the half-width it was given.
 */
export class AdaptiveConformal {
  private readonly target: number;
  private readonly gamma: number;
  private readonly memory: number;
  /** Half-widths given in the last h steps, by step modulo h. */
  private readonly given: Float64Array;
  /** The latest residual sizes, by number modulo memory, and the same in ascending order. */
  private readonly recent: Float64Array;
  private ordered: Float64Array;
  private count: number;
  private steps = 0;
  private level: number;

  /** @param initial residuals of calibration data, any sign, oldest first */
  constructor(initial: ArrayLike<number>, options: AdaptiveConformalOptions = {}) {
    const { alpha = 0.1, gamma = 0.01, horizonSteps = 1, memory = 500 } = options;
    assertShare(alpha);
    this.target = alpha;
    this.level = alpha;
    this.gamma = gamma;
    this.memory = memory;
    this.given = new Float64Array(horizonSteps);
    const start = Float64Array.from(initial, Math.abs).slice(-memory);
    this.recent = new Float64Array(memory);
    this.recent.set(start);
    this.count = start.length;
    this.ordered = start.slice().sort();
  }

  /** α_t, the share of misses that is asked for at present; it may leave (0, 1) for a while. */
  get alpha(): number {
    return this.level;
  }

  /**
   * One sampling step.
   * @param residual of the forecast made h steps ago, which falls due now; undefined when there is none
   * @returns the half-width for the forecast made now
   */
  step(residual?: number): number {
    const slot = this.steps % this.given.length;
    if (residual !== undefined && this.steps >= this.given.length) {
      const size = Math.abs(residual);
      this.level += this.gamma * (this.target - (size > this.given[slot] ? 1 : 0));
      this.remember(size);
    }
    this.steps++;
    const halfWidth = sortedQuantile(this.ordered, this.level);
    this.given[slot] = halfWidth;
    return halfWidth;
  }

  private remember(size: number): void {
    const slot = this.count % this.memory;
    const full = this.count >= this.memory;
    const others = full ? withoutValue(this.ordered, this.recent[slot]) : this.ordered;
    this.ordered = withValue(others, size);
    this.recent[slot] = size;
    this.count++;
  }
}

function lowerBound(ascending: Float64Array, value: number): number {
  let low = 0;
  let high = ascending.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (ascending[middle] < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

function withValue(ascending: Float64Array, value: number): Float64Array {
  const at = lowerBound(ascending, value);
  const longer = new Float64Array(ascending.length + 1);
  longer.set(ascending.subarray(0, at));
  longer[at] = value;
  longer.set(ascending.subarray(at), at + 1);
  return longer;
}

function withoutValue(ascending: Float64Array, value: number): Float64Array {
  const at = lowerBound(ascending, value);
  const shorter = new Float64Array(ascending.length - 1);
  shorter.set(ascending.subarray(0, at));
  shorter.set(ascending.subarray(at + 1), at);
  return shorter;
}
