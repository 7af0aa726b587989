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

  it('incomplete beta: I₀.₄(2, 3) = 1 − 0.6⁴ − 4·0.4·0.6³ = 0.5248', () => {
    expect(regularisedBeta(0.4, 2, 3)).toBeCloseTo(0.5248, 12);
  });

  it('F quantiles as printed in tables: F(3, 10) at 95 % 3.708, at 99 % 6.552', () => {
    expect(fQuantile(0.95, 3, 10)).toBeCloseTo(3.70826, 5);
    expect(fQuantile(0.99, 3, 10)).toBeCloseTo(6.55231, 5);
    expect(fCumulative(fQuantile(0.9, 5, 7), 5, 7)).toBeCloseTo(0.9, 10);
  });

  it('normal quantiles as printed in tables: 1.959964, 2.326348, 3.290527', () => {
    expect(normalQuantile(0.975)).toBeCloseTo(1.959964, 6);
    expect(normalQuantile(0.99)).toBeCloseTo(2.326348, 6);
    expect(normalQuantile(0.9995)).toBeCloseTo(3.290527, 6);
    expect(normalCumulative(-1.959964)).toBeCloseTo(0.025, 7);
  });

  it('sample quantile interpolates: 25 % of 1, 2, 3, 10 lies at 1.75; NaN is left out', () => {
    expect(quantile(Float64Array.of(3, NaN, 10, 1, 2), 0.25)).toBe(1.75);
    expect(() => quantile(Float64Array.of(NaN), 0.5)).toThrow('no values');
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
});
