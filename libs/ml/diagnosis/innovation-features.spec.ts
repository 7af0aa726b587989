import { beforeAll, describe, expect, it } from '#jest';
import { InnovationFeatures } from './innovation-features.js';
import { SeededRandom } from '../math/seeded-random.js';

const TAGS = 3;
const ROWS = 400;
const ONSET = 200;

/** Three tags, each with a memory of its own; from the onset on `change` adds to what they show, in their own deviations. */
function aRun(seed: number, change: (random: SeededRandom) => number[] = () => [0, 0, 0]): Float64Array {
  const random = new SeededRandom(seed);
  const values = new Float64Array(ROWS * TAGS);
  const state = new Float64Array(TAGS);
  for (let row = 0; row < ROWS; row++) {
    const added = row < ONSET ? [0, 0, 0] : change(random);
    for (let j = 0; j < TAGS; j++) {
      state[j] = 0.5 * state[j] + random.nextNormal();
      values[row * TAGS + j] = 50 + 4 * (state[j] + added[j]);
    }
  }
  return values;
}

describe('innovation features', () => {
  let features: InnovationFeatures;
  /** Features of the last row by kind: three means, fast to slow, then fast and slow variance; one value per tag each. */
  const lastOf = (run: Float64Array): number[][] => {
    const last = Array.from(features.transform(run).slice(-features.width));
    return Array.from({ length: features.width / TAGS }, (_, k) => last.slice(k * TAGS, (k + 1) * TAGS));
  };

  beforeAll(() => {
    features = InnovationFeatures.fit(
      Array.from({ length: 12 }, (_, n) => aRun(n + 1)),
      TAGS,
    );
  });

  it('show a lasting shift with its sign, in its tag', () => {
    const [, , up] = lastOf(aRun(99, () => [1.5, 0, 0]));
    const [, , down] = lastOf(aRun(99, () => [-1.5, 0, 0]));
    expect(up[0]).toBeGreaterThan(1);
    expect(down[0]).toBeLessThan(-1);
    expect(Math.abs(up[1])).toBeLessThan(Math.abs(up[0]) / 2);
  });

  it('show a shaking tag by its variance', () => {
    const [, , , fast] = lastOf(aRun(98, (random) => [0, 5 * random.nextNormal(), 0]));
    expect(fast[1]).toBeGreaterThan(1);
    expect(Math.abs(fast[2])).toBeLessThan(1);
  });

  it('say to which tag they belong', () => {
    expect(features.width).toBe(5 * TAGS);
    expect([0, 4, 8].map((feature) => features.tagOf(feature))).toEqual([0, 1, 2]);
  });

  it('are at rest while there is too little past', () => {
    const first = features.transform(aRun(97)).slice(0, features.width);
    first.forEach((value) => expect(Math.abs(value)).toBeLessThan(0.01));
  });

  it('are the same every time, and after they were stored and loaded', () => {
    const run = aRun(96, () => [1, 0, 0]);
    const once = features.transform(run);
    const { meta, tensors } = features.toParts();
    expect(features.transform(run)).toEqual(once);
    expect(InnovationFeatures.fromParts(meta, tensors).transform(run)).toEqual(once);
  });
});
