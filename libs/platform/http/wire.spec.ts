import { describe, expect, it } from '#jest';
import { figure, figureOrNull, parseTime } from './wire.js';

describe('a figure on the wire', () => {
  it.each([
    [0.1 + 0.2, 0.3],
    [1 / 3, 0.333333],
    [-2_705.123_456, -2_705.12],
    [0.000_012_345_678_9, 0.000_012_345_7],
    [0, 0],
    [100, 100],
  ])('%d has six significant digits at the most', (value, written) => {
    expect(figure(value)).toBe(written);
  });

  it('may be missing', () => {
    expect([figureOrNull(null), figureOrNull(2 / 3)]).toEqual([null, 0.666667]);
  });
});

describe('a time on the wire', () => {
  it.each([
    ['2026-03-01', 'UTC', Date.UTC(2026, 2, 1)],
    ['2024-02-29T23:30:00+01:00', 'UTC', Date.UTC(2024, 1, 29, 22, 30)],
    ['2024-02-29T23:30:00+01:00', 'Asia/Seoul', Date.UTC(2024, 1, 29, 22, 30)],
    ['2026-11-20', 'Asia/Seoul', Date.UTC(2026, 10, 19, 15)],
    ['2026-11-20', 'Asia/Kathmandu', Date.UTC(2026, 10, 19, 18, 15)],
    ['2026-03-30', 'Europe/Berlin', Date.UTC(2026, 2, 29, 22)],
    ['2026-11-02', 'America/New_York', Date.UTC(2026, 10, 2, 5)],
  ])('%s is read in %s', (text, timeZone, epochMs) => {
    expect(parseTime(text, 'from', timeZone)).toBe(epochMs);
  });

  it.each(['2026-02-30', '2026-02-29T00:00:00Z', '2026-13-01', '2026-03-01T25:00:00Z', 'yesterday', ''])(
    '%s is refused',
    (text) => {
      expect(() => parseTime(text, 'from', 'UTC')).toThrow(/^from must be an ISO 8601 time/);
    },
  );
});
