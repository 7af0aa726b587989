import type { Tensor, Tensor2D } from '@tensorflow/tfjs-core';
import { FORECAST_HORIZON } from './horizon.js';
import { tfCore } from '../network/tensorflow.js';

const { add, concat, matMul, mul, reshape, softmax, stack, sub, sum, tensor2d, tidy, transpose } = tfCore;

/** Autoregression, last value, local level, autoregression about the local level. */
export const FORECAST_BASES = 4;
/** What the network says about a tag is a curve over the horizon, made of so many polynomials. */
export const HORIZON_SHAPES = 4;

/** Added to the blend logit of the autoregression when the plant is calm. */
const CALM_PRIOR = 8;

/** One row per forecast. */
export interface BlendParts {
  /** [n, order · tags], newest row first. */
  readonly regressors: Tensor2D;
  /** [n, tags] each. */
  readonly last: Tensor2D;
  readonly level: Tensor2D;
  readonly spread: Tensor2D;
  /** [n, 1] */
  readonly calm: Tensor2D;
  /** [n, tags · bases · shapes] */
  readonly blend: Tensor2D;
  /** [n, tags · shapes] */
  readonly corrections: Tensor2D;
}

/**
 * Joins the four bases of the forecast, at some steps of the horizon. The network's weights for the bases and its
 * corrections are curves over the horizon, so whoever needs few steps pays for few.
 */
export class ForecastBlend {
  private readonly matrix: Tensor2D;
  private readonly levelMatrix: Tensor2D;
  private readonly prior: Tensor2D;
  private readonly shapes: Tensor2D;

  /**
   * @param direct order · tags × horizon · tags: the iterated autoregression as one matrix
   * @param steps of the horizon, 1 … 20
   */
  constructor(
    direct: Float32Array,
    private readonly tags: number,
    private readonly steps: readonly number[],
  ) {
    const width = steps.length * tags;
    const past = direct.length / (FORECAST_HORIZON * tags);
    const chosen = new Float32Array(past * width);
    for (let i = 0; i < past; i++) {
      steps.forEach((step, n) => {
        const from = (i * FORECAST_HORIZON + step - 1) * tags;
        chosen.set(direct.subarray(from, from + tags), i * width + n * tags);
      });
    }
    this.matrix = tensor2d(chosen, [past, width]);
    this.levelMatrix = tensor2d(levelEffect(chosen, tags, steps.length), [tags, width]);
    this.prior = tensor2d([[CALM_PRIOR, 0, 0, 0]]);
    this.shapes = tensor2d(horizonShapes(steps), [HORIZON_SHAPES, steps.length]);
  }

  /** Standardised forecasts [n, steps · tags]. */
  combine(parts: BlendParts): Tensor2D {
    const { tags, steps } = this;
    const width = steps.length * tags;
    return tidy(() => {
      // tfjs tiles number by number.
      const overHorizon = (perTag: Tensor2D): Tensor2D =>
        concat(
          steps.map(() => perTag),
          1,
        );
      const autoregression = matMul(parts.regressors, this.matrix);
      const aboutLevel = add(autoregression, matMul(parts.level, this.levelMatrix));
      const bases = stack([autoregression, overHorizon(parts.last), overHorizon(parts.level), aboutLevel], 1);
      const prior = reshape(matMul(parts.calm, this.prior), [-1, 1, FORECAST_BASES]);
      const logits = reshape(this.curves(parts.blend, FORECAST_BASES), [-1, width, FORECAST_BASES]);
      // The bases are multiplied one behind the other: interleaved copies are slow in WebAssembly.
      const weights = transpose(softmax(add(logits, prior)), [0, 2, 1]);
      const blended = sum(mul(weights, bases), 1);
      const corrections = reshape(this.curves(parts.corrections, 1), [-1, width]);
      const room = mul(overHorizon(parts.spread), sub(1, parts.calm));
      return add<Tensor2D>(blended, mul(corrections, room));
    });
  }

  /** [n, tags · each · shapes] to [n, steps, tags, each] */
  private curves(coefficients: Tensor2D, each: number): Tensor {
    const { tags, steps } = this;
    const values = matMul(reshape(coefficients, [-1, HORIZON_SHAPES]), this.shapes);
    return transpose(reshape(values, [-1, tags, each, steps.length]), [0, 3, 1, 2]);
  }
}

/** Legendre polynomials of degree 0 … 3 in the logarithm of the step, which runs from −1 to 1: shapes × steps. */
export function horizonShapes(steps: readonly number[]): Float32Array {
  const x = steps.map((step) => (2 * Math.log(step)) / Math.log(FORECAST_HORIZON) - 1);
  return Float32Array.from([
    ...x.map(() => 1),
    ...x,
    ...x.map((at) => (3 * at ** 2 - 1) / 2),
    ...x.map((at) => (5 * at ** 3 - 3 * at) / 2),
  ]);
}

/** (I − C_h) per step, where C_h is the forecast that a constant past of 1 leads to: tags × steps · tags. */
function levelEffect(direct: Float32Array, tags: number, steps: number): Float32Array {
  const width = steps * tags;
  const effect = new Float32Array(tags * width);
  for (let i = 0; i < tags; i++) {
    for (let n = 0; n < steps; n++) effect[i * width + n * tags + i] = 1;
    for (let past = i; past < direct.length / width; past += tags) {
      for (let at = 0; at < width; at++) effect[i * width + at] -= direct[past * width + at];
    }
  }
  return effect;
}
