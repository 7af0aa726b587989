import { describe, expect, it } from '#jest';
import type { InnovationModel } from '../math/innovation-model.js';
import { InnovationResiduals } from './innovation-residuals.js';
import { SlowQuadraticTerms } from './slow-quadratic-terms.js';
import { SnapshotReader } from './snapshot.js';

/**
 * Two tags predicted from two samples: a(t) = ½·a(t−1) + ¼·b(t−2) and b(t) = −½·b(t−1). Innovations have variances of 2 and a
 * covariance of 1, S⁻¹ = [[2, −1], [−1, 2]]/3.
 */
const model: InnovationModel = {
  columns: 2,
  lags: 2,
  coefficients: Float64Array.of(0.5, 0, 0, 0.25, 0, -0.5, 0, 0),
  covariance: Float64Array.of(2, 1, 1, 2),
  precision: Float64Array.of(2 / 3, -1 / 3, -1 / 3, 2 / 3),
};

/** One component, the average of the first tag, its square weighed into the second; an intercept of 0.1 and −0.2. */
const curved = {
  columns: 2,
  components: 1,
  smoothing: 0.5,
  projection: Float64Array.of(1, 0),
  productMeans: Float64Array.of(0),
  intercept: Float64Array.of(0.1, -0.2),
  weights: Float64Array.of(0, 0.25),
};
const flat = { ...curved, intercept: new Float64Array(2), weights: new Float64Array(2) };

/** Many tags without a memory, so that a prediction is 0 and an innovation the value, of variance 1. */
function memoryless(columns: number): InnovationModel {
  const identity = Float64Array.from({ length: columns ** 2 }, (_, at) => (at % (columns + 1) === 0 ? 1 : 0));
  return {
    columns,
    lags: 1,
    coefficients: new Float64Array(columns ** 2),
    covariance: identity,
    precision: identity,
  };
}

function residualsOf(of: InnovationModel, quadratic = flat, jumps?: 'whole' | 'half'): InnovationResiduals {
  return new InnovationResiduals(of, new SlowQuadraticTerms(quadratic), jumps);
}

const noQuadratic = (columns: number) => ({
  columns,
  components: 0,
  smoothing: 1,
  projection: new Float64Array(0),
  productMeans: new Float64Array(0),
  intercept: new Float64Array(columns),
  weights: new Float64Array(0),
});

const push = (residuals: InnovationResiduals, ...values: number[]): boolean =>
  residuals.push(Float64Array.from(values));

function expectClose(actual: Float64Array, expected: readonly number[]): void {
  expect(actual).toHaveLength(expected.length);
  actual.forEach((value, i) => expect(value).toBeCloseTo(expected[i], 12));
}

describe('what a prediction leaves over, by hand', () => {
  it('is the innovation, once the past is full, and its three views', () => {
    const residuals = residualsOf(model);
    expect(push(residuals, 4, 8)).toBe(false);
    expect(push(residuals, 2, 2)).toBe(false);
    // ½·2 + ¼·8 = 3 and −½·2 = −1 are predicted.
    expect(push(residuals, 6, -1)).toBe(true);
    expectClose(residuals.innovation, [3, 0]);
    // S⁻¹r = (2, −1); over √(2/3) each; rᵀS⁻¹r = 6
    expectClose(residuals.sensor, [2 / Math.sqrt(2 / 3), -1 / Math.sqrt(2 / 3)]);
    expect(residuals.energy).toBeCloseTo(6, 12);
    // Columns of I − ΣA: (½, 0) and (−¼, 1½). With S⁻¹: ¼·⅔ = 1/6, and (⅔/16 + 2·⅓·⅜ + ⅔·9/4) = 43/24.
    expectClose(residuals.step, [1 / Math.sqrt(1 / 6), (-0.25 * 2 - 1.5) / Math.sqrt(43 / 24)]);
  });

  it('has the intercept and the products of slow components taken off as well', () => {
    const residuals = residualsOf(model, curved);
    push(residuals, 4, 8);
    push(residuals, 2, 2);
    push(residuals, 6, -1);
    // The average of a is 2, then 2: ¼ · 2² and −0.2 more are predicted of b, 0.1 more of a.
    expectClose(residuals.innovation, [3 - 0.1, 0 + 0.2 - 1]);
    // Then 4: a is predicted as ½·6 + ¼·2 + 0.1, b as ½ − 0.2 + ¼ · 4².
    push(residuals, 0, 0);
    expectClose(residuals.innovation, [-3.6, -4.3]);
  });

  it('of a missing value is its conditional mean, which keeps that tag silent and the others exact', () => {
    const [whole, gap] = [
      residualsOf(memoryless(3), noQuadratic(3)),
      residualsOf(memoryless(3), noQuadratic(3)),
    ];
    for (const each of [whole, gap]) push(each, 0, 0, 0);
    push(whole, 2, 0, -1);
    push(gap, 2, NaN, -1);
    expect(gap.sensor).toEqual(whole.sensor);
    // Two tags bound to each other: half of the tags missing is too much, one of three is not.
    const bound = { ...memoryless(3) };
    bound.covariance = Float64Array.of(2, 1, 0, 1, 2, 0, 0, 0, 1);
    bound.precision = Float64Array.of(2 / 3, -1 / 3, 0, -1 / 3, 2 / 3, 0, 0, 0, 1);
    const residuals = residualsOf(bound, noQuadratic(3));
    push(residuals, 0, 0, 0);
    const sample = Float64Array.of(3, NaN, 1);
    expect(residuals.push(sample)).toBe(true);
    // E(b | a = 3) = 1/2 · 3; the energy of a alone, 3²/2, and of c, 1.
    expectClose(sample, [3, 1.5, 1]);
    expectClose(
      residuals.sensor,
      [(2 / 3) * 3 - 0.5, 0, 1].map((g, i) => g / Math.sqrt([2 / 3, 2 / 3, 1][i])),
    );
    expect(residuals.energy).toBeCloseTo(4.5 + 1, 12);
  });

  it('is nothing with half of the tags missing, nor before the past is full again', () => {
    const residuals = residualsOf(model);
    push(residuals, 4, 8);
    push(residuals, 2, 2);
    expect(push(residuals, 1, NaN)).toBe(false);
    expect([push(residuals, 4, 8), push(residuals, 2, 2), push(residuals, 6, -1)]).toEqual([
      false,
      false,
      true,
    ]);
    expectClose(residuals.innovation, [3, 0]);
    const three = residualsOf(memoryless(3), noQuadratic(3));
    push(three, 0, 0, 0);
    expect(push(three, 1, NaN, 1)).toBe(true);
    expect(push(three, NaN, NaN, 1)).toBe(false);
  });

  it('tells a plant that stands still by values that repeat, those that are missing aside', () => {
    const residuals = residualsOf(memoryless(3), noQuadratic(3));
    expect(residuals.repeats).toBe(false);
    const samples = [[0, 0, 0], [1, 2, 3], [1, 2, 3], [1, NaN, 3], [1, 2, 4], [1, 2, 4]]; // prettier-ignore
    const repeats = samples.map((values) => {
      push(residuals, ...values);
      return residuals.repeats;
    });
    // The first sample has nothing to repeat; the missing one was taken for 0, so that 2 is new again.
    expect(repeats).toEqual([false, false, true, true, false, true]);
    // It is the last sample that counts, however far back the model looks.
    const farther = residualsOf(model);
    for (const values of [[1, 2], [4, 8], [4, 8]]) push(farther, ...values); // prettier-ignore
    expect(farther.repeats).toBe(true);
    push(farther, 1, 2);
    expect(farther.repeats).toBe(false);
  });
});

describe('a wild value', () => {
  /** What is remembered of each tag after the samples: the prediction of the next one is the same value again. */
  function persistent(columns: number): InnovationModel {
    const plain = memoryless(columns);
    return { ...plain, coefficients: plain.covariance };
  }
  const innovationsAfter = (
    samples: readonly (readonly number[])[],
    jumps?: 'whole' | 'half',
  ): number[][] => {
    const residuals = residualsOf(persistent(5), noQuadratic(5), jumps);
    push(residuals, 0, 0, 0, 0, 0);
    return samples.map((values) => {
      push(residuals, ...values);
      // −0 is 0
      return Array.from(residuals.innovation, (value) => value + 0);
    });
  };
  const zeros = [0, 0, 0, 0, 0];

  it('is assessed as it is, and remembered as its conditional mean', () => {
    const residuals = residualsOf(persistent(5), noQuadratic(5));
    push(residuals, ...zeros);
    push(residuals, 11, 0, 1, 0, 0);
    expect(residuals.energy).toBe(121 + 1);
    expect(residuals.sensor[0]).toBe(11);
    expectClose(residuals.innovation, [0, 0, 1, 0, 0]);
    // Without a trace in the next one.
    push(residuals, 0, 0, 1, 0, 0);
    expect(residuals.energy).toBe(0);
  });

  it('is more than ten deviations, either way', () => {
    const [first] = innovationsAfter([[10, -10, 0, 0, 0]]);
    expect(first).toEqual([10, -10, 0, 0, 0]);
    const [wild] = innovationsAfter([[10.1, -10.1, 0, 0, 0]]);
    expect(wild).toEqual(zeros);
  });

  it('is one in two tags at most: what three say is believed at once', () => {
    const [first, second] = innovationsAfter([[20, 20, 20, 0, 0], [20, 20, 20, 0, 0]]); // prettier-ignore
    expect(first).toEqual([20, 20, 20, 0, 0]);
    expect(second).toEqual(zeros);
  });

  it('is believed when it comes again, and its first value with it', () => {
    const samples = [[20, 0, 0, 0, 0], [30, 0, 0, 0, 0], [30, 0, 0, 0, 0]]; // prettier-ignore
    // 20 was remembered as 0, so that 30 leaves 30 over; then nothing is new.
    expect(innovationsAfter(samples)).toEqual([zeros, [30, 0, 0, 0, 0], zeros]);
  });

  it('is believed at once right after another, of whichever tag', () => {
    const samples = [[20, 0, 0, 0, 0], [20, 20, 0, 0, 0], [20, 20, 0, 0, 0]]; // prettier-ignore
    const [, second, third] = innovationsAfter(samples);
    expect(second).toEqual([20, 20, 0, 0, 0]);
    expect(third).toEqual(zeros);
  });

  it('puts its first value back into the past of a model that looks farther', () => {
    const twoBack: InnovationModel = {
      ...memoryless(5),
      lags: 2,
      // The value of the sample before the last is predicted.
      coefficients: Float64Array.from({ length: 50 }, (_, at) => (at % 11 === 5 ? 1 : 0)),
    };
    const after = (jumps?: 'whole' | 'half'): number => {
      const residuals = residualsOf(twoBack, noQuadratic(5), jumps);
      for (const first of [0, 0, 20, 20, 20]) push(residuals, first, 0, 0, 0, 0);
      return residuals.energy;
    };
    // The fifth sample is predicted from the third, the first wild one.
    expect(after()).toBe(0);
    expect(after('whole')).toBe(0);
    expect(after('half')).toBe(20 ** 2);
    // A second tag that goes wild with the second value keeps the past that it has: 3 are predicted of it, of the first one 20.
    const residuals = residualsOf(twoBack, noQuadratic(5));
    const samples = [[0, 3], [0, 3], [20, 3], [20, 30], [20, 30]]; // prettier-ignore
    for (const [first, second] of samples) push(residuals, first, second, 0, 0, 0);
    expect(residuals.energy).toBe((30 - 3) ** 2);
  });

  it('of exactly 0 is wild like any other', () => {
    const residuals = residualsOf(persistent(5), noQuadratic(5));
    for (const first of [50, 0]) push(residuals, first, 0, 0, 0, 0);
    expect(residuals.state().wasWild[0]).toBe(Number.MIN_VALUE);
    push(residuals, 0, 0, 0, 0, 0);
    expectClose(residuals.innovation, [-50, 0, 0, 0, 0]);
  });

  it('goes on from its state', () => {
    const [whole, other] = [
      residualsOf(persistent(5), noQuadratic(5)),
      residualsOf(persistent(5), noQuadratic(5)),
    ];
    push(whole, 1, 0, 0, 0, 0);
    push(whole, 30, 0, 0, 0, 0);
    other.restore(
      new SnapshotReader({ detector: 'innovation_bank', state: whole.state() }, 'innovation_bank'),
    );
    for (const each of [whole, other]) {
      expect(push(each, 30, 0, 0, 0, 0)).toBe(true);
      expectClose(each.innovation, [29, 0, 0, 0, 0]);
    }
    whole.reset();
    expect(whole.state()).toEqual({ seen: 0, history: zeros, slow: zeros, wasWild: zeros });
  });
});
