import { describe, expect, it } from '#jest';
import type { LabelledRun } from '../window/labelled-run.js';
import { fitFoundation, storable } from './foundation.js';
import { forecastInputs } from './inputs.js';
import { RidgeVar } from './ridge-var.js';
import { SeededRandom } from '../math/seeded-random.js';

const TAGS = 2;
const ROWS = 400;

/**
 * x(t) = 0.8·x(t−1) + e, y(t) = e′ about means of 50 and −7. From the onset on, x is what the disturbance says.
 */
function aRun(seed: number, idv = 0, onsetRow = ROWS, disturbed = NaN): LabelledRun {
  const random = new SeededRandom(seed);
  const values = new Float64Array(ROWS * TAGS);
  let x = 0;
  for (let row = 0; row < ROWS; row++) {
    x = 0.8 * x + random.nextNormal();
    values.set([row < onsetRow ? 50 + x : disturbed, -7 + random.nextNormal()], row * TAGS);
  }
  return { values, idv, onsetRow };
}

const normals = [1, 2, 3, 4, 5].map((seed) => aRun(seed));

describe('what the forecast rests on', () => {
  const foundation = fitFoundation(normals);

  it('is the scaling, the autoregression and the innovations of normal operation', () => {
    // Var x = 1/(1 − 0.8²) = (1/0.6)², 5 runs of 400 correlated rows; a standardised innovation of x has the variance 0.6².
    const { scaler, model, innovationVariance } = foundation;
    expect(scaler.mean[0]).toBeCloseTo(50, 0);
    expect(scaler.mean[1]).toBeCloseTo(-7, 1);
    expect(scaler.standardDeviation[0]).toBeCloseTo(1 / 0.6, 0);
    expect([model.order, model.columns]).toEqual([15, TAGS]);
    expect(model.coefficients[0]).toBeCloseTo(0.8, 1);
    expect(Math.abs(innovationVariance[0] - 0.36)).toBeLessThan(0.05);
    expect(Math.abs(innovationVariance[1] - 1)).toBeLessThan(0.1);
  });

  it('counts as disturbed what one normal row in a thousand exceeds', () => {
    const excitement = normals.flatMap(({ values }) => [
      ...forecastInputs(foundation.scaler.transform(values), foundation).excitement,
    ]);
    // 2000 rows: position 1999 · 0.999 = 1997.001 among those in order, so two are beyond.
    expect(excitement.filter((value) => value > foundation.disturbedAbove)).toHaveLength(2);
  });

  it('takes rows before a disturbance into the autoregression, and nothing else of a disturbed run', () => {
    const wild = fitFoundation([...normals, aRun(6, 1, 100, 1e6)]);
    const calm = fitFoundation([...normals, aRun(6, 1, 100, -1e6)]);
    expect(wild.model.coefficients).toEqual(calm.model.coefficients);
    for (const { scaler, innovationVariance } of [wild, calm]) {
      expect(scaler.toJSON()).toEqual(foundation.scaler.toJSON());
      innovationVariance.forEach((value, tag) =>
        expect(value).toBeCloseTo(foundation.innovationVariance[tag], 2),
      );
    }
    expect(wild.model.coefficients).not.toEqual(foundation.model.coefficients);
    const undisturbed = fitFoundation(normals, [aRun(6, 1, 100, 1e6)]);
    expect(undisturbed.model.coefficients).toEqual(wild.model.coefficients);
  });

  it('takes a tag that follows from the past for one with a little variance', () => {
    const still = normals.map((run) => ({
      ...run,
      values: run.values.map((value, at) => (at % TAGS === 0 ? value : 3)),
    }));
    expect(fitFoundation(still).innovationVariance[1]).toBe(1e-6);
  });

  it('needs normal runs', () => {
    expect(() => fitFoundation([aRun(1, 1, 100, 0)])).toThrow('training needs normal runs');
  });

  it('keeps the coefficients as they are stored, in single precision', () => {
    const { coefficients } = storable(new RidgeVar(1, 1, Float64Array.of(0.1)));
    expect(Array.from(coefficients)).toEqual([Math.fround(0.1)]);
    expect(foundation.model.coefficients).toEqual(foundation.model.coefficients.map(Math.fround));
  });
});
