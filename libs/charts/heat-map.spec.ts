import { describe, expect, it } from '#jest';
import { HOSTILE, expectWellFormed, textsOf } from '../../test/factories/svg.reader.js';
import { heatMapSvg } from './heat-map.js';
import { SVG_COLOURS } from './theme.js';

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
