const MULTIPLIER = 9228907;
const MODULUS = 2 ** 32;
/** The generator in integers: eighths of its state, 29 bits. */
const EIGHTHS_MASK = 0x1fffffff;
const PER_EIGHTHS = 2 ** -29;

/**
 * The pseudo-random generator of the published plant: g ← (9228907·g) mod 2³², where the product is rounded to a
 * double. The rounding clears the low three bits of g after a few draws; from then on the product is exact and the
 * generator runs in 32-bit integers. Its period is then at most 2²⁷ draws.
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

  /** Next number, uniform in [0, 1). */
  uniform(): number {
    if (this.eighths < 0) return this.uniformByRoundedProduct();
    this.eighths = Math.imul(this.eighths, MULTIPLIER) & EIGHTHS_MASK;
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

  private uniformByRoundedProduct(): number {
    const product = this.fraction * MULTIPLIER;
    this.fraction = product - Math.floor(product);
    const eighths = this.fraction / PER_EIGHTHS;
    if (eighths === Math.floor(eighths)) this.eighths = eighths;
    return this.fraction;
  }
}
