import { describe, expect, it } from '#jest';
import { createLTTB } from 'downsample';
import { simulateRun } from '#tep';
import { binAverages } from './bin-averages.js';
import { downsample, SERIES_METHODS } from './downsampling.js';
import { lttbIndices } from './lttb.js';
import { minMaxIndices } from './min-max-decimation.js';

const floats = (...numbers: number[]): Float64Array => Float64Array.from(numbers);
const upTo = (length: number): Float64Array => Float64Array.from({ length }, (_, i) => i);

describe('largest triangle, three buckets', () => {
  it('keeps the points a calculation by hand keeps', () => {
    // Buckets {1, 2} and {3, 4}. First: next mean (3.5, 0.5), doubled areas 3.0 and 16.5: point 2.
    // Second: from (2, 5) to (5, 0), doubled areas 7 and 5: point 3.
    expect([...lttbIndices(upTo(6), floats(0, 1, 5, 1, 0, 0), 4)]).toEqual([0, 2, 3, 5]);
  });

  it('divides what lies between the ends among the buckets, and nothing else', () => {
    // Five points between the ends for two buckets, 2.5 each: {1, 2} and {3, 4, 5}. First: next mean (4, 2), doubled areas
    // |−4·2 + 1·2| = 6 and |−4·0 + 2·2| = 4: point 1. Second: from (1, 2) to (6, 0), doubled areas |−5·4 − 2·2| = 24,
    // |5·2 − 2·3| = 4 and |5·2 − 2·4| = 2: point 3. A width of 3 would put point 3 into the first bucket and keep 4 or 5.
    expect([...lttbIndices(upTo(7), floats(0, 2, 0, 6, 0, 0, 0), 4)]).toEqual([0, 1, 3, 6]);
  });

  describe('of measurements of the plant at uneven times', () => {
    const plant = simulateRun({ seed: 3, hours: 20 });
    const times = upTo(plant.rows).map((i) => i + 0.4 * Math.sin(i * i));

    it.each([
      [3, 10],
      [4, 11],
      [7, 50],
      [99, 100],
      [50, 333],
      [17, 400],
    ])('keeps the %d of %d that another implementation keeps', (threshold, length) => {
      for (const tag of [0, 6, 11, 50]) {
        const values = upTo(length).map((i) => plant.values[i * plant.columns + tag]);
        const other = createLTTB<number>({ x: (i: number) => times[i], y: (i: number) => values[i] });
        const kept = lttbIndices(times.subarray(0, length), values, threshold);
        expect([...kept]).toEqual(other([...upTo(length)], threshold));
      }
    });
  });

  it('keeps all of a short series, and the ends of a long one', () => {
    expect([...lttbIndices(upTo(3), floats(1, 2, 3), 3)]).toEqual([0, 1, 2]);
    expect([...lttbIndices(upTo(100), upTo(100), 2)]).toEqual([0, 99]);
  });

  it('keeps a lone spike among a million points', () => {
    const values = new Float64Array(1_000_000).map((_, i) => Math.sin(i / 1e4));
    values[654_321] = 50;
    const kept = lttbIndices(upTo(1_000_000), values, 500);
    expect(kept).toHaveLength(500);
    expect(kept).toContain(654_321);
    expect([...kept]).toEqual([...new Set(kept)].sort((a, b) => a - b));
  });
});

describe('minimum and maximum of equal spans', () => {
  it('keeps the lowest and highest point of each, in order of time', () => {
    const kept = minMaxIndices(upTo(9), floats(3, 1, 2, 9, 5, 4, 7, 7, 7), 0, 9, 3);
    expect([...kept]).toEqual([0, 1, 3, 5, 6]);
  });

  it('says nothing of a span without points', () => {
    expect([...minMaxIndices(floats(0, 1, 8, 9), floats(1, 2, 3, 4), 0, 10, 5)]).toEqual([0, 1, 2, 3]);
  });
});

describe('averages of equal spans', () => {
  it('are put at the start of their span', () => {
    const series = { times: floats(10, 11, 14, 19), values: floats(1, 3, 5, 7) };
    const averages = binAverages(series, undefined, 10, 20, 2);
    expect([...averages.times]).toEqual([10, 15]);
    expect([...averages.values]).toEqual([3, 7]);
  });

  it('weigh a value by the samples it stands for', () => {
    const series = { times: floats(0, 1), values: floats(10, 20) };
    expect([...binAverages(series, floats(3, 1), 0, 2, 1).values]).toEqual([12.5]);
  });
});

describe('a series', () => {
  const series = { times: upTo(1_000), values: upTo(1_000).map((i) => Math.sin(i)) };

  it.each(SERIES_METHODS)('that is short enough stays as it is with %s', (method) => {
    expect(downsample(series, { from: 0, to: 1_000, points: 1_000, method })).toBe(series);
  });

  it.each(['avg', 'minmax', 'lttb'] as const)('never gets more points than asked for with %s', (method) => {
    for (const points of [2, 3, 7, 100, 999]) {
      const thinned = downsample(series, { from: 0, to: 1_000, points, method });
      expect(thinned.times.length).toBeLessThanOrEqual(points);
      expect(thinned.times.length).toBeGreaterThanOrEqual(Math.min(points - 1, 2));
      expect([...thinned.times]).toEqual([...thinned.times].sort((a, b) => a - b));
    }
  });
});
