import { describe, expect, it } from '#jest';
import { goldenSectionMinimum } from './golden-section.js';

describe('golden-section search', () => {
  it('finds the lowest point inside the range', () => {
    expect(goldenSectionMinimum((x) => (x - 1.25) ** 2, -3, 8)).toBeCloseTo(1.25, 6);
  });

  it('finds the end of the range that a monotone function falls towards', () => {
    expect(goldenSectionMinimum((x) => -x, 0, 1)).toBeCloseTo(1, 6);
  });
});
