/** Values of a scalar function of a window, and its gradients, at `count` windows one behind the other. */
export type DifferentiableFunction = (
  windows: Float32Array,
  count: number,
) => { values: ArrayLike<number>; gradients: Float32Array };

export interface IntegratedGradients {
  /** Mean of the gradient along the path, as long as the window. */
  meanGradient: Float32Array;
  /** One number per input: its share in f(x) − f(baseline), the mean gradient times the way. */
  attributions: Float32Array;
  /** f(x) − f(baseline). */
  difference: number;
  /** |Σ attributions − difference| / |difference|: how far the sum misses what it explains. */
  completenessGap: number;
  /** Gradients that were taken. */
  points: number;
}

export interface IntegratedGradientsOptions {
  /** Gap at which the path is cut finely enough. Default 0.01. */
  tolerance?: number;
  /**
   * Share of all ups and downs of f along the path that its pieces may miss, each by itself, at that point. The gap alone
   * lets what one piece misses make up for what another one has too much. Default 0.05.
   */
  pieceTolerance?: number;
  /** Gradients beyond which the tolerance of pieces is not insisted on. Default 96. */
  wantedPoints?: number;
  /** Most gradients to take. Default 512. */
  maximumPoints?: number;
}

/** Fewer overlook what goes up and down again between two points. */
const FIRST_PIECES = 5;
/** Differences below this are rounding; their gap is taken as 0. */
const SMALLEST_DIFFERENCE = 1e-6;

/** f at one point of the path, 0 … 1. */
interface PathPoint {
  readonly at: number;
  readonly value: number;
  /** Of f along the path. */
  readonly slope: number;
  readonly gradient: Float32Array;
}

/** A stretch of the path between two points, with the one in its middle. */
interface Piece {
  readonly from: PathPoint;
  readonly middle: PathPoint;
  readonly to: PathPoint;
}

/**
 * Attribution of a scalar function of one window by integrated gradients (Sundararajan, Taly, Yan 2017): the gradient
 * integrated along the straight path from the baseline to the window, times the way. A recurrent network changes its mind
 * within a small part of the path, so the path is not cut evenly. Each piece is integrated by Simpson's rule, exact for cubic
 * gradients, and checked against the difference of f over it; the piece that misses most is halved until the whole sum is
 * within the tolerance. The three points of a piece are points of its halves too: halving one takes two gradients.
 * @param window as long as `baseline`
 */
export function integratedGradients(
  f: DifferentiableFunction,
  window: Float32Array,
  baseline: Float32Array,
  options: IntegratedGradientsOptions = {},
): IntegratedGradients {
  const { tolerance = 0.01, pieceTolerance = 0.05, wantedPoints = 96, maximumPoints = 512 } = options;
  const path = new AttributionPath(f, window, baseline);
  const points = path.points(Array.from({ length: 2 * FIRST_PIECES + 1 }, (_, i) => i / (2 * FIRST_PIECES)));
  const difference = points[points.length - 1].value - points[0].value;
  const pieces: Piece[] = [];
  for (let i = 0; i + 2 < points.length; i += 2) {
    pieces.push({ from: points[i], middle: points[i + 1], to: points[i + 2] });
  }
  const isFineEnough = (taken: number): boolean =>
    gapOf(pieces, difference) <= tolerance && (taken > wantedPoints || missedShare(pieces) <= pieceTolerance);
  let taken = points.length;
  for (; !isFineEnough(taken) && taken + 2 <= maximumPoints; taken += 2) {
    const worst = worstOf(pieces);
    const { from, middle, to } = pieces[worst];
    const [first, second] = path.points([(from.at + middle.at) / 2, (middle.at + to.at) / 2]);
    pieces.splice(worst, 1, { from, middle: first, to: middle }, { from: middle, middle: second, to });
  }
  const meanGradient = meanGradientOf(pieces, window.length);
  return {
    meanGradient,
    attributions: meanGradient.map((gradient, i) => gradient * path.way[i]),
    difference,
    completenessGap: gapOf(pieces, difference),
    points: taken,
  };
}

/** What Simpson's rule misses of the difference of f over a piece. */
function missOf({ from, middle, to }: Piece): number {
  const explained = ((to.at - from.at) * (from.slope + 4 * middle.slope + to.slope)) / 6;
  return to.value - from.value - explained;
}

function gapOf(pieces: readonly Piece[], difference: number): number {
  if (Math.abs(difference) < SMALLEST_DIFFERENCE) return 0;
  return Math.abs(pieces.reduce((missed, piece) => missed + missOf(piece), 0) / difference);
}

/** Sizes of what the pieces miss, among the sizes of all ups and downs. */
function missedShare(pieces: readonly Piece[]): number {
  let missed = 0;
  let moved = 0;
  for (const piece of pieces) {
    const { from, middle, to } = piece;
    missed += Math.abs(missOf(piece));
    moved += Math.abs(middle.value - from.value) + Math.abs(to.value - middle.value);
  }
  return moved < SMALLEST_DIFFERENCE ? 0 : missed / moved;
}

function worstOf(pieces: readonly Piece[]): number {
  let worst = 0;
  for (let i = 1; i < pieces.length; i++) {
    if (Math.abs(missOf(pieces[i])) > Math.abs(missOf(pieces[worst]))) worst = i;
  }
  return worst;
}

function meanGradientOf(pieces: readonly Piece[], length: number): Float32Array {
  const sums = new Float64Array(length);
  for (const { from, middle, to } of pieces) {
    const weight = (to.at - from.at) / 6;
    for (let i = 0; i < length; i++) {
      sums[i] += weight * (from.gradient[i] + 4 * middle.gradient[i] + to.gradient[i]);
    }
  }
  return Float32Array.from(sums);
}

/** f and its gradient along the straight line from the baseline (0) to the window (1). */
class AttributionPath {
  readonly way: Float32Array;

  constructor(
    private readonly f: DifferentiableFunction,
    window: Float32Array,
    private readonly baseline: Float32Array,
  ) {
    this.way = window.map((value, i) => value - baseline[i]);
  }

  points(shares: readonly number[]): PathPoint[] {
    const { way, baseline } = this;
    const size = way.length;
    const windows = new Float32Array(shares.length * size);
    shares.forEach((share, k) => {
      for (let i = 0; i < size; i++) windows[k * size + i] = baseline[i] + share * way[i];
    });
    const { values, gradients } = this.f(windows, shares.length);
    return shares.map((at, k) => {
      const gradient = gradients.subarray(k * size, (k + 1) * size);
      let slope = 0;
      for (let i = 0; i < size; i++) slope += gradient[i] * way[i];
      return { at, value: values[k], slope, gradient };
    });
  }
}
