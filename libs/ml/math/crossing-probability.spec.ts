import { describe, expect, it } from '#jest';
import { crossingProbability } from './crossing-probability.js';

const LIMITS = { ll: null, l: null, h: 10, hh: 12 };

describe('the probability of crossing an alarm limit', () => {
  it('is one half when the forecast stands on the limit', () => {
    expect(crossingProbability([10], [2], LIMITS)).toBeCloseTo(0.5, 6);
  });

  it('is 5 % when the interval of 90 % just touches the limit', () => {
    expect(crossingProbability([8], [2], LIMITS)).toBeCloseTo(0.05, 6);
  });

  it('is that of the worst step', () => {
    expect(crossingProbability([0, 8, 0], [2, 2, 2], LIMITS)).toBeCloseTo(0.05, 6);
  });

  it('adds both sides, and uses the outer limits where the inner are absent', () => {
    expect(crossingProbability([0], [2], { ll: -2, l: null, h: 2, hh: null })).toBeCloseTo(0.1, 6);
  });

  it('is that of the inner limits where there are both, on either side', () => {
    const limits = { ll: -100, l: -2, h: 2, hh: 100 };
    expect(crossingProbability([-2], [1e-3], limits)).toBeCloseTo(0.5, 6);
    expect(crossingProbability([2], [1e-3], limits)).toBeCloseTo(0.5, 6);
    expect(crossingProbability([-2], [1e-3], { ...limits, l: null })).toBe(0);
    expect(crossingProbability([2], [1e-3], { ...limits, h: null })).toBe(0);
  });

  it('is never above 1, and certain one way or the other without any width', () => {
    expect(crossingProbability([0], [1e9], { ll: null, l: 0, h: 0, hh: null })).toBe(1);
    expect(crossingProbability([11], [0], LIMITS)).toBe(1);
    expect(crossingProbability([9], [0], LIMITS)).toBe(0);
  });

  it('is 0 without limits', () => {
    expect(crossingProbability([5], [1], { ll: null, l: null, h: null, hh: null })).toBe(0);
  });
});
