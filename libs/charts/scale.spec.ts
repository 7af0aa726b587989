import { describe, expect, it } from '@jest/globals';
import { linearScale, numberTicks, timeTicks } from './scale.js';

describe('the number ticks', () => {
  it('are round and inside the range', () => {
    // 113.9 … 126.7 in about 4 steps: rough step 3.2, which is nearer to 5 than to 2 on a log scale (√10 = 3.16)
    expect(numberTicks(113.9, 126.7, 4)).toEqual({ values: [115, 120, 125], decimals: 0 });
  });

  it('are exact decimal fractions, with the decimals that tell them apart', () => {
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
