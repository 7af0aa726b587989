import { describe, expect, it } from '#jest';
import {
  areaUnderPrecisionRecall,
  chanceOfTopHit,
  isTopHit,
  volumeUnderPrecisionRecall,
  type ScoredRun,
} from './detection-metrics.js';

function aRun(statistics: readonly number[], labels: readonly number[]): ScoredRun {
  return { statistics: Float64Array.from(statistics), labels: Uint8Array.from(labels) };
}

describe('area under the precision–recall curve', () => {
  it('of the ranking 1, 0, 1, 0: recall ½ at precision 1, then ½ at ⅔, makes 5/6', () => {
    expect(areaUnderPrecisionRecall([aRun([4, 3, 2, 1], [1, 0, 1, 0])])).toBeCloseTo(5 / 6, 12);
  });

  it('ranks the rows of all runs together', () => {
    expect(areaUnderPrecisionRecall([aRun([4, 1], [1, 0]), aRun([3, 2], [0, 1])])).toBeCloseTo(5 / 6, 12);
  });

  it('is the share of abnormal rows for a detector that says the same of every row', () => {
    expect(areaUnderPrecisionRecall([aRun([1, 1, 1, 1], [1, 0, 0, 0])])).toBe(0.25);
  });

  it('is not a number without abnormal rows', () => {
    expect(areaUnderPrecisionRecall([aRun([1, 2], [0, 0])])).toBeNaN();
  });
});

describe('volume under the precision–recall surface', () => {
  const labels = Array.from({ length: 100 }, (_, row) => (row >= 40 && row < 60 ? 1 : 0));

  it('is 1 for a detector that is right, when no buffer is asked for', () => {
    expect(volumeUnderPrecisionRecall(aRun(labels, labels), 0)).toBeCloseTo(1, 12);
  });

  it('forgives a detection five rows late more than the plain area does', () => {
    const late = aRun(
      labels.map((_, row) => (row >= 45 && row < 65 ? 1 : 0)),
      labels,
    );
    const plain = volumeUnderPrecisionRecall(late, 0);
    // 15 of 20 rows found at precision ¾, then the rest at the share of abnormal rows: ¾·¾ + ¼·⅕.
    expect(plain).toBeCloseTo(0.75 * 0.75 + 0.25 * 0.2, 12);
    expect(volumeUnderPrecisionRecall(late, 20)).toBeGreaterThan(plain + 0.05);
  });

  it('does not reward alarms far from the event', () => {
    const wrong = aRun(
      labels.map((_, row) => (row < 20 ? 1 : 0)),
      labels,
    );
    expect(volumeUnderPrecisionRecall(wrong, 20)).toBeLessThan(0.35);
  });
});

describe('attribution hit', () => {
  const tags = ['A', 'B', 'C', 'D', 'E'];
  it('counts when an expected tag is among the three largest', () => {
    expect(isTopHit([0, 5, 1, 4, 3], tags, ['E'])).toBe(true);
    expect(isTopHit([0, 5, 1, 4, 3], tags, ['C', 'A'])).toBe(false);
    expect(isTopHit([0, 5, 1, 4, 3], tags, ['E'], 2)).toBe(false);
  });

  it('happens by chance for three of five tags, one expected, unless all three miss: 1 − (4·3·2)/(5·4·3)', () => {
    expect(chanceOfTopHit(5, 1)).toBeCloseTo(0.6, 12);
    expect(chanceOfTopHit(5, 3)).toBe(1);
  });
});
