import { describe, expect, it } from '#jest';
import { dateTexts } from './date-texts.js';

describe('dates and times as texts', () => {
  const at = Date.parse('2026-09-30T15:05:00Z');

  it('are written in English', () => {
    const texts = dateTexts('en-GB', 'UTC');
    expect([texts.date(at), texts.day(at), texts.time(at)]).toEqual(['30 September 2026', '30 Sep', '15:05']);
  });

  it('are written in Korean, by the clocks of the zone', () => {
    const texts = dateTexts('ko-KR', 'Asia/Seoul');
    expect([texts.date(at), texts.day(at), texts.time(at)]).toEqual(['2026년 10월 1일', '10월 1일', '00:05']);
  });
});
