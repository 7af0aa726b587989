import { describe, expect, it } from '#jest';
import { buildWindows, windowAt } from './build-windows.js';

const minute = 60_000;

/** One column; a `null` is a row without sample. */
function aSeries(cells: readonly (number | null)[]): {
  times: Float64Array;
  values: Float64Array;
  columns: number;
} {
  const present = cells.flatMap((value, row) => (value === null ? [] : [{ value, time: row * minute }]));
  return {
    times: Float64Array.from(present, ({ time }) => time),
    values: Float64Array.from(present, ({ value }) => value),
    columns: 1,
  };
}

describe('windows of a series', () => {
  it('slide over a complete series with the stride asked for', () => {
    const windows = buildWindows(aSeries([1, 2, 3, 4, 5]), {
      samplingIntervalMs: minute,
      length: 3,
      stride: 2,
    });
    expect(Array.from(windows.values)).toEqual([1, 2, 3, 3, 4, 5]);
    expect(Array.from(windows.endTimes)).toEqual([2 * minute, 4 * minute]);
    expect(windows.dropped).toBe(0);
  });

  it('bridge a short gap with the last value and drop what spans a long one', () => {
    const series = aSeries([1, null, 3, null, null, null, 7, 8]);
    const windows = buildWindows(series, { samplingIntervalMs: minute, length: 2, maxGap: 1 });
    expect(Array.from(windows.values)).toEqual([1, 1, 1, 3, 3, 3, 7, 8]);
    expect(windows.dropped).toBe(3);
  });

  it('put a sample on the nearest grid point', () => {
    const series = {
      times: Float64Array.of(0, 62_000, 117_000),
      values: Float64Array.of(1, 2, 3),
      columns: 1,
    };
    expect(Array.from(buildWindows(series, { samplingIntervalMs: minute, length: 3 }).values)).toEqual([
      1, 2, 3,
    ]);
  });

  it('treat every tag by itself', () => {
    const series = { times: Float64Array.of(0, minute), values: Float64Array.of(1, NaN, 2, 20), columns: 2 };
    expect(buildWindows(series, { samplingIntervalMs: minute, length: 1 }).dropped).toBe(1);
  });

  it('refuse unordered times', () => {
    const series = { times: Float64Array.of(0, 0), values: Float64Array.of(1, 2), columns: 1 };
    expect(() => buildWindows(series, { samplingIntervalMs: minute, length: 1 })).toThrow('time 1');
  });
});

describe('the window that ends now', () => {
  it('is returned when complete, bridging in from before its start', () => {
    const window = windowAt(aSeries([1, null, 3, 4]), 3 * minute, {
      samplingIntervalMs: minute,
      length: 3,
      maxGap: 1,
    });
    expect(window).toEqual({ values: Float64Array.of(1, 3, 4) });
  });

  it('names the column and the times that are missing', () => {
    const window = windowAt(aSeries([1, null, null, 4]), 3 * minute, {
      samplingIntervalMs: minute,
      length: 4,
      maxGap: 1,
    });
    expect(window.gaps).toEqual([{ column: 0, from: 2 * minute, to: 2 * minute }]);
  });

  it('says so when there is no history at all', () => {
    const window = windowAt(aSeries([]), 2 * minute, { samplingIntervalMs: minute, length: 2 });
    expect(window.gaps).toEqual([{ column: 0, from: minute, to: 2 * minute }]);
  });
});
