import { expect, it } from '#jest';
import { type LimitHistory, type LimitSettings, settingsAfter, withSettings } from './limit-history.js';

function settings(limitH: number): LimitSettings {
  const none = { limitLl: null, limitL: null, limitHh: null, deadband: 0, onDelayMs: 0, offDelayMs: 0 };
  return { 7: { ...none, limitH } };
}

/** 10 until 100, then 20 until 200, then 30. */
const HISTORY: LimitHistory = [
  { after: 0, settings: settings(10) },
  { after: 100, settings: settings(20) },
  { after: 200, settings: settings(30) },
];

it('tells by what the samples of a time were judged, and up to when', () => {
  expect(settingsAfter(HISTORY, 0)).toEqual({ settings: settings(10), until: 100 });
  expect(settingsAfter(HISTORY, 99)).toEqual({ settings: settings(10), until: 100 });
  expect(settingsAfter(HISTORY, 100)).toEqual({ settings: settings(20), until: 200 });
  expect(settingsAfter(HISTORY, 999)).toEqual({ settings: settings(30), until: Infinity });
});

it('grows with changes only, and forgets what nobody goes back to', () => {
  expect(withSettings([], 5, settings(10), -1)).toEqual([{ after: 5, settings: settings(10) }]);
  expect(withSettings(HISTORY, 300, settings(30), -1)).toEqual(HISTORY);
  expect(withSettings(HISTORY, 300, settings(40), -1)).toEqual([
    ...HISTORY,
    { after: 300, settings: settings(40) },
  ]);
  // what held at 150 is still needed
  expect(withSettings(HISTORY, 300, settings(30), 150)).toEqual(HISTORY.slice(1));
});

it('takes the settings of a moment for those of all that was noted from that moment on', () => {
  // evaluated again from 100 on, with others
  expect(withSettings(HISTORY, 100, settings(40), -1)).toEqual([
    HISTORY[0],
    { after: 100, settings: settings(40) },
  ]);
  expect(withSettings(HISTORY, 300, settings(30), 100)).toEqual(HISTORY.slice(1));
});

it('knows no limits before any were noted', () => {
  expect(settingsAfter([], 5)).toEqual({ settings: {}, until: Infinity });
});

it('takes the oldest settings it knows for those of a time before', () => {
  expect(settingsAfter(HISTORY.slice(1), 50)).toEqual({ settings: settings(20), until: 200 });
});
