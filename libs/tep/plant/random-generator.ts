const { floor, imul } = Math;

const MULTIPLIER = 9228907;
const MODULUS = 2 ** 32;
/** The generator in integers: eighths of its state, 29 bits. */
const MASK = 0x1fffffff;
const PER_EIGHTHS = 2 ** -29;

/** MULTIPLIER^draws modulo 2²⁹: one multiplication by it makes that many draws. */
function multiplierOf(draws: number): number {
  let product = 1;
  for (let k = 0; k < draws; k++) product = imul(product, MULTIPLIER) & MASK;
  return product;
}

const A1 = multiplierOf(1);
const A2 = multiplierOf(2);
const A3 = multiplierOf(3);
const A4 = multiplierOf(4);
const A5 = multiplierOf(5);
const A6 = multiplierOf(6);
const A7 = multiplierOf(7);
const A8 = multiplierOf(8);
const A9 = multiplierOf(9);
const A10 = multiplierOf(10);
const A11 = multiplierOf(11);
const A12 = multiplierOf(12);

/** A number of draws that is skipped often. */
export interface Skip {
  readonly draws: number;
  readonly multiplier: number;
}

/** Prepares the skipping of so many `normal()` numbers. */
export function skipOfNormals(count: number): Skip {
  const draws = 12 * count;
  return { draws, multiplier: multiplierOf(draws) };
}

/**
 * The pseudo-random generator of the published plant: g ← (9228907·g) mod 2³², where the product is rounded to a
 * double. The rounding clears the low three bits of g after a few draws; from then on the product is exact, the
 * generator runs in 32-bit integers, and the k-th next number is one multiplication away. Its period is then at most
 * 2²⁷ draws.
 *
 * Seeds above 2³² are legal: they act through the rounded first product.
 */
export class RandomGenerator {
  /** g/2³² while the product may still round. */
  private fraction = 0;
  /** g/8 once g is a multiple of 8 below 2³², else −1. */
  private eighths = -1;

  constructor(seed: number) {
    this.state = seed;
  }

  /** The state g, as the published program holds it. */
  get state(): number {
    return this.eighths >= 0 ? this.eighths * 8 : this.fraction * MODULUS;
  }

  set state(g: number) {
    if (!Number.isFinite(g) || g < 0)
      throw new RangeError(`A generator state must be a number >= 0, got ${g}`);
    this.fraction = g / MODULUS;
    this.eighths = g < MODULUS && g % 8 === 0 ? g / 8 : -1;
  }

  /** Goes on from where `other` is. */
  follow(other: RandomGenerator): void {
    this.fraction = other.fraction;
    this.eighths = other.eighths;
  }

  /** Next number, uniform in [0, 1). */
  uniform(): number {
    if (this.eighths < 0) return this.uniformByRoundedProduct();
    this.eighths = imul(this.eighths, A1) & MASK;
    return this.eighths * PER_EIGHTHS;
  }

  /** Next number, uniform in [−1, 1). */
  symmetric(): number {
    return 2 * this.uniform() - 1;
  }

  /** Next nearly normal number of mean 0 and variance 1: twelve uniforms less six. */
  normal(): number {
    let sum = 0;
    for (let k = 0; k < 12; k++) sum += this.uniform();
    return sum - 6;
  }

  /** Adds `sigma[n]·normal()` to the first `count` entries of `out`, in order. */
  addNormals(sigma: Float64Array, out: Float64Array, count: number): void {
    for (let n = 0; n < count; n++) {
      const m = this.eighths;
      if (m < 0) {
        out[n] += sigma[n] * this.normal();
        continue;
      }
      const m12 = imul(m, A12) & MASK;
      // Four 29-bit numbers still fit a signed 32-bit integer; the sum of all twelve is exact in a double.
      const first = (imul(m, A1) & MASK) + (imul(m, A2) & MASK) + (imul(m, A3) & MASK) + (imul(m, A4) & MASK);
      const middle =
        (imul(m, A5) & MASK) + (imul(m, A6) & MASK) + (imul(m, A7) & MASK) + (imul(m, A8) & MASK);
      const last = (imul(m, A9) & MASK) + (imul(m, A10) & MASK) + (imul(m, A11) & MASK) + m12;
      out[n] += sigma[n] * ((first + middle + last) * PER_EIGHTHS - 6);
      this.eighths = m12;
    }
  }

  /** Draws without looking. */
  skip({ draws, multiplier }: Skip): void {
    if (this.eighths >= 0) {
      this.eighths = imul(this.eighths, multiplier) & MASK;
    } else {
      for (let k = 0; k < draws; k++) this.uniform();
    }
  }

  private uniformByRoundedProduct(): number {
    const product = this.fraction * MULTIPLIER;
    this.fraction = product - floor(product);
    const eighths = this.fraction / PER_EIGHTHS;
    if (eighths === floor(eighths)) this.eighths = eighths;
    return this.fraction;
  }
}
