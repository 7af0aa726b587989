import { describe, expect, it } from '#jest';
import { matrixOf, MAX_MATRIX_CELLS, requireMatrixFits } from './sample-matrix.js';
import { joinedSeries, noWorseThan, type RawSeries } from './raw-series.js';

/** A series of `[time, value, quality]`. */
const seriesOf = (...samples: [number, number, number?][]): RawSeries => ({
  times: Float64Array.from(samples, ([time]) => time),
  values: Float64Array.from(samples, ([, value]) => value),
  qualities: Uint8Array.from(samples, ([, , quality = 0]) => quality),
});
const rowsOf = (series: RawSeries): number[][] =>
  [...series.times].map((time, i) => [time, series.values[i], series.qualities[i]]);
const _ = NaN;

describe('a matrix of samples', () => {
  const one = seriesOf([1, 10], [3, 30, 1], [4, 40, 2], [9, 90]);
  const other = seriesOf([2, 200], [3, 300], [4, 400, 2]);

  it('has a row for each time of any tag, and nothing where a tag has no sample', async () => {
    const { timestamps, values, bad } = await matrixOf([one, other, seriesOf()]);
    expect([...timestamps]).toEqual([1, 2, 3, 9]);
    expect([...values]).toEqual([10, _, _, _, 200, _, 30, 300, _, 90, _, _]);
    expect(bad).toBeUndefined();
    // the shorter one first, and tags that share their times
    const turned = await matrixOf([other, one, other]);
    expect([...turned.timestamps]).toEqual([1, 2, 3, 9]);
    expect([...turned.values]).toEqual([_, 10, _, 200, _, 200, 300, 30, 300, _, 90, _]);
    // times of which the first are all that another tag has
    const longer = await matrixOf([seriesOf([1, 10]), seriesOf([1, 20], [2, 30])]);
    expect([...longer.timestamps]).toEqual([1, 2]);
    expect([...longer.values]).toEqual([10, 20, _, 30]);
    expect((await matrixOf([])).timestamps).toHaveLength(0);
  });

  it('leaves uncertain samples out where that is asked for', async () => {
    const { timestamps, values } = await matrixOf([one, other], { worst: 'good' });
    expect([...timestamps]).toEqual([1, 2, 3, 9]);
    expect([...values]).toEqual([10, _, _, 200, _, 300, 90, _]);
  });

  it('marks bad samples where that is asked for', async () => {
    const { timestamps, values, bad } = await matrixOf([one, other], { withBad: true });
    expect([...timestamps]).toEqual([1, 2, 3, 4, 9]);
    expect([...values]).toEqual([10, _, _, 200, 30, 300, _, _, 90, _]);
    expect([...(bad ?? [])]).toEqual([0, 0, 0, 0, 0, 0, 1, 1, 0, 0]);
    expect((await matrixOf([seriesOf([1, 1])], { withBad: true })).bad).toBeUndefined();
  });

  it('has two and a half million cells at the most', () => {
    requireMatrixFits(MAX_MATRIX_CELLS);
    expect(() => requireMatrixFits(MAX_MATRIX_CELLS + 1)).toThrow(
      expect.objectContaining({
        kind: 'unprocessable',
        code: 'WINDOW_TOO_LARGE',
        message: expect.stringContaining(String(MAX_MATRIX_CELLS + 1)),
      }),
    );
  });
});

describe('raw samples', () => {
  const series = seriesOf([1, 10], [2, 20, 1], [3, 30, 2], [4, 40]);

  it('are told by the worst quality they may have', () => {
    expect(noWorseThan(2, series)).toBe(series);
    expect(rowsOf(noWorseThan(1, series))).toEqual([
      [1, 10, 0],
      [2, 20, 1],
      [4, 40, 0],
    ]);
    expect(rowsOf(noWorseThan(0, series))).toEqual([
      [1, 10, 0],
      [4, 40, 0],
    ]);
    const good = seriesOf([1, 10], [2, 20]);
    expect(noWorseThan(0, good)).toBe(good);
  });

  it('are put behind one another', () => {
    expect(rowsOf(joinedSeries([seriesOf([1, 10], [2, 20, 1]), seriesOf(), seriesOf([3, 30, 2])]))).toEqual([
      [1, 10, 0],
      [2, 20, 1],
      [3, 30, 2],
    ]);
    expect(rowsOf(joinedSeries([]))).toEqual([]);
  });
});
