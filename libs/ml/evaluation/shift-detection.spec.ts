import { describe, expect, it } from '#jest';
import { SeededRandom } from '../math/seeded-random.js';
import { shiftDetection } from './shift-detection.js';
import { ZScoreDetector } from '../detectors/zscore.detector.js';

const TAGS = ['A', 'B', 'C'];

/** Uncorrelated normal noise around 10, as the z-score expects it. */
function noise(rows: number, seed: number): Float64Array {
  const random = new SeededRandom(seed);
  return Float64Array.from({ length: rows * TAGS.length }, () => 10 + random.nextNormal());
}

const detector = ZScoreDetector.fit({
  tagCodes: TAGS,
  trainingRuns: [noise(1_000, 1)],
  calibrationRuns: [noise(1_500, 2)],
});

describe('the share of tags in which a shift is noticed', () => {
  it('is 1 for a shift far beyond the limit and 0 for none', () => {
    const runs = [noise(400, 3)];
    expect(shiftDetection(detector, runs, { deviations: 20 })).toBe(1);
    expect(shiftDetection(detector, runs, { deviations: 0 })).toBe(0);
  });

  it('tells a detector that does not look at a tag', () => {
    const stuck = ZScoreDetector.fromArtifact({
      ...detector.toArtifact(),
      tensors: { ...detector.toArtifact().tensors, standardDeviation: Float64Array.of(1, 1e9, 1) },
    });
    expect(shiftDetection(stuck, [noise(400, 3)], { deviations: 20 })).toBeCloseTo(2 / 3, 12);
  });

  it('needs a run that is long enough', () => {
    expect(() => shiftDetection(detector, [noise(239, 3)])).toThrow(
      '240 rows is needed, the longest has 239',
    );
  });
});
