import { describe, expect, it } from '#jest';
import { readGoldenJson } from '../../../test/factories/golden-vectors.js';
import { RandomGenerator, skipOfNormals } from './random-generator.js';

interface GoldenSequence {
  seed: number;
  first_10_states: number[];
  first_10_U01: number[];
  state_after_1000_draws: number;
  state_after_1000000_draws: number;
  first_5_noises_sigma_1: number[];
}

const sequences = readGoldenJson<GoldenSequence[]>('rng.json');
/** The seed of d08_te: a multiple of 8 above 2³², whose first product still rounds. */
const LARGE_MULTIPLE_OF_8 = 8943242344;

describe('the random generator of the plant', () => {
  it.each(sequences)('runs through the published states from seed $seed', (golden) => {
    const generator = new RandomGenerator(golden.seed);
    const drawTo = (from: number, to: number) => {
      for (let draw = from; draw < to; draw++) generator.uniform();
    };
    golden.first_10_states.forEach((state, i) => {
      expect(generator.uniform()).toBe(golden.first_10_U01[i]);
      expect(generator.state).toBe(state);
    });
    drawTo(10, 1000);
    expect(generator.state).toBe(golden.state_after_1000_draws);
    drawTo(1000, 1_000_000);
    expect(generator.state).toBe(golden.state_after_1000000_draws);
  });

  it.each(sequences)(
    'draws the published noise from seed $seed',
    ({ seed, first_5_noises_sigma_1: noises }) => {
      const generator = new RandomGenerator(seed);
      for (const noise of noises) expect(generator.normal()).toBeCloseTo(noise, 14);
    },
  );

  it.each([1, 2994833239, 4243534565, LARGE_MULTIPLE_OF_8])(
    'is the floating-point remainder of the rounded product from seed %d',
    (seed) => {
      const generator = new RandomGenerator(seed);
      let g = seed;
      for (let draw = 0; draw < 500; draw++) {
        g = (g * 9228907) % 4294967296;
        expect(generator.uniform()).toBe(g / 4294967296);
      }
    },
  );

  it.each([1, 4243534565, LARGE_MULTIPLE_OF_8])(
    'adds the same noise in bulk, and skips it, as drawn one by one from seed %d',
    (seed) => {
      const [single, bulk, skipping] = [1, 2, 3].map(() => new RandomGenerator(seed));
      const sigma = Float64Array.from({ length: 22 }, (_, n) => n + 1);
      const added = new Float64Array(22);
      const skip = skipOfNormals(22);
      for (let round = 0; round < 3; round++) {
        added.fill(0);
        bulk.addNormals(sigma, added, 22);
        skipping.skip(skip);
        added.forEach((noise, n) => expect(noise).toBe(sigma[n] * single.normal()));
        expect(bulk.state).toBe(single.state);
        expect(skipping.state).toBe(single.state);
      }
    },
  );

  it('refuses a start value that is no number >= 0', () => {
    expect(() => new RandomGenerator(-1)).toThrow(RangeError);
    expect(() => new RandomGenerator(NaN)).toThrow(/must be a number >= 0/);
  });
});
