import { describe, expect, it } from '@jest/globals';
import { barChartSvg } from './bar-chart.js';
import { curveChartSvg } from './curve-chart.js';
import { dotChartSvg } from './dot-chart.js';
import { fanChartSvg } from './fan-chart.js';
import { heatMapSvg } from './heat-map.js';
import { lineChartSvg } from './line-chart.js';
import { ellipsize, escapeXml, estimateTextWidth } from './markup.js';
import { scoreBarSvg } from './score-bar.js';
import { sparklineSvg } from './sparkline.js';
import { extentOf, seriesPath } from './time-series.js';
import { SVG_COLOURS } from './theme.js';

const MINUTE = 60_000;
const HOSTILE = `<script>alert("1" & '2')</script>\u0000`;

/** Every element closed in order, every attribute quoted, no bare `&` or `<` in text. */
function expectWellFormed(svg: string): void {
  const open: string[] = [];
  const rest = svg.replace(
    /<(\/?)([a-z]+)((?: [a-z0-9-]+="[^"<]*")*)(\/?)>/gi,
    (_tag, closing: string, name: string, _attributes, empty: string) => {
      if (closing) expect(open.pop()).toBe(name);
      else if (!empty) open.push(name);
      return '';
    },
  );
  expect(open).toEqual([]);
  expect(rest).not.toMatch(/[<>]|&(?!amp;|lt;|gt;|quot;|#39;)/);
  expect(svg).not.toMatch(/NaN|Infinity|undefined/);
}

/** Times a minute apart from 0. */
function minutes(count: number): number[] {
  return Array.from({ length: count }, (_, i) => i * MINUTE);
}

function textsOf(svg: string): string[] {
  return [...svg.matchAll(/<text[^>]*>([^<]*)<\/text>/g)].map((match) => match[1]);
}

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
    expect(path).toBe('M0 10L10 11M30 12L40 11L50 10');
  });

  it('draws a value between two gaps as a dot', () => {
    const path = seriesPath(
      { times: minutes(3), values: [NaN, 5, NaN] },
      { x: (time) => time / MINUTE, y: (v) => v },
    );
    expect(path).toBe('M1 5h0');
  });

  it('keeps lowest and highest where many values share a pixel', () => {
    const values = [3, 9, 1, 4, 5];
    const path = seriesPath({ times: [0, 1, 2, 3, 4], values }, { x: () => 7, y: (v) => v });
    expect(path).toBe('M7 3L7 9L7 1L7 5');
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

describe('the fan chart', () => {
  const history = { times: minutes(3), values: [1, 2, 3] };
  const times = [3, 4].map((i) => i * MINUTE);

  it('opens the interval from the last measured value', () => {
    const svg = fanChartSvg({
      title: 't',
      history,
      forecast: { times, values: [3, 3], low: [2, 1], high: [4, 5] },
    });
    expectWellFormed(svg);
    const fan = /<path d="M([^"]*)Z"/.exec(svg)?.[1].split('L') ?? [];
    // one origin, two upper, two lower corners
    expect(fan).toHaveLength(5);
    const dash = /<path d="M([\d. ]+)L[^"]*" [^>]*stroke-dasharray="4 2.5"/.exec(svg)?.[1];
    expect(fan[0]).toBe(dash);
  });

  it('ends at the first step that is not a number', () => {
    const svg = fanChartSvg({
      title: 't',
      history,
      forecast: { times, values: [NaN, 3], low: [2, 1], high: [4, 5] },
    });
    expectWellFormed(svg);
    expect(svg).not.toMatch(/Z"/);
  });

  it('survives a history that is missing', () => {
    const forecast = { times, values: [3, 3], low: [2, 1], high: [4, 5] };
    expectWellFormed(fanChartSvg({ title: 't', history: { times: [], values: [] }, forecast }));
  });
});

describe('the extent of series', () => {
  it.each([[[9, 1, 2]], [[1, 9, 2]], [[2, 1, 9]], [[NaN, 9, 1, Infinity]]])(
    'goes from the lowest to the highest wherever they stand: %p',
    (values) => {
      expect(extentOf(values)).toEqual([1, 9]);
      expect(extentOf([5], values)).toEqual([1, 9]);
    },
  );
});

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

describe('the score bar', () => {
  it.each([
    [30, SVG_COLOURS.poor, 30],
    [60, SVG_COLOURS.fair, 60],
    [80, SVG_COLOURS.good, 80],
    [140, SVG_COLOURS.good, 100],
  ])('fills a score of %d in its colour', (score, colour, width) => {
    expect(scoreBarSvg({ title: 't', score, width: 100 })).toContain(
      `width="${width}" height="9" rx="1.5" fill="${colour}"`,
    );
  });

  it('stays empty for an unknown score', () => {
    const svg = scoreBarSvg({ title: 't', score: NaN });
    expectWellFormed(svg);
    expect(svg.match(/<rect/g)).toHaveLength(1);
  });
});

describe('the sparkline', () => {
  it('draws a constant through the middle', () => {
    const svg = sparklineSvg({ title: 't', series: { times: minutes(2), values: [4, 4] }, height: 22 });
    expect(svg).toContain('cy="11"');
  });

  it('is empty when nothing is known', () => {
    const svg = sparklineSvg({ title: 't', series: { times: minutes(2), values: [NaN, NaN] } });
    expectWellFormed(svg);
    expect(svg).not.toContain('<path');
  });
});

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

describe('the heat map', () => {
  it('writes every value into a cell, dark under white and light under black, and a dash for the unknown', () => {
    const svg = heatMapSvg({
      title: HOSTILE,
      heading: HOSTILE,
      columns: ['a_long_name_of_a_detector, another one', HOSTILE],
      rows: [
        { label: HOSTILE, values: [1, 0] },
        { label: 'b', values: [null, 2] },
      ],
      footnote: HOSTILE,
    });
    expectWellFormed(svg);
    expect(textsOf(svg)).toEqual(expect.arrayContaining(['100', '0', '–', '200']));
    const fillOf = (text: string): string | undefined =>
      new RegExp(`fill="([^"]+)" text-anchor="middle">${text}<`).exec(svg)?.[1];
    expect(fillOf('100')).toBe('#ffffff');
    expect(fillOf('0')).toBe(SVG_COLOURS.ink);
  });

  it('gives every value of every row the cell below its column, in the shade of its value', () => {
    const columns = ['c1', 'c2', 'c3', 'c4'];
    const rows = [
      { label: 'r1', values: [0, 0.5, 1, 0.25] },
      { label: 'r2', values: [0.1, null, 0.3, 0.4] },
      { label: 'r3', values: [0.6, 0.7, 0.8, 0.9] },
    ];
    const svg = heatMapSvg({ title: 't', heading: 'h', columns, rows, footnote: 'f' });
    expect(textsOf(svg)).toEqual([
      ...['h', 'c1', 'c2', 'c3', 'c4'],
      ...['r1', '0', '50', '100', '25'],
      ...['r2', '10', '–', '30', '40'],
      ...['r3', '60', '70', '80', '90', 'f'],
    ]);
    expect([...svg.matchAll(/<g><title>([^<]*)</g)].map((match) => match[1])).toEqual([
      ...['r1, c1: 0', 'r1, c2: 50', 'r1, c3: 100', 'r1, c4: 25'],
      ...['r2, c1: 10', 'r2, c3: 30', 'r2, c4: 40'],
      ...['r3, c1: 60', 'r3, c2: 70', 'r3, c3: 80', 'r3, c4: 90'],
    ]);
    const cells = [
      ...svg.matchAll(/<rect x="([\d.]+)" y="([\d.]+)" width="([\d.]+)" height="15" fill="(rgb[^"]+)"/g),
    ].map(([, x, y, width, fill]) => ({ x: Number(x), y: Number(y), width: Number(width), fill }));
    expect(cells).toHaveLength(11);
    // From (244, 248, 251) to (10, 66, 110): half way 244 − 117 = 127, 248 − 91 = 157, 251 − 70.5 = 180.5.
    expect(cells.slice(0, 3).map(({ fill }) => fill)).toEqual([
      'rgb(244,248,251)',
      'rgb(127,157,181)',
      'rgb(10,66,110)',
    ]);
    // Columns are a cell and the pixel between cells apart, rows 16 pixels; r2 has no cell below c2.
    const [{ x, y, width }] = cells;
    const grid = [0, 1, 2].flatMap((row) =>
      [0, 1, 2, 3].map((column) => [x + column * (width + 1), y + row * 16]),
    );
    cells.forEach((cell, n) => {
      const [left, top] = grid[n < 5 ? n : n + 1];
      expect(cell.x).toBeCloseTo(left, 0);
      expect(cell.y).toBeCloseTo(top, 6);
    });
  });
});

describe('the curve chart', () => {
  it('draws curves apart by dashes and markers, with a legend, a band and marks', () => {
    const svg = curveChartSvg({
      title: HOSTILE,
      heading: 'h',
      x: { label: 'minutes' },
      y: { label: HOSTILE, from: 0, to: 1 },
      curves: [
        { label: 'true', points: [0, 1, 2].map((x) => ({ x, y: x / 2 })) },
        {
          label: 'guess',
          points: [
            { x: 0, y: NaN },
            { x: 2, y: 1 },
          ],
          dashes: '4 2',
          marker: 'square',
        },
      ],
      band: {
        label: '90 %',
        points: [
          { x: 0, low: 0, high: 1 },
          { x: 2, low: 0.2, high: 0.8 },
        ],
      },
      marks: [{ x: 1, label: HOSTILE }],
    });
    expectWellFormed(svg);
    expect(textsOf(svg)).toEqual(expect.arrayContaining(['true', 'guess', '90 %', 'minutes']));
    expect(svg).toContain('stroke-dasharray="4 2"');
  });

  it('draws every point of a curve, its marker and both sides of the band', () => {
    const points = [0, 1, 2, 3].map((x) => ({ x, y: x / 3 }));
    const svg = curveChartSvg({
      title: 't',
      heading: 'h',
      x: { label: 'x' },
      y: { label: 'y', from: 0, to: 1 },
      curves: [{ label: 'c', points, marker: 'disc' }],
      band: { label: 'b', points: [0, 1, 2, 3].map((x) => ({ x, low: 0, high: 1 })) },
    });
    const pathOf = (letters: RegExp): number[] =>
      [...svg.matchAll(/ d="([^"]*)"/g)]
        .map(([, path]) => path)
        .filter((path) => letters.test(path))
        .map((path) => [...path.matchAll(/[ML]([\d.]+) /g)].map((match) => Number(match[1])))[0];
    // the curve, and the band there and back; the sample of the legend is a line of two points
    const [left, , , right] = pathOf(/^M[^MLZ]*(L[^MLZ]*){3}$/);
    const across = [0, 1, 2, 3].map((x) => left + (x * (right - left)) / 3);
    const expectAt = (actual: number[], expected: number[]): void => {
      expect(actual).toHaveLength(expected.length);
      actual.forEach((x, n) => expect(x).toBeCloseTo(expected[n], 0));
    };
    expectAt(pathOf(/^M[^MLZ]*(L[^MLZ]*){3}$/), across);
    expectAt(pathOf(/Z$/), [...across, ...across.toReversed()]);
    const markers = [...svg.matchAll(/<circle cx="([\d.]+)"/g)].map((match) => Number(match[1]));
    expectAt(markers.slice(1), across);
  });

  it('is well formed without any data', () => {
    expectWellFormed(
      curveChartSvg({ title: 't', heading: 'h', x: { label: 'x' }, y: { label: 'y' }, curves: [] }),
    );
  });
});

describe('the text of charts', () => {
  it('is escaped, and characters XML cannot carry are replaced', () => {
    expect(escapeXml('a<b>&"\'\u0007\uD800😀')).toBe('a&lt;b&gt;&amp;&quot;&#39;\uFFFD\uFFFD😀');
  });

  it('is cut to the width given, Hangul counted as wide', () => {
    expect(estimateTextWidth('압력', 10)).toBeGreaterThan(estimateTextWidth('ab', 10));
    const cut = ellipsize('반응기 냉각수 출구 온도', 60, 10);
    expect(cut).toMatch(/^반응기.*…$/);
    expect(estimateTextWidth(cut, 10)).toBeLessThanOrEqual(60);
    expect(ellipsize('short', 60, 10)).toBe('short');
  });
});
