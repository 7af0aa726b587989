import { describe, expect, it } from '#jest';
import { extentOf } from './time-series.js';

describe('the extent of series', () => {
  it.each([[[9, 1, 2]], [[1, 9, 2]], [[2, 1, 9]], [[NaN, 9, 1, Infinity]]])(
    'goes from the lowest to the highest wherever they stand: %p',
    (values) => {
      expect(extentOf(values)).toEqual([1, 9]);
      expect(extentOf([5], values)).toEqual([1, 9]);
    },
  );
});
