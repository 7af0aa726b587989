import { describe, expect, it } from '#jest';
import { areaUnderRoc } from './area-under-roc.js';

describe('area under the ROC curve', () => {
  it('of 2, 4 against 1, 2, 3: (1 + ½ + 3) of 6 pairs', () => {
    expect(areaUnderRoc([4, 2], [2, 1, 3])).toBeCloseTo(4.5 / 6, 12);
  });

  it('is ½ when all scores are equal, and not a number without negatives', () => {
    expect(areaUnderRoc([1, 1], [1, 1, 1])).toBe(0.5);
    expect(areaUnderRoc([1], [])).toBeNaN();
  });
});
