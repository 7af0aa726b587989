import { describe, expect, it } from '#jest';
import { DETECTOR_TAGS, simulateRun } from '#tep';
import { forecastFloor } from './floor.js';
import { StandardScaler } from '../math/standard-scaler.js';

const TAGS = DETECTOR_TAGS.length;

describe('the floor of the forecast error', () => {
  const { values, rows, columns } = simulateRun({ seed: 4711, hours: 24 });
  const table = new Float64Array(rows * TAGS);
  for (let row = 0; row < rows; row++) {
    table.set(values.subarray(row * columns, row * columns + TAGS), row * TAGS);
  }
  const instants: number[] = [];
  const options = {
    seed: 1,
    steps: [1, 20],
    assessedTags: [0, 11],
    scaler: StandardScaler.fit([table], TAGS),
    runs: 2,
    instants: 3,
    continuations: 8,
    forecasts: {
      persistence: (z: Float64Array) => {
        instants.push(z.length / TAGS - 1);
        return Float64Array.from({ length: 20 * TAGS }, (_, i) => z[z.length - TAGS + (i % TAGS)]);
      },
    },
  };
  const floor = forecastFloor(options);

  it('is measured 8 h after the start and every 2.5 h from then on, in each run', () => {
    // 20 rows an hour
    expect(instants.slice(0, 6)).toEqual([160, 210, 260, 160, 210, 260]);
  });

  it('lies below what the last value errs by', () => {
    floor.unavoidable.forEach((rmse, h) => expect(rmse).toBeLessThan(floor.forecasts.persistence[h]));
  });

  it('rises with the horizon, from the noise of the instruments on', () => {
    // a tag that is all noise has an error of 1, one that is known exactly an error of 0
    expect(floor.unavoidable[0]).toBeGreaterThan(0.3);
    expect(floor.unavoidable[1]).toBeGreaterThan(floor.unavoidable[0]);
  });

  it.each([2, 5])('is the unbiased deviation of %d continuations of an instant', (continuations) => {
    const constant = (value: number) => (): Float64Array => new Float64Array(20 * TAGS).fill(value);
    const { unavoidable, forecasts: errors } = forecastFloor({
      ...options,
      steps: [4],
      assessedTags: [11],
      runs: 1,
      instants: 1,
      continuations,
      forecasts: { zero: constant(0), one: constant(1) },
    });
    // Mean squared errors of 0 and of 1 are E v² and E (v − 1)² = E v² − 2·E v + 1, whence E v, and the variance of the n
    // values about their own mean, E v² − (E v)². Its unbiased estimate is n/(n − 1) times as large: twice, for n = 2.
    const [ofZero, ofOne] = [errors.zero[0] ** 2, errors.one[0] ** 2];
    const mean = (ofZero - ofOne + 1) / 2;
    const variance = ofZero - mean ** 2;
    expect(unavoidable[0] ** 2).toBeCloseTo((continuations / (continuations - 1)) * variance, 9);
    expect(variance).toBeGreaterThan(0.01);
  });

  it('follows from the seed', () => {
    expect(forecastFloor(options)).toEqual(floor);
  });
});
