import { expect, it } from '#jest';
import { ISO_TIME_LENGTH, IsoTimeBytes, isoTimes } from './iso-times.js';

it('writes times as the standard library does, whatever came before', () => {
  const hour = Date.UTC(2026, 1, 28, 23);
  const times = [
    hour,
    hour + 1,
    hour + 59_999,
    hour + 60_000,
    hour + 3_599_999,
    hour + 3_600_000,
    hour - 1,
    0,
  ];
  // 10 s over a year, in steps that are no whole seconds
  for (let i = 0; i < 1_000; i++) times.push(hour + i * 31_536_007);
  times.push(253_402_300_799_999);
  const isoStrings = times.map((ts) => new Date(ts).toISOString());
  expect(times.map(isoTimes())).toEqual(isoStrings);
  const isoTime = new IsoTimeBytes();
  const bytes = Buffer.alloc(times.length * ISO_TIME_LENGTH);
  for (const [i, ts] of times.entries())
    expect(isoTime.write(bytes, i * ISO_TIME_LENGTH, ts)).toBe((i + 1) * ISO_TIME_LENGTH);
  expect(String(bytes)).toBe(isoStrings.join(''));
});
