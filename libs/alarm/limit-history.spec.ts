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
