import { describe, expect, it } from '#jest';
import { HOSTILE, expectWellFormed } from '../../test/factories/svg.reader.js';
import { dotChartSvg } from './dot-chart.js';

describe('the dot chart', () => {
  const chart = (values: (number | null)[], scale: 'linear' | 'log'): string =>
    dotChartSvg({
      title: HOSTILE,
      heading: HOSTILE,
      axisLabel: 'minutes',
      scale,
      rows: values.map((_, i) => ({ label: `row ${i}`, note: i === 0 ? HOSTILE : undefined })),
      series: [
        {
          label: 'first',
          marker: 'disc',
          values,
          intervals: values.map((v) => (v === null ? null : [v / 2, v * 2])),
        },
        { label: 'second', marker: 'cross', values: [] },
      ],
    });
  /** Of the first series, without the sample in the legend, which comes first. */
  const centres = (svg: string): number[] =>
    [...svg.matchAll(/<circle cx="([\d.]+)"/g)].map((match) => Number(match[1])).slice(1);

  it('puts equal factors at equal distances on a logarithmic axis, and equal differences on a linear one', () => {
    const [a, b, c] = centres(chart([1, 10, 100], 'log'));
    expect(c - b).toBeCloseTo(b - a, 0);
    const [d, e, f] = centres(chart([0, 10, 20], 'linear'));
    expect(f - e).toBeCloseTo(e - d, 0);
  });

  it('draws every value of every series', () => {
    const rows = ['r1', 'r2', 'r3'].map((label) => ({ label }));
    const series = ['s1', 's2', 's3'].map((label, n) => ({
      label,
      marker: 'disc' as const,
      values: [n, n + 10, n + 20],
    }));
    const svg = dotChartSvg({ title: 't', heading: 'h', axisLabel: 'a', scale: 'linear', rows, series });
    // three samples of the legend, then the dots, one series after the other
    const dots = [...svg.matchAll(/<circle cx="([\d.]+)"/g)].map((match) => Number(match[1])).slice(3);
    expect(dots).toHaveLength(9);
    // 0 … 22 along the axis: every dot as far from the first as its value says
    const unit = (dots[8] - dots[0]) / 22;
    [0, 10, 20, 1, 11, 21, 2, 12, 22].forEach((value, n) =>
      expect((dots[n] - dots[0]) / unit).toBeCloseTo(value, 0),
    );
  });

  it('leaves a value out that is unknown or has no place on the axis', () => {
    const svg = chart([null, 0, -3, NaN, 5], 'log');
    expectWellFormed(svg);
    expect(centres(svg)).toHaveLength(1);
    expectWellFormed(chart([], 'log'));
  });
});
