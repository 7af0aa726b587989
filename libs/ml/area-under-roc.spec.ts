import { describe, expect, it } from '@jest/globals';
import { areaUnderRoc } from './area-under-roc.js';

describe('the area under the receiver operating characteristic', () => {
  it('is the share of pairs in the right order, ties counting half', () => {
    // pairs (3, 1), (3, 2), (2, 1) are right, (2, 2) is a tie: 3.5 of 4
    expect(areaUnderRoc([3, 2], [1, 2])).toBe(3.5 / 4);
  });

  it('is 1 when every positive scores higher and 0 when every one scores lower', () => {
    expect(areaUnderRoc([5, 6, 7], [1, 2])).toBe(1);
    expect(areaUnderRoc([1, 2], [5, 6, 7])).toBe(0);
  });

  it('is unknown without positives or negatives', () => {
    expect(areaUnderRoc([], [1])).toBeNull();
    expect(areaUnderRoc([1], [])).toBeNull();
  });
});
