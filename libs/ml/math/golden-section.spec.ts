import { describe, expect, it } from '#jest';
import { goldenSectionMinimum } from './golden-section.js';

describe('golden-section search', () => {
  it('comes within 2·10⁻⁹ of the range', () => {
    // |x − a| has its minimum at a to the last digit, where a square is flat to eight digits.
    for (const lowest of [-2.9, 0.1, 1 / 3, 7.999]) {
      const found = goldenSectionMinimum((x) => Math.abs(x - lowest), -3, 8);
      expect(Math.abs(found - lowest)).toBeLessThan(11 * 2e-9);
    }
  });

  it('finds the lowest point inside the range', () => {
    expect(goldenSectionMinimum((x) => (x - 1.25) ** 2, -3, 8)).toBeCloseTo(1.25, 6);
  });

  it('finds the end of the range that a monotone function falls towards', () => {
    expect(goldenSectionMinimum((x) => -x, 0, 1)).toBeCloseTo(1, 6);
  });
});
