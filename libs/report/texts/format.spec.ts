import { describe, expect, it } from '@jest/globals';
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
    expect(ko.dateTime(NOON)).toBe('2026년 11월 22일 21:05 GMT+9');
    expect(en.dayTime(NOON)).toBe('22 Nov 12:05');
    expect(ko.dayTime(null)).toBe('–');
  });

  it('say the date of a period once when both ends share it', () => {
    expect(en.period(NOON, NOON + HOUR)).toBe('22 November 2026 12:05 – 13:05 UTC');
    expect(en.period(NOON, NOON + 24 * HOUR)).toBe('22 November 2026 12:05 – 23 November 2026 12:05 UTC');
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
