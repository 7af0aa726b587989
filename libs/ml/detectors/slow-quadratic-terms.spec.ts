import { beforeAll, describe, expect, it } from '#jest';
import { fitInnovationModel, type InnovationModel } from '../math/innovation-model.js';
import { SeededRandom } from '../math/seeded-random.js';
import { fitSlowQuadraticTerms } from './fit-slow-quadratic-terms.js';
import { InnovationResiduals } from './innovation-residuals.js';
import { SlowQuadraticTerms, type SlowQuadraticParameters } from './slow-quadratic-terms.js';

const parameters: SlowQuadraticParameters = {
  columns: 2,
  components: 2,
  smoothing: 0.5,
  projection: Float64Array.of(1, 2, 0, -1),
  productMeans: Float64Array.of(0.25, 0.5, 1),
  intercept: Float64Array.of(0, 0),
  weights: new Float64Array(6),
};

describe('the products of slow components', () => {
  it('are those of the projected averages less their means, cut off at six deviations', () => {
    const terms = new SlowQuadraticTerms(parameters);
    terms.push(Float64Array.of(2, 4));
    terms.push(Float64Array.of(1, -2));
    // Averages 1 and 2, then 1 and 0: components 1 and 0.
    expect(Array.from(terms.slow)).toEqual([1, 0]);
    terms.multiply();
    expect(Array.from(terms.products)).toEqual([1 - 0.25, 0 - 0.5, 0 - 1]);
    // Averages ½ and 10: components 20.5 and −10, cut to 6 and −6.
    terms.push(Float64Array.of(0, 20));
    terms.multiply();
    expect(Array.from(terms.products)).toEqual([36 - 0.25, -36 - 0.5, 36 - 1]);
    terms.reset();
    terms.multiply();
    expect(Array.from(terms.products)).toEqual([-0.25, -0.5, -1]);
  });

  it.each(['projection', 'productMeans', 'intercept', 'weights'] as const)(
    'refuse a tensor of another size: %s',
    (name) => {
      const wrong = { ...parameters, [name]: new Float64Array(parameters[name].length + 1) };
      expect(() => new SlowQuadraticTerms(wrong)).toThrow('the tensors do not fit 2 components of 2 tags');
    },
  );
});

/** The second tag follows the square of the first, which moves slowly; the third is noise. */
function aRun(seed: number, rows: number): Float64Array {
  const random = new SeededRandom(seed);
  const run = new Float64Array(rows * 3);
  let slow = 0;
  for (let row = 0; row < rows; row++) {
    const before = slow;
    slow = 0.95 * slow + 0.3 * random.nextNormal();
    run.set([slow, before * before - 0.9 + 0.5 * random.nextNormal(), random.nextNormal()], row * 3);
  }
  return run;
}

describe('the fitted quadratic terms', () => {
  const runs = [1, 2, 3].map((seed) => aRun(seed, 200));
  const linear = fitInnovationModel(runs, 3, { lags: 2 });
  const options = { components: 2, smoothing: 0.6, ridge: 1e-3 };
  let model: InnovationModel;
  let quadratic: SlowQuadraticParameters;
  let samples: { f: number[]; e: number[] }[];
  beforeAll(() => {
    ({ model, quadratic } = fitSlowQuadraticTerms(runs, linear, options));
    samples = samplesOf(model, new SlowQuadraticTerms(quadratic));
  });

  /** Products before, and innovations after the quadratic correction, of every sample with a full past. */
  function samplesOf(of: InnovationModel, terms: SlowQuadraticTerms): { f: number[]; e: number[] }[] {
    const residuals = new InnovationResiduals(of, terms);
    return runs.flatMap((run) => {
      residuals.reset();
      return Array.from({ length: run.length / 3 }, (_, row) => {
        const ready = residuals.push(run.slice(row * 3, row * 3 + 3));
        return { ready, f: Array.from(terms.products), e: Array.from(residuals.innovation) };
      }).filter(({ ready }) => ready);
    });
  }
  const mean = (values: readonly number[]): number =>
    values.reduce((sum, value) => sum + value, 0) / values.length;

  it('leave nothing over on average, of products nor of innovations', () => {
    expect(samples).toHaveLength(3 * 198);
    for (const i of [0, 1, 2]) {
      expect(mean(samples.map(({ f }) => f[i]))).toBeCloseTo(0, 9);
      expect(mean(samples.map(({ e }) => e[i]))).toBeCloseTo(0, 9);
    }
  });

  it('solve the normal equations of their ridge', () => {
    for (const product of [0, 1, 2]) {
      for (const tag of [0, 1, 2]) {
        const pull = mean(samples.map(({ f, e }) => f[product] * e[tag]));
        expect(pull).toBeCloseTo(options.ridge * quadratic.weights[product * 3 + tag], 9);
      }
    }
  });

  it('come with the covariance of what they leave over, and its inverse', () => {
    for (const i of [0, 1, 2]) {
      for (const j of [0, 1, 2]) {
        const floor = i === j ? 1e-8 : 0;
        expect(model.covariance[i * 3 + j]).toBeCloseTo(mean(samples.map(({ e }) => e[i] * e[j])) + floor, 9);
        const product = [0, 1, 2].reduce(
          (sum, k) => sum + model.precision[i * 3 + k] * model.covariance[k * 3 + j],
          0,
        );
        expect(product).toBeCloseTo(i === j ? 1 : 0, 9);
      }
    }
    expect(model.coefficients).toEqual(linear.coefficients);
    // The square of the first tag is a part of what the linear model could not tell of the second.
    expect(model.covariance[4]).toBeLessThan(0.9 * linear.covariance[4]);
  });

  it('have components of unit variance where the averages have settled', () => {
    const scores = runs.flatMap((run) => {
      const terms = new SlowQuadraticTerms({ ...quadratic, productMeans: new Float64Array(3) });
      return Array.from({ length: 200 }, (_, row) => {
        terms.push(run.subarray(row * 3, row * 3 + 3));
        return Array.from({ length: 2 }, (_each, k) =>
          terms.slow.reduce((sum, value, i) => sum + value * quadratic.projection[k * 3 + i], 0),
        );
      }).slice(30);
    });
    const means = [0, 1].map((k) => mean(scores.map((score) => score[k])));
    const covariance = (i: number, j: number): number =>
      scores.reduce((sum, score) => sum + (score[i] - means[i]) * (score[j] - means[j]), 0) /
      (scores.length - 1);
    expect(covariance(0, 0)).toBeCloseTo(1, 9);
    expect(covariance(1, 1)).toBeCloseTo(1, 9);
    expect(covariance(0, 1)).toBeCloseTo(0, 9);
  });

  it('are of eight components, as many as there are tags, smoothed by 0.2 with a ridge of 1e-4 by default', () => {
    const byDefault = fitSlowQuadraticTerms(runs, linear);
    expect(byDefault.quadratic.components).toBe(3);
    const asked = fitSlowQuadraticTerms(runs, linear, { components: 3, smoothing: 0.2, ridge: 1e-4 });
    expect(byDefault).toEqual(asked);
  });

  it('ignore a direction in which nothing moves', () => {
    const still = runs.map((run) => run.map((value, at) => (at % 3 === 2 ? 0 : value)));
    const fitted = fitSlowQuadraticTerms(still, fitInnovationModel(still, 3, { lags: 1 }), { components: 3 });
    expect(Array.from(fitted.quadratic.projection.subarray(6)).map(Math.abs)).toEqual([0, 0, 0]);
  });
});
