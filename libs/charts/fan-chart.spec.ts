import { describe, expect, it } from '#jest';
import { MINUTE, expectWellFormed, minutes } from '../../test/factories/svg.reader.js';
import { fanChartSvg } from './fan-chart.js';

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
    const dash = /<path d="M([\d.,]+)L[^"]*" [^>]*stroke-dasharray="4 2.5"/.exec(svg)?.[1];
    expect(fan[0]).toBe(dash);
  });

  it('keeps its label readable where a limit line passes behind it', () => {
    const forecast = { times, values: [3, 3], low: [2, 1], high: [4, 5] };
    const svg = fanChartSvg({ title: 't', history, forecast, forecastLabel: 'to come' });
    expect(svg).toMatch(/<rect [^>]*fill="#ffffff"\/><text [^>]*>to come</);
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
