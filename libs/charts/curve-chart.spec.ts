import { describe, expect, it } from '#jest';
import { HOSTILE, expectWellFormed, textsOf } from '../../test/factories/svg.reader.js';
import { curveChartSvg } from './curve-chart.js';

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
        .map((path) => [...path.matchAll(/[ML]([\d.]+),/g)].map((match) => Number(match[1])))[0];
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
