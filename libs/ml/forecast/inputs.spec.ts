import { describe, expect, it } from '#jest';
import { type ForecastFoundation, directForecastMatrix, forecastInputs, regressors } from './inputs.js';
import { RidgeVar } from './ridge-var.js';
import { SeededRandom } from '../math/seeded-random.js';
import { StandardScaler } from '../math/standard-scaler.js';

/** Tags that halve from row to row, with innovations of variance 4. */
function aFoundation(tags = 1): ForecastFoundation {
  const halves = Float64Array.from({ length: tags * tags }, (_, at) => (at % (tags + 1) === 0 ? 0.5 : 0));
  return {
    scaler: StandardScaler.fromJSON({
      kind: 'zscore',
      offset: new Array<number>(tags).fill(0),
      scale: new Array<number>(tags).fill(1),
    }),
    model: new RidgeVar(1, tags, halves),
    innovationVariance: new Float64Array(tags).fill(4),
    disturbedAbove: 2,
  };
}

function expectClose(actual: ArrayLike<number>, expected: readonly number[], digits = 6): void {
  expect(actual).toHaveLength(expected.length);
  expected.forEach((value, i) => expect(actual[i]).toBeCloseTo(value, digits));
}

describe('what the forecast reads out of a window', () => {
  it('are level, spread, excitement and squashed values of every row, by hand', () => {
    const inputs = forecastInputs(Float64Array.of(1, 3, -1), aFoundation());
    expect(inputs.rows).toBe(3);
    // The level begins with the first value and moves by 0.08 of the distance: 1, 1 + 0.16, 1.16 − 0.08 · 2.16.
    expectClose(inputs.level, [1, 1.16, 0.9872]);
    // Squared spread from 1 on: 0.92, then 0.92 + 0.08 (2² − 0.92) = 1.1664, then + 0.08 (2.16² − 1.1664) = 1.446336.
    expectClose(inputs.spread, [Math.sqrt(0.92), 1.08, Math.sqrt(1.446336)]);
    // The first row has no past to be predicted from. Then 3 − 0.5 and −1 − 1.5: energy 6.25/4 = 1.5625 both times.
    const slow = [1, 1 + 0.03 * 0.5625, 1 + 0.03 * 0.5625 * (1 + 0.97)];
    const fast = [1, 1 + 0.2 * 0.5625, 1 + 0.2 * 0.5625 * (1 + 0.8)];
    expectClose(inputs.excitement, slow, 12);
    expectClose(
      inputs.calm,
      slow.map((excitement) => 1 / (1 + (excitement / 2) ** 24)),
    );
    // Values 1, 3, −1 and their distances from the level, each as ± ln(1 + |x|), and both excitements.
    expectClose(inputs.features, [
      ...[Math.log(2), 0, 0, 0],
      ...[Math.log(4), Math.log(2.84), Math.log(fast[1]), Math.log(slow[1])],
      ...[-Math.log(2), -Math.log(2.9872), Math.log(fast[2]), Math.log(slow[2])],
    ]);
  });

  it('turns from calm to disturbed about the limit of excitement', () => {
    // An innovation whose square is 1000 times its variance counts 400, over two tags 200: 1 + 0.03 · (200 − 1).
    const jump = forecastInputs(Float64Array.of(0, 0, 0, 2 * Math.sqrt(1000)), aFoundation(2));
    expect(jump.excitement[1]).toBeCloseTo(1 + 0.03 * 199, 12);
    expect(jump.calm[1]).toBeLessThan(1e-6);
    expect(jump.calm[0]).toBeCloseTo(1, 6);
    const atLimit = forecastInputs(Float64Array.of(0), { ...aFoundation(), disturbedAbove: 1 });
    expect(atLimit.calm[0]).toBe(0.5);
  });

  it('takes a tag that does not move for one that might, by half a standard deviation', () => {
    // 0.92^n is below 0.25 from n = 17 on.
    const { spread } = forecastInputs(new Float64Array(20), aFoundation());
    expect(spread[15]).toBeCloseTo(Math.sqrt(0.92 ** 16), 6);
    expect(Array.from(spread.subarray(17))).toEqual([0.5, 0.5, 0.5]);
  });

  it('keeps tags apart', () => {
    const [a, b] = [
      [1, 3, -1],
      [-2, 0.5, 4],
    ];
    const both = forecastInputs(
      Float64Array.from(a.flatMap((value, row) => [value, b[row]])),
      aFoundation(2),
    );
    [a, b].forEach((values, tag) => {
      const alone = forecastInputs(Float64Array.from(values), aFoundation());
      values.forEach((_, row) => {
        expect(both.level[row * 2 + tag]).toBe(alone.level[row]);
        expect(both.spread[row * 2 + tag]).toBe(alone.spread[row]);
        expect(both.features[row * 6 + tag]).toBe(alone.features[row * 4]);
        expect(both.features[row * 6 + 2 + tag]).toBe(alone.features[row * 4 + 1]);
      });
    });
  });
});

describe('the regressors of a forecast', () => {
  it('are the last rows, the newest first, and 0 before the window', () => {
    const z = Float64Array.of(1, 2, 3, 4, 5, 6, 7, 8);
    expect(Array.from(regressors(z, [3, 0], 3, 2))).toEqual([7, 8, 5, 6, 3, 4, 1, 2, 0, 0, 0, 0]);
  });

  it('times the direct matrix are the iterated forecast', () => {
    const random = new SeededRandom(5);
    const some = (length: number): Float64Array =>
      Float64Array.from({ length }, () => 0.4 * random.nextNormal());
    const model = new RidgeVar(3, 2, some(3 * 2 * 2));
    const z = some(5 * 2);
    const matrix = directForecastMatrix(model, 4);
    const past = regressors(z, [4], 3, 2);
    const forecast = Array.from({ length: 4 * 2 }, (_, at) =>
      past.reduce((sum, value, i) => sum + value * matrix[i * 8 + at], 0),
    );
    expectClose(forecast, Array.from(model.forecast(z, 4, 4)));
  });
});
