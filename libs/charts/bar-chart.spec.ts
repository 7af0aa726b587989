import { describe, expect, it } from '#jest';
import { HOSTILE, expectWellFormed, textsOf } from '../../test/factories/svg.reader.js';
import { barChartSvg } from './bar-chart.js';

describe('the bar chart', () => {
  const rectangles = (svg: string): { x: number; width: number; fill: string }[] =>
    [...svg.matchAll(/<rect x="([\d.]+)" y="[\d.]+" width="([\d.]+)" height="\d+" fill="([^"]+)"/g)].map(
      (match) => ({
        x: Number(match[1]),
        width: Number(match[2]),
        fill: match[3],
      }),
    );

  it('gives bars lengths in proportion to their values', () => {
    const [first, second] = rectangles(
      barChartSvg({
        title: 't',
        bars: [
          { label: 'a', value: 0.8 },
          { label: 'b', value: 0.2 },
        ],
      }),
    );
    expect(first.width / second.width).toBeCloseTo(4, 1);
  });

  it('runs negative values to the left of zero in another colour', () => {
    const [first, second] = rectangles(
      barChartSvg({
        title: 't',
        bars: [
          { label: 'a', value: 2 },
          { label: 'b', value: -1 },
        ],
      }),
    );
    expect(second.x + second.width).toBeCloseTo(first.x, 1);
    expect(second.fill).not.toBe(first.fill);
  });

  it.each(['beside', 'above'] as const)(
    'is well formed with hostile and unknown entries, labels %s',
    (labels) => {
      const svg = barChartSvg({
        title: HOSTILE,
        heading: HOSTILE,
        labels,
        bars: [
          { label: HOSTILE, value: NaN },
          { label: '', value: 1, valueText: HOSTILE },
        ],
      });
      expectWellFormed(svg);
      expect(textsOf(svg)).toContain('–');
    },
  );

  it('is well formed without any bars', () => {
    expectWellFormed(barChartSvg({ title: 't', bars: [] }));
  });
});
