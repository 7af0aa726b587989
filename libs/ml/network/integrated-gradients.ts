import { grad, sum, tensor, type Tensor, type Tensor3D } from '@tensorflow/tfjs-core';
import { valuesOf } from './tensor-values.js';

export interface IntegratedGradients {
  /** Mean of the gradient along the path, steps × inputs. */
  meanGradient: Float32Array;
  /** One number per input, steps × inputs: its share in f(x) − f(baseline), the mean gradient times the way. */
  attributions: Float32Array;
  /** f(x) − f(baseline). */
  difference: number;
  /** |Σ attributions − difference| / |difference|: how far the sum misses what it explains. */
  completenessGap: number;
}

export interface IntegratedGradientsOptions {
  /** Gap at which the path is cut finely enough. Default 0.01. */
  tolerance?: number;
  /** Most gradients to take. Default 512. */
  maximumPoints?: number;
}

/** Pieces that the path is cut into at first, and pieces halved in one go. */
const FIRST_PIECES = 8;
const HALVED_AT_ONCE = 2;
/** Gauss's two points of a piece 0 … 1, which weigh the same: exact for cubic gradients. */
const GAUSS_POINTS = [0.5 - Math.sqrt(1 / 12), 0.5 + Math.sqrt(1 / 12)] as const;
/** Differences below this are rounding; their gap is taken as 0. */
const SMALLEST_DIFFERENCE = 1e-6;

/** A stretch of the path, 0 … 1, with what it adds to f and what its mean gradient says it adds. */
interface Piece {
  from: number;
  to: number;
  fFrom: number;
  fTo: number;
  meanGradient: Float32Array;
  explained: number;
}

/**
 * Attribution of a scalar function of one window by integrated gradients (Sundararajan, Taly, Yan 2017): the gradient
 * integrated along the straight path from the baseline to the window, times the way. A recurrent network changes its mind
 * within a small part of the path, so the path is not cut evenly: each piece is checked against the difference of f over
 * it, and the pieces that miss most are halved until the whole sum is within the tolerance.
 * @param f maps a batch of windows [n, steps, inputs] to n values
 * @param window steps × inputs, as is `baseline`
 */
export function integratedGradients(
  f: (windows: Tensor3D) => Tensor,
  window: Float32Array,
  baseline: Float32Array,
  steps: number,
  { tolerance = 0.01, maximumPoints = 512 }: IntegratedGradientsOptions = {},
): IntegratedGradients {
  const path = new AttributionPath(f, window, baseline, steps);
  const cuts = Array.from({ length: FIRST_PIECES + 1 }, (_, i) => i / FIRST_PIECES);
  const values = path.values(cuts);
  let pieces = path.pieces(
    cuts.slice(1).map((to, i) => ({ from: cuts[i], to, fFrom: values[i], fTo: values[i + 1] })),
  );
  const difference = values[FIRST_PIECES] - values[0];
  const mostPieces = Math.floor(maximumPoints / GAUSS_POINTS.length) - 2 * HALVED_AT_ONCE;
  for (let taken = FIRST_PIECES; gapOf(pieces, difference) > tolerance && taken <= mostPieces;) {
    pieces.sort((a, b) => Math.abs(missOf(b)) - Math.abs(missOf(a)));
    const worst = pieces.slice(0, HALVED_AT_ONCE);
    const middles = worst.map(({ from, to }) => (from + to) / 2);
    const atMiddles = path.values(middles);
    const halves = worst.flatMap(({ from, to, fFrom, fTo }, i) => [
      { from, to: middles[i], fFrom, fTo: atMiddles[i] },
      { from: middles[i], to, fFrom: atMiddles[i], fTo },
    ]);
    pieces = [...pieces.slice(HALVED_AT_ONCE), ...path.pieces(halves)];
    taken += halves.length;
  }
  const sums = new Float64Array(window.length);
  for (const { from, to, meanGradient } of pieces) {
    for (let i = 0; i < window.length; i++) sums[i] += (to - from) * meanGradient[i];
  }
  const meanGradient = Float32Array.from(sums);
  return {
    meanGradient,
    attributions: meanGradient.map((gradient, i) => gradient * path.way[i]),
    difference,
    completenessGap: gapOf(pieces, difference),
  };
}

function missOf({ fFrom, fTo, explained }: Piece): number {
  return fTo - fFrom - explained;
}

function gapOf(pieces: readonly Piece[], difference: number): number {
  if (Math.abs(difference) < SMALLEST_DIFFERENCE) return 0;
  return Math.abs(pieces.reduce((missed, piece) => missed + missOf(piece), 0) / difference);
}

/** f and its gradient along the straight line from the baseline (0) to the window (1). */
class AttributionPath {
  readonly way: Float32Array;

  constructor(
    private readonly f: (windows: Tensor3D) => Tensor,
    window: Float32Array,
    private readonly baseline: Float32Array,
    private readonly steps: number,
  ) {
    this.way = window.map((value, i) => value - baseline[i]);
  }

  values(shares: readonly number[]): Float32Array {
    return valuesOf(() => this.f(this.windows(shares)));
  }

  pieces(stretches: readonly Omit<Piece, 'meanGradient' | 'explained'>[]): Piece[] {
    const points = stretches.flatMap(({ from, to }) => GAUSS_POINTS.map((at) => from + at * (to - from)));
    const gradients = valuesOf(() => grad((x: Tensor) => sum(this.f(x as Tensor3D)))(this.windows(points)));
    const size = this.way.length;
    return stretches.map((stretch, k) => {
      const meanGradient = new Float32Array(size);
      GAUSS_POINTS.forEach((_, point) => {
        const at = (k * GAUSS_POINTS.length + point) * size;
        for (let i = 0; i < size; i++) meanGradient[i] += gradients[at + i] / GAUSS_POINTS.length;
      });
      const slope = meanGradient.reduce((total, value, i) => total + value * this.way[i], 0);
      return { ...stretch, meanGradient, explained: (stretch.to - stretch.from) * slope };
    });
  }

  private windows(shares: readonly number[]): Tensor3D {
    const size = this.way.length;
    const windows = new Float32Array(shares.length * size);
    shares.forEach((share, k) => {
      for (let i = 0; i < size; i++) windows[k * size + i] = this.baseline[i] + share * this.way[i];
    });
    return tensor(windows, [shares.length, this.steps, size / this.steps]);
  }
}
