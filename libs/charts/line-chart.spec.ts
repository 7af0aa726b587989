import { describe, expect, it } from '#jest';
import { HOSTILE, MINUTE, expectWellFormed, minutes, textsOf } from '../../test/factories/svg.reader.js';
import { lineChartSvg } from './line-chart.js';
import { seriesPath } from './time-series.js';
import { SVG_COLOURS } from './theme.js';

describe('the line chart', () => {
  const series = { times: minutes(6), values: [10, 11, NaN, 12, 11, 10] };

  it('is a well-formed SVG file that says what it shows, whatever the texts hold', () => {
    const svg = lineChartSvg({ title: HOSTILE, description: HOSTILE, series });
    expectWellFormed(svg);
    expect(svg).toContain('xmlns="http://www.w3.org/2000/svg"');
    expect(svg).toContain(
      '<title>&lt;script&gt;alert(&quot;1&quot; &amp; &#39;2&#39;)&lt;/script&gt;\uFFFD</title>',
    );
  });

  it('leaves a gap open where a value is missing', () => {
    const path = seriesPath(series, { x: (time) => (time / MINUTE) * 10, y: (value) => value });
    expect(path).toBe('M0,10L10,11M30,12L40,11L50,10');
  });

  it('draws a value between two gaps as a dot', () => {
    const path = seriesPath(
      { times: minutes(3), values: [NaN, 5, NaN] },
      { x: (time) => time / MINUTE, y: (v) => v },
    );
    expect(path).toBe('M1,5Z');
  });

  it('keeps lowest and highest where many values share a pixel', () => {
    const values = [3, 9, 1, 4, 5];
    const path = seriesPath({ times: [0, 1, 2, 3, 4], values }, { x: () => 7, y: (v) => v });
    expect(path).toBe('M7,3L7,9L7,1L7,5');
  });

  it('draws near limits and names far ones with an arrow', () => {
    const svg = lineChartSvg({
      title: 'level',
      series,
      limits: [
        { value: 13, label: 'H', side: 'high' },
        { value: 900, label: 'HH', side: 'high', urgent: true },
        { value: -900, label: 'LL', side: 'low', urgent: true },
      ],
    });
    expect(textsOf(svg)).toEqual(expect.arrayContaining(['H 13', '↑ HH 900', '↓ LL -900']));
    expectWellFormed(svg);
  });

  it('shades a band only where it overlaps the chart', () => {
    const bandsOf = (from: number, to: number): number =>
      lineChartSvg({ title: 't', series, bands: [{ from: from * MINUTE, to: to * MINUTE }] }).split(
        SVG_COLOURS.band,
      ).length - 1;
    // SVG_COLOURS.band is a prefix of no other colour, so each rectangle counts once
    expect(bandsOf(1, 3)).toBe(1);
    expect(bandsOf(-9, 99)).toBe(1);
    expect(bandsOf(20, 30)).toBe(0);
  });

  it.each([
    ['nothing', { times: [], values: [] }],
    ['only gaps', { times: minutes(2), values: [NaN, NaN] }],
    ['one value', { times: [0], values: [5] }],
    ['a constant', { times: minutes(3), values: [5, 5, 5] }],
    ['infinities', { times: minutes(3), values: [Infinity, 5, -Infinity] }],
  ])('survives %s', (_what, odd) => {
    expectWellFormed(
      lineChartSvg({ title: 't', series: odd, limits: [{ value: 6, label: 'H', side: 'high' }] }),
    );
  });
});
