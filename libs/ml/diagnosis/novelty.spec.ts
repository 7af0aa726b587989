import { describe, expect, it } from '#jest';
import { distanceToClusters, fitStateClusters } from './novelty.js';
import { SeededRandom } from '../math/seeded-random.js';

const UNITS = 2;

/** States around a centre, wide along the first unit and narrow along the second. */
function states(centre: readonly number[], seed: number): Float32Array {
  const random = new SeededRandom(seed);
  return Float32Array.from({ length: 2000 * UNITS }, (_, i) => {
    return centre[i % UNITS] + (i % UNITS === 0 ? 0.5 : 0.05) * random.nextNormal();
  });
}

describe('distance to the clusters of states', () => {
  const clusters = fitStateClusters(
    new Map([
      [3, states([0, 0], 1)],
      [7, states([5, 5], 2)],
    ]),
    UNITS,
    0.02,
  );

  it('is below 1 for 95 % of the states that a cluster was made of', () => {
    const own = states([5, 5], 2);
    let within = 0;
    for (let at = 0; at < own.length; at += UNITS)
      within += distanceToClusters(own.subarray(at, at + UNITS), clusters) <= 1 ? 1 : 0;
    expect(within / 2000).toBeCloseTo(0.95, 2);
  });

  it('counts the same way far where a cluster is narrow and near where it is wide', () => {
    const wide = distanceToClusters(Float32Array.of(1, 0), clusters);
    const narrow = distanceToClusters(Float32Array.of(0, 1), clusters);
    // variances 0.25 and 0.0025, each plus 0.02: the squared distances are as 0.27 to 0.0225
    expect(narrow / wide).toBeCloseTo(12, -1);
  });

  it('takes the nearest cluster and none that was not learnt', () => {
    expect(distanceToClusters(Float32Array.of(5, 5), clusters)).toBeLessThan(0.01);
    expect(clusters.scales[4]).toBe(0);
  });

  it('needs states', () => {
    expect(() => fitStateClusters(new Map([[3, new Float32Array(0)]]), UNITS, 0.02)).toThrow(RangeError);
  });
});
