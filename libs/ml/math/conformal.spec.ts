import { describe, expect, it } from '#jest';
import { AdaptiveInterval, conformalQuantiles } from './conformal.js';
import { SeededRandom } from './seeded-random.js';

describe('the split-conformal quantile', () => {
  const conformalQuantile = (residuals: ArrayLike<number>, alpha: number): number =>
    conformalQuantiles(residuals, [alpha])[0];

  it('is the ⌈(n + 1)(1 − α)⌉-th smallest absolute residual', () => {
    // n = 9, α = 0.1: ⌈10 · 0.9⌉ = 9, the largest of nine
    expect(conformalQuantile([3, -1, 4, -5, 2, 9, -8, 7, 6], 0.1)).toBe(9);
    // n = 19, α = 0.1: ⌈20 · 0.9⌉ = 18
    expect(
      conformalQuantile(
        Array.from({ length: 19 }, (_, i) => i + 1),
        0.1,
      ),
    ).toBe(18);
    // n = 9, α = 0.25: ⌈10 · 0.75⌉ = ⌈7.5⌉ = 8
    expect(conformalQuantile([1, 2, 3, 4, 5, 6, 7, 8, 9], 0.25)).toBe(8);
  });

  it('promises nothing from too few residuals', () => {
    // n = 8, α = 0.1: ⌈9 · 0.9⌉ = 9 > 8
    expect(conformalQuantile([1, 2, 3, 4, 5, 6, 7, 8], 0.1)).toBe(Infinity);
  });

  it('refuses NaN and a share outside 0 … 1', () => {
    expect(() => conformalQuantile([1, NaN], 0.1)).toThrow('NaN');
    for (const alpha of [0, 1, -0.1, 1.1, NaN]) {
      expect(() => conformalQuantile([1], alpha)).toThrow('between 0 and 1');
      expect(() => new AdaptiveInterval(() => 1, { alpha })).toThrow('between 0 and 1');
    }
    expect(conformalQuantile([], 0.1)).toBe(Infinity);
  });

  it('covers new residuals as often as it promises', () => {
    const random = new SeededRandom(7);
    const normal = (n: number): Float64Array => Float64Array.from({ length: n }, () => random.nextNormal());
    const quantile = conformalQuantile(normal(2000), 0.1);
    const covered = normal(5000).filter((x) => Math.abs(x) <= quantile).length / 5000;
    expect(covered).toBeGreaterThan(0.88);
    expect(covered).toBeLessThan(0.92);
  });
});

describe('adaptive conformal inference', () => {
  /** Half-width that misses a share α of errors spread evenly over ±1. */
  const even = (alpha: number): number => Math.max(0, 1 - alpha);

  it('widens after a miss and narrows a little after a hit', () => {
    const interval = new AdaptiveInterval(even, { alpha: 0.5, gamma: 0.1 });
    expect(interval.step()).toBe(0.5);
    // α = 0.5 + 0.1 (0.5 − 1)
    expect(interval.step(100)).toBeCloseTo(0.55, 12);
    expect(interval.alpha).toBeCloseTo(0.45, 12);
    // + 0.1 · 0.5
    expect(interval.step(0)).toBeCloseTo(0.5, 12);
  });

  it('misses one in ten, in steps of 0.01, one step ahead, where nothing else is asked for', () => {
    const interval = new AdaptiveInterval(even);
    expect(interval.step()).toBe(0.9);
    const given = interval.step(0.89);
    expect(given).toBeCloseTo(1 - (0.1 + 0.01 * 0.1), 12);
    // What stands on the end of the interval is inside.
    expect(interval.step(-given)).toBeCloseTo(1 - (0.1 + 0.02 * 0.1), 12);
    expect(interval.step(-0.9)).toBeCloseTo(1 - (0.1 + 0.02 * 0.1 - 0.01 * 0.9), 12);
  });

  it('judges a forecast for h steps ahead against the half-width it was given, h steps later', () => {
    const interval = new AdaptiveInterval(even, { alpha: 0.5, gamma: 0.1, horizonSteps: 3 });
    expect(interval.step(undefined, 4)).toBe(2);
    interval.step(50);
    interval.step(50);
    // residuals that arrive before the first forecast is due belong to nobody
    expect(interval.alpha).toBe(0.5);
    interval.step(1.9);
    expect(interval.alpha).toBeCloseTo(0.55, 12);
  });

  it('judges every forecast against its own half-width, whatever those between were given', () => {
    const interval = new AdaptiveInterval(even, { alpha: 0.5, gamma: 0.1, horizonSteps: 3 });
    // 0.5 times the scale while α is 0.5
    expect([4, 2, 6].map((scale) => interval.step(undefined, scale))).toEqual([2, 1, 3]);
    // The forecast of 2 falls due: |1.9| is held, α = 0.5 + 0.1·0.5 = 0.55; the new one is given 0.45.
    expect(interval.step(1.9)).toBeCloseTo(0.45, 12);
    // Then the one of 1: |1.5| is missed (2 would have held it), α = 0.55 + 0.1·(0.5 − 1) = 0.5.
    expect(interval.step(1.5)).toBeCloseTo(0.5, 12);
    // Then the one of 3: |−2.5| is held (2 would have missed it), α = 0.5 + 0.1·0.5 = 0.55.
    expect(interval.step(-2.5)).toBeCloseTo(0.45, 12);
    // Then the one of 0.45 in the place of the first: |0.46| is missed, α = 0.5; and the one of 0.5: |0.49| is held.
    expect(interval.step(0.46)).toBeCloseTo(0.5, 12);
    expect(interval.step(0.49)).toBeCloseTo(0.45, 12);
  });

  it('holds its coverage when the errors grow by half', () => {
    const random = new SeededRandom(11);
    // errors spread evenly over ±1: a half-width of 1 − α misses a share α of them
    const interval = new AdaptiveInterval((alpha) => 1 - alpha, { horizonSteps: 5, gamma: 0.02 });
    const widths: number[] = [];
    let covered = 0;
    for (let t = 0; t < 6000; t++) {
      const residual = (2 * random.next() - 1) * (t < 2000 ? 1 : 1.5);
      widths.push(interval.step(t >= 5 ? residual : undefined));
      if (t >= 2500 && Math.abs(residual) <= widths[t - 5]) covered++;
    }
    expect(covered / 3500).toBeGreaterThan(0.88);
    expect(covered / 3500).toBeLessThan(0.92);
  });
});
