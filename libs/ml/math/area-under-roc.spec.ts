import { describe, expect, it } from '#jest';
import { areaUnderRoc } from './area-under-roc.js';
import { SeededRandom } from './seeded-random.js';

describe('area under the ROC curve', () => {
  it('of 2, 4 against 1, 2, 3: (1 + ½ + 3) of 6 pairs', () => {
    expect(areaUnderRoc([4, 2], [2, 1, 3])).toBeCloseTo(4.5 / 6, 12);
  });

  it('is ½ when all scores are equal, and not a number without negatives', () => {
    expect(areaUnderRoc([1, 1], [1, 1, 1])).toBe(0.5);
    expect(areaUnderRoc([1], [])).toBeNaN();
  });

  it('is the share of pairs in the right order, counted pair by pair, ties half', () => {
    const random = new SeededRandom(1);
    const scores = (count: number): number[] => Array.from({ length: count }, () => random.nextInt(12));
    const [positives, negatives] = [scores(40), scores(50)];
    const wins = positives.flatMap((p) => negatives.map((n) => (p > n ? 1 : p === n ? 0.5 : 0)));
    expect(areaUnderRoc(positives, negatives)).toBeCloseTo(
      wins.reduce<number>((sum, win) => sum + win, 0) / (40 * 50),
      12,
    );
  });
});
