import { describe, expect, it } from '@jest/globals';
import type { LimitState } from '#timeseries';
import { type AlarmSettings, limitAlarm } from './limit-alarm.js';

const PRESSURE = { limitLl: null, limitL: null, limitH: 2_895, limitHh: 3_000, deadband: 20 };
const LEVEL = { limitLl: 0, limitL: 50, limitH: 100, limitHh: 114, deadband: 5 };

/** The state after each of some values. */
function alarms(values: number[], settings: AlarmSettings): LimitState[] {
  let alarm: LimitState = 'normal';
  return values.map((value) => (alarm = limitAlarm(value, settings, alarm)));
}

describe('a limit alarm', () => {
  it('begins at the limit and names the urgent one', () => {
    expect(alarms([2_894, 2_895, 2_999, 3_000, 3_200], PRESSURE)).toEqual(['normal', 'H', 'H', 'HH', 'HH']);
    expect(alarms([50, 0, -1], LEVEL)).toEqual(['L', 'LL', 'LL']);
  });

  it('clears beyond the deadband only, step by step', () => {
    expect(alarms([3_000, 2_990, 2_980, 2_890, 2_876, 2_875, 2_890], PRESSURE)).toEqual([
      'HH',
      'HH',
      'H',
      'H',
      'H',
      'normal',
      'normal',
    ]);
    expect(alarms([49, 54.9, 55, 52], LEVEL)).toEqual(['L', 'L', 'normal', 'normal']);
  });

  it('goes from one side to the other at once', () => {
    expect(alarms([120, -5, 120], LEVEL)).toEqual(['HH', 'LL', 'HH']);
  });

  it('needs a limit', () => {
    expect(
      alarms([-1e9, 1e9], { limitLl: null, limitL: null, limitH: null, limitHh: null, deadband: 1 }),
    ).toEqual(['normal', 'normal']);
  });
});
