import { describe, expect, it } from '#jest';
import { SeededRandom } from '../math/seeded-random.js';
import { crossEntropy, fitTemperature, softmaxOf } from './temperature-scaling.js';

describe('temperature scaling', () => {
  it('finds by how much the logits of a network are too sure of themselves', () => {
    const random = new SeededRandom(5);
    const logits: number[][] = [];
    const labels: number[] = [];
    for (let n = 0; n < 20_000; n++) {
      const honest = [0, random.nextNormal(), random.nextNormal()];
      const weights = honest.map(Math.exp);
      const drawn = random.next() * weights.reduce((sum, weight) => sum + weight, 0);
      labels.push(drawn < weights[0] ? 0 : drawn < weights[0] + weights[1] ? 1 : 2);
      logits.push(honest.map((value) => 2.5 * value));
    }
    expect(fitTemperature(logits, labels)).toBeCloseTo(2.5, 0);
  });

  it('measures surprise in nats', () => {
    expect(crossEntropy([[0, 0]], [1], 1)).toBeCloseTo(Math.log(2), 12);
  });

  it('leaves out what is impossible', () => {
    // ln 3 at temperature 1: odds of 3 to 1
    const [first, second, third] = softmaxOf([-Infinity, 0, Math.log(3)], 1);
    expect(first).toBe(0);
    expect(second).toBeCloseTo(0.25, 6);
    expect(third).toBeCloseTo(0.75, 6);
  });

  it('needs samples', () => {
    expect(() => fitTemperature([], [])).toThrow(RangeError);
  });
});
