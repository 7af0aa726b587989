import { describe, expect, it } from '#jest';
import { clockTime, instantOf, isTimeZone, offsetText, zoneOffsetMs } from './time-zone.js';

const MINUTE = 60_000;
const at = (text: string): number => Date.parse(text);

describe('a time zone', () => {
  it.each(['UTC', 'Asia/Seoul', 'America/Argentina/Buenos_Aires', 'Etc/GMT-9', '+09:00', '-03:30', '+05:45'])(
    'may be %s',
    (name) => {
      expect(isTimeZone(name)).toBe(true);
    },
  );

  it.each(['', 'Seoul', 'KST9', 'Asia/Atlantis', '+9', '+0900', '+24:00', '09:00', 'UTC+9', 'a'.repeat(99)])(
    'is not called %p',
    (name) => {
      expect(isTimeZone(name)).toBe(false);
    },
  );

  it.each([
    ['Asia/Seoul', '2026-11-20T00:00:00Z', 540],
    // summer time of the Olympic years
    ['Asia/Seoul', '1988-07-01T00:00:00Z', 600],
    ['Asia/Kolkata', '2026-11-20T00:00:00Z', 330],
    ['Asia/Kathmandu', '2026-11-20T00:00:00Z', 345],
    ['America/New_York', '2026-11-01T05:59:59Z', -240],
    ['America/New_York', '2026-11-01T06:00:00Z', -300],
    ['America/St_Johns', '2026-01-01T00:00:00Z', -210],
    ['UTC', '2026-11-20T00:00:00Z', 0],
    ['+05:45', '2026-11-20T00:00:00Z', 345],
    ['-03:30', '2026-11-20T00:00:00Z', -210],
  ])('%s is at %s so many minutes ahead of UTC: %d', (zone, when, minutes) => {
    expect(zoneOffsetMs(at(when), zone)).toBe(minutes * MINUTE);
    expect(clockTime(at(when), zone)).toBe(at(when) + minutes * MINUTE);
  });

  it.each([
    ['2026-11-20T00:00:00Z', 'Asia/Seoul', 'UTC+09:00'],
    ['2026-07-01T00:00:00Z', 'America/New_York', 'UTC−04:00'],
    ['2026-07-01T00:00:00Z', 'Asia/Kathmandu', 'UTC+05:45'],
    ['2026-01-01T00:00:00Z', 'Europe/London', 'UTC'],
  ])('says how far it is ahead: %s in %s is %s', (when, zone, text) => {
    expect(offsetText(at(when), zone)).toBe(text);
  });
});

describe('the instant of a time shown', () => {
  it.each([
    ['an ordinary one', 'Europe/Berlin', '2026-07-01T12:00', '2026-07-01T10:00:00Z'],
    ['one shown twice: the first', 'Europe/Berlin', '2026-10-25T02:30', '2026-10-25T00:30:00Z'],
    ['one left out: as far behind the gap', 'Europe/Berlin', '2026-03-29T02:30', '2026-03-29T01:30:00Z'],
    ['west of Greenwich', 'America/New_York', '2026-11-01T01:30', '2026-11-01T05:30:00Z'],
    ['west of Greenwich, left out', 'America/New_York', '2026-03-08T02:00', '2026-03-08T07:00:00Z'],
    ['on the last minute before the change', 'Asia/Seoul', '1987-05-10T01:59', '1987-05-09T16:59:00Z'],
    ['of a fixed offset', '+05:45', '2026-07-01T00:00', '2026-06-30T18:15:00Z'],
  ])('%s', (_what, zone, shown, instant) => {
    expect(new Date(instantOf(at(`${shown}Z`), zone))).toEqual(new Date(instant));
  });
});
