import { describe, expect, it } from '@jest/globals';
import { AdaptiveConformal, conformalQuantile } from './conformal.js';
import { SeededRandom } from './seeded-random.js';

describe('the split-conformal quantile', () => {
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
    expect(() => conformalQuantile([1], 1)).toThrow('between 0 and 1');
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
  it('widens after a miss and narrows a little after a hit', () => {
    const interval = new AdaptiveConformal([1, 2, 3, 4, 5, 6, 7, 8, 9], { alpha: 0.5, gamma: 0.1 });
    interval.step();
    interval.step(100);
    // α = 0.5 + 0.1 (0.5 − 1)
    expect(interval.alpha).toBeCloseTo(0.45, 12);
    interval.step(0);
    // + 0.1 · 0.5
    expect(interval.alpha).toBeCloseTo(0.5, 12);
  });

  it('judges a forecast for h steps ahead against the half-width it was given, h steps later', () => {
    const interval = new AdaptiveConformal([1, 1, 1, 1, 1, 1, 1, 1, 1], {
      alpha: 0.5,
      gamma: 0.1,
      horizonSteps: 3,
    });
    const first = interval.step();
    expect(first).toBe(1);
    interval.step(50);
    interval.step(50);
    // residuals that arrive before the first forecast is due belong to nobody
    expect(interval.alpha).toBe(0.5);
    interval.step(0.9);
    expect(interval.alpha).toBeCloseTo(0.55, 12);
  });

  it('holds its coverage when the residuals grow fivefold', () => {
    const random = new SeededRandom(11);
    const start = Float64Array.from({ length: 500 }, () => random.nextNormal());
    const interval = new AdaptiveConformal(start, { horizonSteps: 5, gamma: 0.02 });
    const widths: number[] = [];
    let covered = 0;
    for (let t = 0; t < 6000; t++) {
      const residual = random.nextNormal() * (t < 2000 ? 1 : 5);
      widths.push(interval.step(t >= 5 ? residual : undefined));
      if (t >= 2500 && Math.abs(residual) <= widths[t - 5]) covered++;
    }
    expect(covered / 3500).toBeGreaterThan(0.88);
    expect(covered / 3500).toBeLessThan(0.92);
  });
});
