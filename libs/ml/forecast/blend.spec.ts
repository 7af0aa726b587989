import { type Rank, tensor2d, zeros } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from '#jest';
import { FORECAST_BASES, ForecastBlend, HORIZON_SHAPES, horizonShapes } from './blend.js';
import { FORECAST_HORIZON } from './horizon.js';
import { directForecastMatrix } from './inputs.js';
import { RidgeVar } from './ridge-var.js';
import { valuesOf } from '../network/tensor-values.js';
import { startTensors } from '../network/tf-backend.js';

const STEPS = [1, 2, 20];

/** One tag that halves from row to row, last seen at 4 about a local level of 2. */
function forecast(calm: number, blend: number[], corrections: number[]): number[] {
  const model = new RidgeVar(1, 1, Float64Array.of(0.5));
  const joined = new ForecastBlend(directForecastMatrix(model, FORECAST_HORIZON), 1, STEPS);
  const one = (value: number) => tensor2d([[value]]);
  const values = valuesOf(() =>
    joined.combine({
      regressors: one(4),
      last: one(4),
      level: one(2),
      spread: one(3),
      calm: one(calm),
      blend: tensor2d([blend]),
      corrections: tensor2d([corrections]),
    }),
  );
  return [...values];
}

/** Logits that are the same at every step: the polynomials of higher degree stay out of it. */
const constant = (logits: number[]): number[] => logits.flatMap((logit) => [logit, 0, 0, 0]);
const NONE = [0, 0, 0, 0];

describe('the blend of the bases', () => {
  beforeAll(async () => {
    await startTensors();
    zeros([1]).dispose();
  });

  it('rests on the autoregression when the plant is calm, whatever the corrections say', () => {
    const values = forecast(1, constant([0, 0, 0, 0]), [9, 0, 0, 0]);
    // 4 halves to 2 and to 1; the prior of 8 leaves 3 · e⁻⁸ = 0.1 % to the others
    expect(values[0]).toBeCloseTo(2, 2);
    expect(values[1]).toBeCloseTo(1, 1);
  });

  it('weighs the bases of a disturbed plant as the network says', () => {
    const chosen = (base: number): number[] =>
      forecast(0, constant(Array.from({ length: FORECAST_BASES }, (_, k) => (k === base ? 40 : 0))), NONE);
    expect(chosen(0)[0]).toBeCloseTo(2, 5);
    expect(chosen(1)[1]).toBeCloseTo(4, 5);
    expect(chosen(2)[1]).toBeCloseTo(2, 5);
    // about the level: 2 + (4 − 2) / 2 = 3
    expect(chosen(3)[0]).toBeCloseTo(3, 5);
  });

  it('adds corrections in units of the local spread', () => {
    const values = forecast(0, constant([0, 40, 0, 0]), [0.5, 0, 0, 0]);
    for (const value of values) expect(value).toBeCloseTo(4 + 3 * 0.5, 5);
  });

  it('bends along the horizon', () => {
    const values = forecast(0, constant([0, 40, 0, 0]), [0, 1, 0, 0]);
    // the linear polynomial is −1 at the first step and 1 at the last
    expect(values[0]).toBeCloseTo(4 - 3, 5);
    expect(values[2]).toBeCloseTo(4 + 3, 5);
  });
});

describe('the blend of two tags that look two rows back', () => {
  it('rests on the iterated autoregression, as it stands or about the local level', () => {
    const tags = 2;
    const model = new RidgeVar(2, tags, Float64Array.of(0.5, 0.1, -0.2, 0.3, 0.2, 0, 0.1, -0.4));
    const joined = new ForecastBlend(directForecastMatrix(model, FORECAST_HORIZON), tags, STEPS);
    const [past, level] = [
      [3, -1, 2, 5],
      [1, 0.5],
    ];
    const iterated = (rows: readonly number[]): number[] => {
      // the older row first
      const path = model.forecast(Float64Array.of(rows[2], rows[3], rows[0], rows[1]), 1, FORECAST_HORIZON);
      return STEPS.flatMap((step) => [path[(step - 1) * tags], path[(step - 1) * tags + 1]]);
    };
    const plain = iterated(past);
    const about = iterated(past.map((value, i) => value - level[i % tags])).map(
      (value, at) => value + level[at % tags],
    );
    const ofBase = [
      [0, plain],
      [3, about],
    ] as const;
    for (const [base, expected] of ofBase) {
      const perTag = constant(Array.from({ length: FORECAST_BASES }, (_, k) => (k === base ? 40 : 0)));
      const values = valuesOf(() =>
        joined.combine({
          regressors: tensor2d([past]),
          last: tensor2d([past.slice(0, tags)]),
          level: tensor2d([level]),
          spread: tensor2d([[1, 1]]),
          calm: tensor2d([[0]]),
          blend: tensor2d([[...perTag, ...perTag]]),
          corrections: zeros<Rank.R2>([1, tags * HORIZON_SHAPES]),
        }),
      );
      expected.forEach((value, at) => expect(values[at]).toBeCloseTo(value, 4));
    }
  });
});

describe('the polynomials over the horizon', () => {
  it('are those of Legendre at ±1', () => {
    const shapes = horizonShapes([1, FORECAST_HORIZON]);
    expect(shapes).toHaveLength(2 * HORIZON_SHAPES);
    [1, 1, -1, 1, 1, 1, -1, 1].forEach((value, i) => expect(shapes[i]).toBeCloseTo(value, 6));
    // half way between ln 1 and ln 20: 0, −½ and 0; at x = 2·ln 2/ln 20 − 1 = −0.5372: (3x² − 1)/2 and (5x³ − 3x)/2
    const x = (2 * Math.log(2)) / Math.log(FORECAST_HORIZON) - 1;
    const between = horizonShapes([2, Math.sqrt(FORECAST_HORIZON)]);
    [1, 1, x, 0, (3 * x * x - 1) / 2, -0.5, (5 * x * x * x - 3 * x) / 2, 0].forEach((value, i) =>
      expect(between[i]).toBeCloseTo(value, 6),
    );
  });
});
