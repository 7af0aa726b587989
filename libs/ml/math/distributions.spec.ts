import { describe, expect, it } from '#jest';
import { logGamma, regularisedBeta } from './beta-function.js';
import { fCumulative, fQuantile } from './f-distribution.js';
import { normalCumulative, normalQuantile } from './normal-distribution.js';
import { quantile } from './quantile.js';
import { SeededRandom } from './seeded-random.js';

describe('distributions', () => {
  it('ln Γ: Γ(1/2) = √π, Γ(5) = 24', () => {
    expect(logGamma(0.5)).toBeCloseTo(Math.log(Math.sqrt(Math.PI)), 13);
    expect(logGamma(5)).toBeCloseTo(Math.log(24), 12);
  });

  it('ln Γ is that of factorials: Γ(n + 1) = n!, Γ(n + ½) = (2n)!·√π/(4ⁿ·n!)', () => {
    let factorial = 0;
    let ofHalf = Math.log(Math.PI) / 2;
    for (let n = 1; n <= 40; n++) {
      factorial += Math.log(n);
      ofHalf += Math.log(n - 0.5);
      expect(logGamma(n + 1)).toBeCloseTo(factorial, 11);
      expect(logGamma(n + 0.5)).toBeCloseTo(ofHalf, 11);
    }
  });

  it('incomplete beta of whole numbers is the chance of a or more successes in a + b − 1 trials', () => {
    const tail = (x: number, a: number, b: number): number => {
      let sum = 0;
      for (let k = a, trials = a + b - 1; k <= trials; k++) {
        let ways = 1;
        for (let i = 1; i <= k; i++) ways *= (trials - k + i) / i;
        sum += ways * x ** k * (1 - x) ** (trials - k);
      }
      return sum;
    };
    for (const x of [0.03, 0.4, 0.5, 0.85]) {
      for (const [a, b] of [
        [1, 1],
        [1, 9],
        [7, 2],
        [20, 30],
      ]) {
        expect(regularisedBeta(x, a, b)).toBeCloseTo(tail(x, a, b), 11);
      }
    }
    expect([-0.1, 0, 1, 1.1].map((x) => regularisedBeta(x, 2, 3))).toEqual([0, 0, 1, 1]);
  });

  it('incomplete beta: I₀.₄(2, 3) = 1 − 0.6⁴ − 4·0.4·0.6³ = 0.5248', () => {
    expect(regularisedBeta(0.4, 2, 3)).toBeCloseTo(0.5248, 12);
  });

  it('F quantiles as printed in tables: F(3, 10) at 95 % 3.708, at 99 % 6.552', () => {
    expect(fQuantile(0.95, 3, 10)).toBeCloseTo(3.70826, 5);
    expect(fQuantile(0.99, 3, 10)).toBeCloseTo(6.55231, 5);
    expect(fCumulative(fQuantile(0.9, 5, 7), 5, 7)).toBeCloseTo(0.9, 10);
  });

  it('F with two degrees of freedom in closed form: P(F ≤ x) = 1 − (1 + 2x/n)^(−n/2)', () => {
    for (const n of [3, 10, 98]) {
      expect(fCumulative(1.7, 2, n)).toBeCloseTo(1 - (1 + 3.4 / n) ** (-n / 2), 11);
      for (const probability of [0.01, 0.5, 0.999]) {
        const x = (n / 2) * ((1 - probability) ** (-2 / n) - 1);
        expect(fQuantile(probability, 2, n) / x).toBeCloseTo(1, 10);
      }
    }
    expect([-1, 0].map((x) => fCumulative(x, 2, 3))).toEqual([0, 0]);
  });

  it.each([0, 1, -0.5, 1.5, NaN])('has no quantile at a probability of %d', (probability) => {
    expect(() => fQuantile(probability, 2, 3)).toThrow('outside 0…1');
    expect(() => normalQuantile(probability)).toThrow('outside 1e-12…1−1e-12');
  });

  it.each([
    [0, 3],
    [3, 0],
    [-1, 3],
    [3, NaN],
  ])('F has no quantile with %d and %d degrees of freedom', (d1, d2) => {
    expect(() => fQuantile(0.5, d1, d2)).toThrow('must be positive');
  });

  it('normal quantiles as printed in tables: 1.959964, 2.326348, 3.290527', () => {
    expect(normalQuantile(0.975)).toBeCloseTo(1.959964, 6);
    expect(normalQuantile(0.99)).toBeCloseTo(2.326348, 6);
    expect(normalQuantile(0.9995)).toBeCloseTo(3.290527, 6);
    expect(normalCumulative(-1.959964)).toBeCloseTo(0.025, 7);
    expect(normalQuantile(0.5)).toBeCloseTo(0, 12);
  });

  it('normal: 1, 2 and 3 sigma to all digits, both tails alike, 0 and 1 far out', () => {
    // Φ by Abramowitz and Stegun, table 26.1
    const table = [0.841344746068543, 0.97724986805182, 0.99865010196837];
    table.forEach((value, i) => {
      expect(normalCumulative(i + 1)).toBeCloseTo(value, 13);
      expect(normalCumulative(-i - 1)).toBeCloseTo(1 - value, 13);
      expect(normalQuantile(value)).toBeCloseTo(i + 1, 11);
    });
    expect([-40, -8.1, 8.1, 40].map(normalCumulative)).toEqual([0, 0, 1, 1]);
    expect(normalCumulative(-7)).toBeCloseTo(1.28e-12, 13);
    expect(normalQuantile(1e-12)).toBeCloseTo(-7.0345, 3);
    expect(normalQuantile(1 - 1e-12)).toBeCloseTo(7.0345, 3);
  });

  it('sample quantile interpolates: 25 % of 1, 2, 3, 10 lies at 1.75; NaN is left out', () => {
    expect(quantile(Float64Array.of(3, NaN, 10, 1, 2), 0.25)).toBe(1.75);
    expect(() => quantile(Float64Array.of(NaN), 0.5)).toThrow('no values');
    expect([0, 1].map((probability) => quantile(Float64Array.of(3, 1, 2), probability))).toEqual([1, 3]);
    expect(quantile(Float64Array.of(7), 0.3)).toBe(7);
  });

  it.each([-0.01, 1.01, NaN])('sample quantile of a probability %d is refused', (probability) => {
    expect(() => quantile(Float64Array.of(1, 2), probability)).toThrow('outside 0…1');
  });
});

describe('seeded random numbers', () => {
  it('repeat for the same seed and differ for another', () => {
    const draw = (seed: number): number[] =>
      Array.from(
        { length: 5 },
        (
          (random) => () =>
            random.next()
        )(new SeededRandom(seed)),
      );
    expect(draw(1)).toEqual(draw(1));
    expect(draw(1)).not.toEqual(draw(2));
  });

  it('are those that splitmix32 and xoshiro128** give in exact integers, of the low 32 bits of the seed', () => {
    const bits = (value: bigint): bigint => BigInt.asUintN(32, value);
    const rotated = (value: bigint, by: bigint): bigint => bits((value << by) | (value >> (32n - by)));
    const exactly = (seed: number): number[] => {
      let state = bits(BigInt(seed));
      const s = Array.from({ length: 4 }, () => {
        state = bits(state + 0x9e3779b9n);
        const once = bits((state ^ (state >> 16n)) * 0x85ebca6bn);
        const twice = bits((once ^ (once >> 13n)) * 0xc2b2ae35n);
        return twice ^ (twice >> 16n);
      });
      return Array.from({ length: 6 }, () => {
        const drawn = bits(rotated(bits(s[1] * 5n), 7n) * 9n);
        const shifted = bits(s[1] << 9n);
        s[2] ^= s[0];
        s[3] ^= s[1];
        s[1] ^= s[2];
        s[0] ^= s[3];
        s[2] ^= shifted;
        s[3] = rotated(s[3], 11n);
        return Number(drawn);
      });
    };
    for (const seed of [0, 1, -1, 2 ** 32 + 1]) {
      const random = new SeededRandom(seed);
      expect(Array.from({ length: 6 }, () => random.nextUint32())).toEqual(exactly(seed));
      // A fraction takes the high 27 and 26 bits of two of them.
      const [high, low] = exactly(seed);
      expect(new SeededRandom(seed).next()).toBe(
        (Math.floor(high / 32) * 2 ** 26 + Math.floor(low / 64)) / 2 ** 53,
      );
    }
  });

  it('follow the published xoshiro128** step: from state (1, 2, 3, 4) come 11520, 0, 5927040, 70819200', () => {
    const random = new SeededRandom(0);
    (random as unknown as { words: Uint32Array }).words.set([1, 2, 3, 4]);
    expect(Array.from({ length: 4 }, () => random.nextUint32())).toEqual([11520, 0, 5927040, 70819200]);
  });

  it('have the mean and variance of their distribution within five standard errors', () => {
    const random = new SeededRandom(3);
    const n = 20_000;
    const uniform = Float64Array.from({ length: n }, () => random.next());
    const normal = Float64Array.from({ length: n }, () => random.nextNormal());
    const mean = (x: Float64Array): number => x.reduce((sum, value) => sum + value, 0) / n;
    expect(Math.abs(mean(uniform) - 0.5)).toBeLessThan(5 / Math.sqrt(12 * n));
    expect(Math.abs(mean(normal))).toBeLessThan(5 / Math.sqrt(n));
    expect(Math.abs(mean(normal.map((z) => z * z)) - 1)).toBeLessThan(5 * Math.sqrt(2 / n));
  });

  it('sample without replacement', () => {
    const drawn = new SeededRandom(5).sample(10, 10);
    expect(Array.from(drawn).sort((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  });

  it('sample every number at every place alike', () => {
    const random = new SeededRandom(8);
    const times = 3000;
    const counts = new Float64Array(3 * 5);
    for (let n = 0; n < times; n++) {
      const drawn = random.sample(3, 5);
      expect(new Set(drawn).size).toBe(3);
      drawn.forEach((number, place) => counts[place * 5 + number]++);
    }
    // Binomial with p = 1/5: 600 ± 5·√(3000·0.2·0.8) = 600 ± 110
    counts.forEach((count) => expect(Math.abs(count - times / 5)).toBeLessThan(110));
  });

  it('are whole numbers below a bound, all of them', () => {
    const random = new SeededRandom(2);
    const seen = new Set(Array.from({ length: 200 }, () => random.nextInt(4)));
    expect([...seen].sort()).toEqual([0, 1, 2, 3]);
  });
});
