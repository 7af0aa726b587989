import { describe, expect, it } from '#jest';
import {
  bandOf,
  deviationPoints,
  type HealthDriver,
  limitPoints,
  scoreOf,
  stalePoints,
} from './equipment-score.js';

const driver = (points: number, tag = 'XMEAS_07'): HealthDriver => ({
  reason: 'limit',
  tag,
  points,
  detector: null,
  limit: 'H',
  value: 1,
});

describe('the points of a detector', () => {
  it('are none up to the normal median and 50 at the limit', () => {
    expect(deviationPoints(0.43, 1, 0.43)).toBe(0);
    expect(deviationPoints(0.1, 1, 0.43)).toBe(0);
    expect(deviationPoints(20, 20, 0.43)).toBeCloseTo(50, 9);
    expect(deviationPoints(0.5, 0.5, 0.85)).toBeCloseTo(50, 9);
  });

  it('grow without end towards 100, the faster the shorter the normal tail', () => {
    // D = 2: e = (2 − 0.43) / 0.57 = 2.754, 100 − 100 / (1 + 57.6) = 98.3
    expect(deviationPoints(2, 1, 0.43)).toBeCloseTo(98.3, 1);
    // half-way between median and limit: e = 0.5, 100 − 100 / 1.0625 = 5.9
    expect(deviationPoints((1 + 0.43) / 2, 1, 0.43)).toBeCloseTo(5.9, 1);
    let before = -1;
    for (const ratio of [0.5, 0.8, 1, 1.5, 3, 10, 100]) {
      const points = deviationPoints(ratio, 1, 0.58);
      expect(points).toBeGreaterThan(before);
      expect(points).toBeLessThan(100);
      before = points;
    }
  });
});

describe('a score', () => {
  it('is 100 less what its drivers take, the most expensive first', () => {
    expect(scoreOf([])).toEqual({ score: 100, drivers: [] });
    const { score, drivers } = scoreOf([driver(12.34, 'XMEAS_07'), driver(15, 'XMEAS_08'), driver(0.4)]);
    expect(score).toBe(72.3);
    expect(drivers.map(({ tag, points }) => [tag, points])).toEqual([
      ['XMEAS_08', 15],
      ['XMEAS_07', 12.3],
    ]);
  });

  it('never falls below zero; the drivers then share the 100 points', () => {
    const { score, drivers } = scoreOf([driver(95), driver(50), driver(50)]);
    expect(score).toBe(0);
    expect(drivers.reduce((sum, { points }) => sum + points, 0)).toBeCloseTo(100, 0);
  });

  it('is poor at a shutdown limit with anything else, fair at two warning limits', () => {
    expect(bandOf(scoreOf([driver(limitPoints('HH')), driver(1)]).score)).toBe('poor');
    expect(bandOf(scoreOf([driver(limitPoints('H')), driver(limitPoints('L'))]).score)).toBe('fair');
    expect(bandOf(scoreOf([driver(limitPoints('H'))]).score)).toBe('good');
  });

  it('loses half of its points when no sensor of the unit speaks', () => {
    expect(8 * stalePoints(8)).toBe(50);
  });
});
