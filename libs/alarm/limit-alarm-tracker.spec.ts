import { describe, expect, it } from '#jest';
import { LimitAlarmTracker, type LimitedTag } from './limit-alarm-tracker.js';

const TAG: LimitedTag = {
  id: 7,
  limitLl: 10,
  limitL: 20,
  limitH: 80,
  limitHh: 90,
  deadband: 0,
  onDelayMs: 0,
  offDelayMs: 0,
};

/** Transitions along values, one a millisecond from 1 on. */
function along(tracker: LimitAlarmTracker, values: readonly number[], tag = TAG) {
  return values.flatMap((value, i) => tracker.step(tag, i + 1, value));
}

describe('the tracker of limit alarms', () => {
  it('says of an inner limit whether the outer one on its side is active', () => {
    const outranked = (values: readonly number[]): string[] =>
      along(new LimitAlarmTracker(), values).map(
        ({ limit, active, ts, isOutranked }) => `${limit} ${active} ${ts} ${isOutranked}`,
      );
    expect(outranked([85, 95, 85, 50])).toEqual([
      'H true 1 false',
      'HH true 2 false',
      'HH false 3 false',
      'H false 4 false',
    ]);
    expect(outranked([15, 5, 50])).toEqual([
      'L true 1 false',
      'LL true 2 false',
      'LL false 3 false',
      'L false 3 false',
    ]);
    // from one side beyond both limits of the other, at once
    expect(outranked([95, 5])).toEqual([
      'HH true 1 false',
      'H true 1 true',
      'HH false 2 false',
      'LL true 2 false',
      'H false 2 false',
      'L true 2 true',
    ]);
  });

  it('knows since when an alarm is active, and forgets one that is over', () => {
    const tracker = new LimitAlarmTracker();
    expect([tracker.knows(7), tracker.activeSince(7, 'H')]).toEqual([false, null]);
    along(tracker, [50, 85, 86, 87]);
    expect([tracker.knows(7), tracker.isActive(7, 'H'), tracker.activeSince(7, 'H')]).toEqual([
      true,
      true,
      2,
    ]);
    expect([tracker.isActive(7, 'HH'), tracker.isActive(8, 'H'), tracker.knows(8)]).toEqual([
      false,
      false,
      false,
    ]);
    const [end] = tracker.step(TAG, 9, 50);
    expect(end).toMatchObject({ limit: 'H', active: false, ts: 9, value: 50, limitValue: 80, since: 2 });
    expect([tracker.knows(7), tracker.snapshot()]).toEqual([false, {}]);
  });

  it('waits for the delays also across what was saved, and is not the same as what it was made from', () => {
    const tag = { ...TAG, onDelayMs: 2, offDelayMs: 3 };
    const tracker = new LimitAlarmTracker();
    expect(along(tracker, [85, 85], tag)).toEqual([]);
    const saved = tracker.snapshot();
    const other = new LimitAlarmTracker(saved);
    expect(other.step(tag, 3, 85)).toMatchObject([{ limit: 'H', active: true, ts: 3 }]);
    expect(saved).toEqual({ '7 H': { active: false, turningSince: 1, since: null } });
    expect(other.step(tag, 4, 50)).toEqual([]);
    expect(other.step(tag, 6, 50)).toEqual([]);
    expect(other.step(tag, 7, 50)).toMatchObject([{ limit: 'H', active: false, ts: 7, since: 3 }]);
  });

  it('lets a moment without a sample pass, unless the limit is gone', () => {
    const tracker = new LimitAlarmTracker();
    along(tracker, [85]);
    expect(tracker.step(TAG, 2, NaN)).toEqual([]);
    expect(tracker.isActive(7, 'H')).toBe(true);
    expect(tracker.step({ ...TAG, limitH: null }, 3, NaN)).toEqual([
      {
        tagId: 7,
        limit: 'H',
        active: false,
        ts: 3,
        value: null,
        limitValue: null,
        since: 1,
        isOutranked: false,
      },
    ]);
  });
});
