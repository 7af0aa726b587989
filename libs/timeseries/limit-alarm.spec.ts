import { describe, expect, it } from '#jest';
import fc from 'fast-check';
import { randomCases } from '../../test/factories/random-cases.js';
import {
  ALARM_LIMITS,
  type AlarmDelays,
  type AlarmLimit,
  type AlarmSettings,
  AT_REST,
  delayedCondition,
  isWithinDeadband,
  limitOf,
  limitsHeldIn,
  limitState,
  type LimitState,
} from './limit-alarm.js';

const PRESSURE = { limitLl: null, limitL: null, limitH: 2_895, limitHh: 3_000, deadband: 20 };
const MINUTE_MS = 60_000;
const LEVEL = { limitLl: 0, limitL: 50, limitH: 100, limitHh: 114, deadband: 5 };

/** The state after each of some values. */
function alarms(values: number[], settings: AlarmSettings): LimitState[] {
  let alarm: LimitState = 'normal';
  return values.map((value) => (alarm = limitState(value, settings, limitsHeldIn(alarm))));
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
    const sharp = { ...LEVEL, deadband: 0 };
    expect(alarms([100, 99.9, 50, 50.1], sharp)).toEqual(['H', 'normal', 'L', 'normal']);
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

describe('where a value stands among the limits', () => {
  it.each([
    [75, 'normal'],
    [100, 'H'],
    [99.9, 'normal'],
    [113.9, 'H'],
    [114, 'HH'],
    [50, 'L'],
    [0, 'LL'],
    [-3, 'LL'],
  ])('a level of %d %% that was normal is %s', (value, state) => {
    expect(limitState(value, LEVEL)).toBe(state);
  });

  it('depends on what was before within the deadband only', () => {
    // H 100 and HH 114 less 5 each; L 50 and LL 0 and 5 more each
    const within = [95.1, 99.9, 109.1, 113.9, 54.9, 4.9];
    const outside = [95, 100, 109, 114, 55, 5, 50, 0, 75];
    expect(within.filter((value) => !isWithinDeadband(value, LEVEL))).toEqual([]);
    expect(outside.filter((value) => isWithinDeadband(value, LEVEL))).toEqual([]);
  });
});

/** When the alarm of a limit is active, sample by sample. */
function activity(
  samples: readonly { ts: number; value: number }[],
  limit: AlarmLimit,
  settings: AlarmSettings & AlarmDelays,
): boolean[] {
  let condition = AT_REST;
  return samples.map((sample) => (condition = delayedCondition(condition, sample, limit, settings)).active);
}

function everyMinute(values: readonly number[]): { ts: number; value: number }[] {
  return values.map((value, minute) => ({ ts: minute * MINUTE_MS, value }));
}

describe('a limit alarm with delays', () => {
  const delays = { onDelayMs: 2 * MINUTE_MS, offDelayMs: 3 * MINUTE_MS };
  const settings = { ...PRESSURE, ...delays };

  it('begins and ends with the sample that fills the delay', () => {
    // beyond from minute 1 on, inside by the deadband from minute 5 on
    const values = [2_800, 2_900, 2_900, 2_900, 2_880, 2_870, 2_870, 2_870, 2_870];
    expect(activity(everyMinute(values), 'H', settings)).toEqual([
      false,
      false,
      false,
      true,
      true,
      true,
      true,
      true,
      false,
    ]);
  });

  it('counts the delays anew when the value turns back', () => {
    expect(activity(everyMinute([2_900, 2_900, 2_894, 2_900, 2_900, 2_900]), 'H', settings)).toEqual([
      false,
      false,
      false,
      false,
      false,
      true,
    ]);
    // 2,876 is within the deadband
    const ending = [2_900, 2_900, 2_900, 2_870, 2_870, 2_876, 2_870, 2_870, 2_870, 2_870];
    expect(activity(everyMinute(ending), 'H', settings)).toEqual([
      ...[false, false],
      ...Array.from({ length: 7 }, () => true),
      false,
    ]);
  });

  it('is over with the next sample once its limit is taken away', () => {
    const active = { active: true, turningSince: null };
    expect(delayedCondition(active, { ts: 0, value: 9e9 }, 'LL', settings)).toEqual(AT_REST);
  });

  const alarms = fc.record({
    limit: fc.constantFrom(...ALARM_LIMITS),
    deadband: fc.double({ min: 0.5, max: 20, noNaN: true }),
    onDelayMs: fc.integer({ min: 0, max: 10 * MINUTE_MS }),
    offDelayMs: fc.integer({ min: 0, max: 10 * MINUTE_MS }),
    shares: fc.array(fc.double({ min: -0.99, max: 3, noNaN: true }), { minLength: 1, maxLength: 60 }),
    gapsMs: fc.array(fc.integer({ min: 1, max: 5 * MINUTE_MS }), { minLength: 60, maxLength: 60 }),
  });

  /** Samples whose distance beyond the limit is a share of the deadband, negative inside. */
  function samplesOf({
    limit,
    deadband,
    shares,
    gapsMs,
  }: {
    limit: AlarmLimit;
    deadband: number;
    shares: number[];
    gapsMs: number[];
  }): { ts: number; value: number }[] {
    const outwards = limit === 'H' || limit === 'HH' ? 1 : -1;
    const at = limitOf(LEVEL, limit) ?? 0;
    let ts = 0;
    return shares.map((share, i) => ({ ts: (ts += gapsMs[i]), value: at + outwards * share * deadband }));
  }

  it('never ends while the value stays within the deadband, whatever it does there', () => {
    fc.assert(
      fc.property(alarms, ({ limit, deadband, onDelayMs, offDelayMs, shares, gapsMs }) => {
        const seen = activity(samplesOf({ limit, deadband, shares, gapsMs }), limit, {
          ...LEVEL,
          deadband,
          onDelayMs,
          offDelayMs,
        });
        const first = seen.indexOf(true);
        expect(seen.slice(first < 0 ? seen.length : first)).not.toContain(false);
      }),
      randomCases(100),
    );
  });

  it('begins only after the on-delay beyond, and ends only after the off-delay inside', () => {
    fc.assert(
      fc.property(alarms, ({ limit, deadband, onDelayMs, offDelayMs, shares, gapsMs }) => {
        // reaching well inside, too
        const wide = shares.map((share) => (share < 0 ? 3 * share : share));
        const samples = samplesOf({ limit, deadband, shares: wide, gapsMs });
        const seen = activity(samples, limit, { ...LEVEL, deadband, onDelayMs, offDelayMs });
        seen.forEach((active, i) => {
          const before = i > 0 && seen[i - 1];
          if (active === before) return;
          const delayMs = active ? onDelayMs : offDelayMs;
          const within = samples.slice(0, i + 1).findLast(({ ts }) => samples[i].ts - ts >= delayMs);
          expect(within).toBeDefined();
          const span = wide.slice(samples.indexOf(within ?? samples[0]), i + 1);
          // rounding: a distance of exactly the deadband is on either side
          for (const share of span) expect(active ? share > -1e-9 : share < -1 + 1e-9).toBe(true);
        });
      }),
      randomCases(100),
    );
  });
});
