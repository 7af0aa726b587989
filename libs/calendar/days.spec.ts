import { describe, expect, it } from '#jest';
import { addDays, dateAt, dayOf, dayStart, isDate, timeOfDayMs, unitStarts } from './days.js';

const HOUR = 3_600_000;
const iso = (at: number): string => new Date(at).toISOString().replace('.000Z', 'Z');

describe('a day', () => {
  it.each([
    ['2026-11-20', 'UTC', '2026-11-20T00:00:00Z', 24],
    ['2026-11-20', 'Asia/Seoul', '2026-11-19T15:00:00Z', 24],
    ['2026-11-20', '+09:00', '2026-11-19T15:00:00Z', 24],
    ['2026-11-20', 'Asia/Kolkata', '2026-11-19T18:30:00Z', 24],
    ['2026-11-20', 'Asia/Kathmandu', '2026-11-19T18:15:00Z', 24],
    ['2026-03-29', 'Europe/Berlin', '2026-03-28T23:00:00Z', 23],
    ['2026-10-25', 'Europe/Berlin', '2026-10-24T22:00:00Z', 25],
    ['2026-03-08', 'America/New_York', '2026-03-08T05:00:00Z', 23],
    ['2026-11-01', 'America/New_York', '2026-11-01T04:00:00Z', 25],
    ['1987-05-10', 'Asia/Seoul', '1987-05-09T15:00:00Z', 23],
    ['1987-10-11', 'Asia/Seoul', '1987-10-10T14:00:00Z', 25],
    ['1988-05-08', 'Asia/Seoul', '1988-05-07T15:00:00Z', 23],
    ['1988-10-09', 'Asia/Seoul', '1988-10-08T14:00:00Z', 25],
    // the clocks are put from 0:00 to 1:00, and from 24:00 back to 23:00
    ['2026-04-24', 'Africa/Cairo', '2026-04-23T22:00:00Z', 23],
    ['2026-10-29', 'Africa/Cairo', '2026-10-28T21:00:00Z', 25],
    ['2026-04-05', 'Australia/Lord_Howe', '2026-04-04T13:00:00Z', 24.5],
  ])('%s in %s begins at %s and has %d hours', (date, zone, begin, hours) => {
    const start = dayStart(date, zone);
    expect(iso(start)).toBe(begin);
    expect((dayStart(addDays(date, 1), zone) - start) / HOUR).toBe(hours);
    expect([dateAt(start - 1, zone), dateAt(start, zone)]).toEqual([addDays(date, -1), date]);
  });

  it.each([
    // the day before the change ends an hour early, or late, by the clocks of UTC
    ['2026-03-28', 'Europe/Berlin', '2026-03-28T06:00:00Z', 23],
    ['2026-03-29', 'Europe/Berlin', '2026-03-29T05:00:00Z', 24],
    ['2026-10-24', 'Europe/Berlin', '2026-10-24T05:00:00Z', 25],
    ['2026-11-20', 'Asia/Seoul', '2026-11-19T22:00:00Z', 24],
  ])('that begins at 07:00: %s in %s begins at %s and has %d hours', (date, zone, begin, hours) => {
    const seven = 7 * HOUR;
    const start = dayStart(date, zone, seven);
    expect(iso(start)).toBe(begin);
    expect((dayStart(addDays(date, 1), zone, seven) - start) / HOUR).toBe(hours);
    expect(dayOf(start, zone, seven)).toBe(date);
    expect(dayOf(start - 1, zone, seven)).toBe(addDays(date, -1));
  });

  it('has a date that exists', () => {
    expect(['2026-11-20', '2024-02-29'].map(isDate)).toEqual([true, true]);
    expect(['2026-02-29', '2026-13-01', '2026-04-31', '20-11-2026', '2026-11-20T00:00'].map(isDate)).toEqual(
      Array(5).fill(false),
    );
  });

  it('begins at a time of day', () => {
    expect([timeOfDayMs('00:00'), timeOfDayMs('07:30'), timeOfDayMs('23:59')]).toEqual([
      0,
      7.5 * HOUR,
      24 * HOUR - 60_000,
    ]);
    expect(['7:00', '24:00', '07:60', '07', ''].map(timeOfDayMs)).toEqual(Array(5).fill(undefined));
  });
});

describe('the begins of days and hours', () => {
  const starts = (from: string, to: string, unit: 'hour' | 'day', zone: string): string[] =>
    unitStarts(Date.parse(from), Date.parse(to), unit, zone).map(iso);

  it('are those of every day that reaches into the window, of 25 hours too', () => {
    expect(starts('2026-10-24T10:00:00Z', '2026-10-26T23:00:00Z', 'day', 'Europe/Berlin')).toEqual([
      '2026-10-23T22:00:00Z',
      '2026-10-24T22:00:00Z',
      '2026-10-25T23:00:00Z',
    ]);
    expect(starts('2026-11-19T18:30:00Z', '2026-11-20T18:30:00Z', 'day', 'Asia/Kolkata')).toEqual([
      '2026-11-19T18:30:00Z',
    ]);
  });

  it('leave out a day that the zone left out', () => {
    // Samoa went from the 29th of December 2011 to the 31st
    expect(starts('2011-12-29T12:00:00Z', '2012-01-01T09:00:00Z', 'day', 'Pacific/Apia')).toEqual([
      '2011-12-29T10:00:00Z',
      '2011-12-30T10:00:00Z',
      '2011-12-31T10:00:00Z',
    ]);
  });

  it('are hours by the clocks of the zone', () => {
    expect(starts('2026-11-20T00:00:00Z', '2026-11-20T02:00:00Z', 'hour', 'Asia/Kathmandu')).toEqual([
      '2026-11-19T23:15:00Z',
      '2026-11-20T00:15:00Z',
      '2026-11-20T01:15:00Z',
    ]);
  });

  it('are two of an hour shown twice', () => {
    // 01:00 and 02:00 in summer, 02:00 and 03:00 in winter
    expect(starts('2026-10-24T23:00:00Z', '2026-10-25T03:00:00Z', 'hour', 'Europe/Berlin')).toEqual([
      '2026-10-24T23:00:00Z',
      '2026-10-25T00:00:00Z',
      '2026-10-25T01:00:00Z',
      '2026-10-25T02:00:00Z',
    ]);
  });

  it('are half an hour apart where the clocks are put by half an hour', () => {
    // 02:00 becomes 01:30 at 15:00 UTC: an hour from 01:00 and half an hour from 01:30
    expect(starts('2026-04-04T14:30:00Z', '2026-04-04T16:00:00Z', 'hour', 'Australia/Lord_Howe')).toEqual([
      '2026-04-04T14:00:00Z',
      '2026-04-04T15:00:00Z',
      '2026-04-04T15:30:00Z',
    ]);
    expect(starts('2026-04-04T15:10:00Z', '2026-04-04T15:20:00Z', 'hour', 'Australia/Lord_Howe')).toEqual([
      '2026-04-04T15:00:00Z',
    ]);
  });
});
