import { beforeAll, describe, expect, it } from '#jest';
import { evaluateForecast } from '../evaluation/forecast-evaluation.js';
import { FORECAST_HORIZON } from '../forecast/horizon.js';
import { ForecastModel } from '../forecast/model.js';
import { trainForecast } from './forecast-training.js';
import type { LabelledRun } from '../window/labelled-run.js';
import { CONTEXT_ROWS } from '../window/prediction-window.js';
import { SeededRandom } from '../math/seeded-random.js';

const TAGS = 3;
const ROWS = 360;
const ONSET = 100;

/** Three coupled tags; disturbance 1 lifts all of them for good. */
function aRun(idv: number, seed: number): LabelledRun {
  const random = new SeededRandom(seed);
  const values = new Float64Array(ROWS * TAGS);
  const state = new Float64Array(TAGS);
  for (let row = 0; row < ROWS; row++) {
    const previous = state.slice();
    for (let j = 0; j < TAGS; j++) {
      state[j] = 0.7 * previous[j] + 0.2 * previous[(j + 1) % TAGS] + random.nextNormal();
      values[row * TAGS + j] = 50 + 2 * (state[j] + (idv === 1 && row >= ONSET ? 25 : 0));
    }
  }
  return { values, idv, onsetRow: idv === 0 ? ROWS : ONSET };
}

const runs = (idvs: number[], count: number, seed: number): LabelledRun[] =>
  idvs.flatMap((idv) => Array.from({ length: count }, (_, n) => aRun(idv, seed + 100 * idv + n)));

describe('a forecast network', () => {
  let model: ForecastModel;

  beforeAll(async () => {
    model = await trainForecast({
      seed: 1,
      training: runs([0, 1], 8, 1),
      calibration: runs([0, 1], 6, 5000),
      units: 8,
      epochs: 40,
      learningRate: 3e-2,
    });
  });

  it('is as good as the autoregression in normal operation', () => {
    const { horizons } = evaluateForecast(model, runs([0], 4, 9000), [0, 1, 2]);
    for (const { rmse } of horizons)
      expect(rmse.lstm).toBeLessThan(1.02 * Math.min(rmse.ridge_var, rmse.dlinear));
  });

  it('is better than the autoregression and the last value when the plant has left normal operation', () => {
    const { horizons } = evaluateForecast(model, runs([1], 4, 9000), [0, 1, 2]);
    for (const { rmse } of horizons.slice(1)) {
      expect(rmse.lstm).toBeLessThan(0.95 * rmse.persistence);
      expect(rmse.lstm).toBeLessThan(0.9 * rmse.ridge_var);
    }
  });

  it('puts nine values out of ten inside its intervals', () => {
    const { horizons } = evaluateForecast(model, runs([0, 1], 6, 9500), [0, 1, 2]);
    const coverage = horizons.reduce((sum, each) => sum + each.coverage, 0) / horizons.length;
    expect(coverage).toBeGreaterThan(0.88);
    expect(coverage).toBeLessThan(0.94);
  });

  it('adapts its intervals to the misses of the window', () => {
    const z = model.foundation.scaler.transform(aRun(0, 31).values);
    const { values, halfWidths } = model.forecastAdapted(z);
    const plain = model.forecast(z, [ROWS - 1]);
    expect(values).toHaveLength(FORECAST_HORIZON * TAGS);
    expect([...values]).toEqual([...plain.values]);
    halfWidths.forEach((half, i) => expect(half / plain.halfWidths[i]).toBeCloseTo(1, 0));
  });

  it('says of a row in a long run what it says at the end of the window before it', () => {
    const z = model.foundation.scaler.transform(aRun(0, 33).values);
    const inRun = model.forecastAdapted(z, [ROWS - 1]);
    const inWindow = model.forecastAdapted(z.slice((ROWS - CONTEXT_ROWS) * TAGS));
    inWindow.values.forEach((value, i) => expect(inRun.values[i]).toBeCloseTo(value, 2));
    inWindow.halfWidths.forEach((half, i) => expect(inRun.halfWidths[i]).toBeCloseTo(half, 2));
  });

  it('says the same after it was stored and loaded', async () => {
    const again = await ForecastModel.fromFiles(await model.toFiles());
    const z = model.foundation.scaler.transform(aRun(1, 32).values);
    expect(again.forecastAdapted(z)).toEqual(model.forecastAdapted(z));
  });
});
