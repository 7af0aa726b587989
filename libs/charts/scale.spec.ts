import { describe, expect, it } from '#jest';
import { linearScale, numberTicks, timeTicks } from './scale.js';

describe('the number ticks', () => {
  it('are round and inside the range', () => {
    // 113.9 … 126.7 in about 4 steps: rough step 3.2, which is nearer to 5 than to 2 on a log scale (√10 = 3.16)
    expect(numberTicks(113.9, 126.7, 4)).toEqual({ values: [115, 120, 125], decimals: 0 });
  });

  it.each([
    // The step nearest on a log scale: 1 up to √(1·2) = 1.4142, 2 up to √(2·5) = 3.1623, 5 up to √(5·10) = 7.0711, then 10.
    [1, 1],
    [1.414, 1],
    [1.415, 2],
    [2, 2],
    [3.162, 2],
    [3.163, 5],
    [5, 5],
    [7.071, 5],
    [7.072, 10],
    [9.99, 10],
  ])('of ten steps of %d are %d apart, and so a thousand times smaller or larger', (rough, step) => {
    const multiples = Array.from({ length: Math.floor((10 * rough) / step) + 1 }, (_, k) => k * step);
    expect(numberTicks(0, 10 * rough, 10)).toEqual({ values: multiples, decimals: 0 });
    expect(numberTicks(0, 10_000 * rough, 10)).toEqual({
      values: multiples.map((value) => value * 1_000),
      decimals: 0,
    });
    // thousandths: 3 decimals, 2 where the step is a whole hundredth
    expect(numberTicks(0, 0.01 * rough, 10)).toEqual({
      values: multiples.map((value) => value / 1_000),
      decimals: step === 10 ? 2 : 3,
    });
  });

  it('are exact decimal fractions, with the decimals that distinguish them', () => {
    expect(numberTicks(0.1, 0.42, 3)).toEqual({ values: [0.1, 0.2, 0.3, 0.4], decimals: 1 });
  });

  it('pass through zero without a sign', () => {
    const { values } = numberTicks(-0.9, 1.1, 2);
    expect(values).toEqual([0, 1]);
    expect(Object.is(values[0], -0)).toBe(false);
  });

  it('shrink to one where the range has no width or is not a number', () => {
    expect(numberTicks(7, 7, 4).values).toEqual([7]);
    expect(numberTicks(3, Infinity, 4).values).toEqual([3]);
  });
});

describe('the time ticks', () => {
  const midnight = Date.UTC(2026, 10, 22);

  it('stand on round times and name the day where it begins', () => {
    const ticks = timeTicks(midnight + 5_400_000, midnight + 27 * 3_600_000, 6);
    expect(ticks.map((tick) => tick.label)).toEqual(['06:00', '12:00', '18:00', '00:00']);
    expect(ticks.map((tick) => tick.dateLabel)).toEqual(['22 Nov', undefined, undefined, '23 Nov']);
  });

  it('follow the wall clock of the zone, whose midnight is 15:00 UTC in Seoul', () => {
    const ticks = timeTicks(midnight, midnight + 24 * 3_600_000, 4, {
      timeZone: 'Asia/Seoul',
      locale: 'ko-KR',
    });
    expect(ticks.map((tick) => tick.at - midnight)).toEqual([3, 9, 15, 21].map((hour) => hour * 3_600_000));
    expect(ticks.map((tick) => tick.label)).toEqual(['12:00', '18:00', '00:00', '06:00']);
    expect(ticks[2].dateLabel).toBe('11월 23일');
  });

  it.each([
    ['2026-03-28T23:00Z', '2026-03-29T22:00Z', 5],
    ['2026-10-24T22:00Z', '2026-10-25T23:00Z', 7],
  ])('stay on round times where the clocks are changed: %s to %s', (from, to, hours) => {
    const ticks = timeTicks(Date.parse(from), Date.parse(to), 6, { timeZone: 'Europe/Berlin' });
    expect(ticks.map(({ label }) => label)).toEqual(['00:00', '06:00', '12:00', '18:00', '00:00']);
    expect((ticks[1].at - ticks[0].at) / 3_600_000).toBe(hours);
  });

  it('leave out what the clocks do not show', () => {
    const ticks = timeTicks(Date.parse('2026-03-29T00:00Z'), Date.parse('2026-03-29T02:00Z'), 4, {
      timeZone: 'Europe/Berlin',
    });
    expect(ticks.map(({ label }) => label)).toEqual(['01:00', '01:30', '03:00', '03:30', '04:00']);
  });

  const MINUTE = 60_000;
  const DAY = 1_440 * MINUTE;
  const steps = [
    ...[1, 2, 5, 10, 15, 30, 60, 120, 180, 360, 720].map((n) => n * MINUTE),
    ...[1, 2, 7, 14, 28, 91, 182, 364, 728].map((n) => n * DAY),
  ];

  it.each(steps.slice(0, -1).map((step, n) => [step / MINUTE, steps[n + 1] / MINUTE]))(
    'are %d minutes apart as long as no more than six steps fit in, then %d',
    (minutes, next) => {
      const apart = (span: number): number[] => {
        const ticks = timeTicks(0, span, 6);
        return [...new Set(ticks.slice(1).map((tick, n) => (tick.at - ticks[n].at) / MINUTE))];
      };
      expect(apart(6 * minutes * MINUTE)).toEqual([minutes]);
      expect(apart(6 * minutes * MINUTE + 1)).toEqual([next]);
    },
  );

  it('are dates when they are days apart', () => {
    const ticks = timeTicks(midnight, midnight + 4 * 86_400_000, 4);
    expect(ticks.map((tick) => tick.label)).toEqual(['22 Nov', '23 Nov', '24 Nov', '25 Nov', '26 Nov']);
  });
});

describe('the linear scale', () => {
  it('maps ends to ends, upside down too', () => {
    const y = linearScale([10, 20], [100, 0]);
    expect([y(10), y(15), y(20)]).toEqual([100, 50, 0]);
  });
});
