import { describe, expect, it } from '#jest';
import { reportFormat } from './format.js';

const NOON = Date.UTC(2026, 10, 22, 12, 5);
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

describe('the formats of a report', () => {
  const en = reportFormat('en', 'UTC');
  const ko = reportFormat('ko', 'Asia/Seoul');

  it.each([
    [2705.34, '2,705'],
    [22.9487, '22.95'],
    [0.25052, '0.2505'],
    [0.00012345, '0.0001235'],
    [-0.00001, '−0.00001'],
    [0, '0'],
    [-1234, '−1,234'],
    [null, '–'],
    [NaN, '–'],
    [Infinity, '–'],
  ])('write the number %p as %s', (value, text) => {
    expect(en.number(value)).toBe(text);
  });

  it('write shares and changes as per cent, never a negative zero', () => {
    expect([en.percent(0.9), en.percent(0.1234), en.percent(null)]).toEqual(['90%', '12.3%', '–']);
    expect(en.percent(-0.00001)).toBe('0%');
    expect(en.times(8.306)).toBe('8.3');
    expect(en.times(150_000)).toBe('> 1,000');
    expect(en.points(-68.14)).toBe('68.1 pp');
    expect(ko.points(68.14)).toBe('68.1%p');
  });

  it('write times in the zone and the order of the language', () => {
    expect(en.dateTime(NOON)).toBe('22 November 2026 12:05 UTC');
    expect(ko.dateTime(NOON)).toBe('2026년 11월 22일 21:05 UTC+09:00');
    expect(en.dayTime(NOON)).toBe('22 Nov 12:05');
    expect(ko.dayTime(null)).toBe('–');
  });

  it('say the date of a period once when both ends share it', () => {
    expect(en.period(NOON, NOON + HOUR)).toBe('22 November 2026 12:05 – 13:05 UTC');
    expect(en.period(NOON, NOON + 24 * HOUR)).toBe('22 November 2026 12:05 – 23 November 2026 12:05 UTC');
  });

  it('name both offsets where the clocks are changed in a period', () => {
    const berlin = reportFormat('en', 'Europe/Berlin');
    expect(berlin.period(Date.UTC(2026, 2, 28, 23), Date.UTC(2026, 2, 29, 22))).toBe(
      '29 March 2026 00:00 UTC+01:00 – 30 March 2026 00:00 UTC+02:00',
    );
    const seoul = reportFormat('ko', 'Asia/Seoul');
    expect(seoul.period(Date.UTC(1987, 9, 10, 14), Date.UTC(1987, 9, 11, 15))).toBe(
      '1987년 10월 11일 00:00 UTC+10:00 – 1987년 10월 12일 00:00 UTC+09:00',
    );
  });

  it('write what two clocks show without saying the same twice', () => {
    expect(en.twoClocks(NOON, NOON - HOUR, 'dateTime')).toEqual(['22 November 2026 12:05', '11:05 UTC']);
    expect(en.twoClocks(NOON, NOON - 24 * HOUR, 'dayTime')).toEqual(['22 Nov 12:05', '21 Nov 12:05']);
    expect(ko.twoClocks(NOON, NOON - HOUR, 'dayTime')).toEqual(['11월 22일 21:05', '20:05']);
  });

  it.each([
    [42_400, '42 s', '42초'],
    [80 * MINUTE, '1 h 20 min', '1시간 20분'],
    [24 * HOUR, '24 h', '24시간'],
    [(51 * 60 + 30) * MINUTE, '2 d 3 h', '2일 3시간'],
    [48 * HOUR + MINUTE, '2 d', '2일'],
    [-5, '0 s', '0초'],
  ])('write %d ms as %s', (ms, english, korean) => {
    expect(en.duration(ms)).toBe(english);
    expect(ko.duration(ms)).toBe(korean);
  });
});
