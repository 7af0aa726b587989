import { expect, it } from '#jest';
import { addSums, samplesOf, type StatisticSums, statisticsOf } from './tag-statistics.js';

const sumsOf = (values: number[], uncertain = 0, bad = 0): StatisticSums => ({
  count: values.length,
  uncertain,
  bad,
  sum: values.reduce((sum, value) => sum + value, 0),
  sumSquares: values.reduce((sum, value) => sum + value * value, 0),
  min: Math.min(...values),
  max: Math.max(...values),
});

it('sums up the good values of a tag', () => {
  // 2, 4, 4, 4, 5, 5, 7, 9: mean 5, squares of the differences 9 + 1 + 1 + 1 + 0 + 0 + 4 + 16 = 32
  expect(statisticsOf(sumsOf([2, 4, 4, 4, 5, 5, 7, 9], 1, 2))).toEqual({
    count: 8,
    uncertain: 1,
    bad: 2,
    mean: 5,
    std: Math.sqrt(32 / 7),
    min: 2,
    max: 9,
  });
});

it('has no deviation of a single value, nor of many that are the same', () => {
  expect(statisticsOf(sumsOf([3]))).toMatchObject({ mean: 3, std: 0 });
  // a third of 0.1 + 0.1 + 0.1 is not 0.1
  expect(statisticsOf(sumsOf([0.1, 0.1, 0.1]))).toMatchObject({ mean: 0.1, std: 0 });
});

it('has counts only where no value is good', () => {
  const nothing = { mean: null, std: null, min: null, max: null };
  expect(statisticsOf(sumsOf([], 2, 1))).toEqual({ count: 0, uncertain: 2, bad: 1, ...nothing });
});

it('is the same of two parts in either order', () => {
  const parts = [sumsOf([1, 9], 1, 0), sumsOf([5, -3, 12], 0, 4)];
  for (const [first, second] of [parts, parts.toReversed()]) {
    const whole = { ...first };
    addSums(whole, second);
    expect(whole).toEqual(sumsOf([1, 9, 5, -3, 12], 1, 4));
    expect(samplesOf(whole)).toBe(10);
  }
});
