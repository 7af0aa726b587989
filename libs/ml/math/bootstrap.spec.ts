import { describe, expect, it } from '@jest/globals';
import { bootstrapMean, bootstrapStatistic } from './bootstrap.js';

describe('bootstrap interval', () => {
  it('of equal runs is a point', () => {
    expect(bootstrapMean([0.9, 0.9, 0.9])).toEqual({ mean: 0.9, low: 0.9, high: 0.9 });
  });

  it('of 100 runs, half 0 and half 1, is about 0.5 ± 1.96·√(0.25/100) and the same for the same seed', () => {
    const runs = Array.from({ length: 100 }, (_, i) => i % 2);
    const interval = bootstrapMean(runs);
    expect(interval.mean).toBe(0.5);
    expect(interval.low).toBeCloseTo(0.402, 1);
    expect(interval.high).toBeCloseTo(0.598, 1);
    expect(bootstrapMean(runs)).toEqual(interval);
  });
});

describe('bootstrap interval of any figure', () => {
  const meanOfMeans = (strata: readonly (readonly number[])[]): number => {
    const means = strata
      .filter((runs) => runs.length > 0)
      .map((runs) => runs.reduce((sum, run) => sum + run, 0) / runs.length);
    return means.reduce((sum, mean) => sum + mean, 0) / means.length;
  };

  it('draws within strata: runs that agree within each of them leave no doubt, however far the strata lie apart', () => {
    const strata = [
      [0.2, 0.2],
      [0.8, 0.8],
    ];
    expect(bootstrapStatistic(strata, meanOfMeans)).toEqual({ mean: 0.5, low: 0.5, high: 0.5 });
  });

  it('draws over all runs where a stratum has one only', () => {
    const interval = bootstrapStatistic([[0], [1]], meanOfMeans);
    expect(interval).toEqual({ mean: 0.5, low: 0, high: 1 });
  });

  it('is null for a figure that does not exist', () => {
    expect(bootstrapStatistic([], meanOfMeans)).toBeNull();
  });
});
