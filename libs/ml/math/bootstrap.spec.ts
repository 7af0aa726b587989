import { describe, expect, it } from '#jest';
import { bootstrapMean, bootstrapStatistic, type Interval } from './bootstrap.js';
import { normalQuantile } from './normal-distribution.js';
import { SeededRandom } from './seeded-random.js';

/** 0, 1, …, count − 1: mean (count − 1)/2 and variance (count² − 1)/12. */
const upTo = (count: number): number[] => Array.from({ length: count }, (_, i) => i);

/**
 * The interval reaches so many standard errors to both sides, within 0.2 of one. 1000 resamples place the 2.5 % quantile
 * within √(0.025·0.975/1000)/φ(1.96) = 0.0049/0.0584 = 0.085 standard errors; an interval of 1 instead of 1.96 is 0.96 off.
 */
function expectReach(interval: Interval | null, mean: number, standardError: number, reach: number): void {
  expect(interval?.mean).toBeCloseTo(mean, 9);
  const [below, above] = [mean - (interval?.low ?? NaN), (interval?.high ?? NaN) - mean];
  for (const side of [below, above]) {
    expect(side / standardError).toBeGreaterThan(reach - 0.2);
    expect(side / standardError).toBeLessThan(reach + 0.2);
  }
}

const pooledMean = (strata: readonly (readonly number[])[]): number => {
  const runs = strata.flat();
  return runs.reduce((sum, run) => sum + run, 0) / runs.length;
};

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
    expect(bootstrapMean(runs, { seed: 1, resamples: 2000, confidence: 0.95 })).toEqual(interval);
    expect(bootstrapMean(runs, { seed: 2 })).not.toEqual(interval);
    const drawn = bootstrapStatistic([runs], pooledMean);
    expect(bootstrapStatistic([runs], pooledMean, { seed: 1, resamples: 1000, confidence: 0.95 })).toEqual(
      drawn,
    );
    expect(bootstrapStatistic([runs], pooledMean, { seed: 2 })).not.toEqual(drawn);
  });

  it('of no runs is refused', () => {
    expect(() => bootstrapMean([])).toThrow('a mean over no runs');
  });

  it.each([
    [0.5, 0.674],
    [0.6827, 1],
    [0.95, 1.96],
  ])('of a mean at confidence %d reaches %d · s/√n to both sides', (confidence, reach) => {
    expect(normalQuantile((1 + confidence) / 2)).toBeCloseTo(reach, 2);
    // s² = (100² − 1)/12 = 833.25, s/√n = 28.866/10
    expectReach(bootstrapMean(upTo(100), { confidence }), 49.5, 2.8866, reach);
    expectReach(bootstrapStatistic([upTo(100)], pooledMean, { confidence }), 49.5, 2.8866, reach);
  });

  it('is one of 95 % where nothing else is asked for', () => {
    expectReach(bootstrapMean(upTo(100)), 49.5, 2.8866, 1.96);
    expectReach(bootstrapStatistic([upTo(100)], pooledMean), 49.5, 2.8866, 1.96);
  });

  it('holds the true mean in about 95 of 100 samples', () => {
    const random = new SeededRandom(3);
    const covered = upTo(150).filter((seed) => {
      const sample = upTo(30).map(() => random.nextNormal());
      const interval = bootstrapStatistic([sample], pooledMean, { resamples: 200, seed });
      return interval !== null && interval.low <= 0 && interval.high >= 0;
    });
    // 150 samples: 0.95 ± 3·√(0.95·0.05/150) = 0.95 ± 0.053, and less by 0.02 for n = 30. One sigma would hold 0.68.
    expect(covered.length / 150).toBeGreaterThan(0.87);
    expect(covered.length / 150).toBeLessThan(1);
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

  it('is as wide as the scatter within the strata makes it', () => {
    // 40 runs 0 … 39 and 10 runs 1000 … 1009, variances (40² − 1)/12 = 133.25 and (10² − 1)/12 = 8.25. Their pooled mean
    // (40·19.5 + 10·1004.5)/50 = 216.5 has the standard error √(40·133.25 + 10·8.25)/50 = 1.4714; runs drawn across the
    // strata would have √(0.8·0.2)·985/√50 = 55.7.
    const strata = [upTo(40), upTo(10).map((i) => 1000 + i)];
    expectReach(bootstrapStatistic(strata, pooledMean), 216.5, 1.4714, 1.96);
  });

  it('is as wide as the scatter over all runs makes it where a stratum has one only', () => {
    // 64 runs of 0 in one stratum, 36 strata of one run of 1: √(0.36·0.64/100) = 0.048. Within the strata nothing scatters.
    const strata = [new Array<number>(64).fill(0), ...upTo(36).map(() => [1])];
    expectReach(bootstrapStatistic(strata, pooledMean), 0.36, 0.048, 1.96);
  });

  it('draws as many runs as there are, from each stratum or over all', () => {
    const count = (strata: readonly (readonly number[])[]): number => strata.flat().length;
    const [within, overAll] = [
      [
        [1, 2],
        [3, 4, 5],
      ],
      [[1, 2], [3], [4, 5]],
    ];
    for (const strata of [within, overAll])
      expect(bootstrapStatistic(strata, count)).toEqual({ mean: 5, low: 5, high: 5 });
    // From a stratum its own runs.
    const sumOfFirst = ([first]: readonly (readonly number[])[]): number => first.reduce((a, b) => a + b, 0);
    expect(bootstrapStatistic(within, sumOfFirst, { confidence: 1 })).toEqual({ mean: 3, low: 2, high: 4 });
  });

  it('leaves out the draws in which the figure does not exist', () => {
    // 0 and 1 drawn twice each in half of the draws: then one of the two means does not exist.
    const difference = ([zeros, ones]: readonly (readonly number[])[]): number =>
      pooledMean([ones]) - pooledMean([zeros]);
    expect(bootstrapStatistic([[0], [1]], difference)).toEqual({ mean: 1, low: 1, high: 1 });
  });

  it('is null for a figure that does not exist', () => {
    expect(bootstrapStatistic([], meanOfMeans)).toBeNull();
  });
});
