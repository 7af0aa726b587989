import { describe, expect, it } from '#jest';
import { REPORT_LANGS, REPORT_TYPES, type ReportContent } from './gathering/content.js';
import { anAnomaly, anEmptyReport, aReport, named } from '../../test/factories/report-content.fixture.js';
import { reportFileName, reportHtml } from './report-html.js';
import { buildersFor } from './sections/outline.js';

const HOSTILE = `</style></p><script src="http://evil.test/x.js">alert('1')</script>"\\\n`;
const cases = REPORT_TYPES.flatMap((type) => REPORT_LANGS.map((lang) => [type, lang] as const));

/** The words a reader sees, without markup and styles. */
function wordsOf(html: string): string {
  return html
    .replace(/<style>[^]*?<\/style>|<svg[^]*?<\/svg>/g, ' ')
    .replace(/<[^>]+>/g, ' ')
    .replace(/\s+/g, ' ');
}

function headingsOf(html: string): string[] {
  return [...html.matchAll(/<h2>([^<]*)<\/h2>/g)].map((match) => match[1]);
}

describe.each(cases)('the %s report in %s', (type, lang) => {
  it('has words, tables and charts and no trace of missing values', async () => {
    const html = await reportHtml(aReport(type, lang));
    expect(html).toContain(`<html lang="${lang}">`);
    expect(html.match(/<svg/g)?.length).toBeGreaterThan(5);
    expect(wordsOf(html)).not.toMatch(/undefined|null|NaN|\[object|Invalid/);
  });

  it('says so where there are no data', async () => {
    const html = await reportHtml(anEmptyReport(type, lang));
    expect(wordsOf(html)).not.toMatch(/undefined|null|NaN|\[object|Invalid/);
    // no section is a heading alone, no list or table is empty
    expect(html).not.toMatch(
      /<\/h2>\s*<\/section>|<tbody>\s*<\/tbody>|<div class="(tiles|figures)">\s*<\/div>/,
    );
  });
});

describe('the sections', () => {
  it.each([
    ['en' as const, 'Not watched', 'not watched: sampled every 300 s, learnt at 180 s'],
    ['ko' as const, '미감시', '감시하지 않음: 샘플링 주기 300초, 학습 주기 180초'],
  ])('say in %s why a unit is not watched', async (lang, state, why) => {
    const [first, ...others] = aReport('daily', lang).equipmentHealth;
    const unwatched = { reason: 'slower' as const, sampledEveryMs: 300_000, learntEveryMs: 180_000 };
    const equipmentHealth = [
      { ...first, state: 'unwatched' as const, score: null, lowest: null, drivers: [], unwatched },
      ...others,
    ];
    const words = wordsOf(await reportHtml(aReport('daily', lang, { equipmentHealth })));
    expect(words).toContain(state);
    expect(words).toContain(why);
  });

  it('begin with what a reader of the daily report looks for first, and end with what it rests on', async () => {
    const headings = headingsOf(await reportHtml(aReport('daily', 'en')));
    expect(headings.slice(0, 4)).toEqual(['In brief', 'Key figures', 'Equipment health', 'Anomalies']);
    expect(headings.slice(-4)).toEqual([
      'Notes',
      'Data quality',
      'How the key figures are calculated',
      'Appendix: models used',
    ]);
  });

  it.each(REPORT_TYPES)('of the %s report are all printed when there is something to show', async (type) => {
    const content = aReport(type, 'en');
    const headings = headingsOf(await reportHtml(content));
    // above them stands the summary
    expect(headings).toHaveLength(1 + buildersFor(content.subject).length);
    expect(new Set(headings).size).toBe(headings.length);
  });

  it.each(REPORT_TYPES)('are Korean throughout in a Korean %s report', async (type) => {
    for (const heading of headingsOf(await reportHtml(aReport(type, 'ko'))))
      expect(heading).toMatch(/^[가-힣: ]+$/);
  });

  it('say how many anomalies are not listed', async () => {
    expect(wordsOf(await reportHtml(aReport('daily', 'en', { anomalyCount: 57 })))).toContain(
      'The 2 most important of 57 are shown.',
    );
  });

  it('name a tag in Korean where it has a Korean name, and as it is otherwise', async () => {
    const contributions = [
      { ...named('XMEAS_09'), share: 0.6 },
      { code: 'PI-101', name: 'Pump inlet', nameKo: null, share: 0.4 },
    ];
    const html = await reportHtml(
      aReport('daily', 'ko', { anomalies: [anAnomaly({ contributions })], anomalyCount: 1 }),
    );
    expect(wordsOf(html)).toContain('반응기 온도 60%');
    expect(wordsOf(html)).toContain('Pump inlet 40%');
  });
});

describe('a report at whose end no prediction could be made', () => {
  it.each([
    ['daily', 'en', 'Fault assessment and forecast', 'there were too few samples before it'],
    ['lot', 'ko', '고장 진단과 예측', '기간 종료 시점 이전의 데이터가 부족하여'],
  ] as const)('says why: %s, %s', async (type, lang, heading, reason) => {
    const nothing = { fault: undefined, forecasts: [], models: [], noPrediction: 'too_short' as const };
    const html = await reportHtml(aReport(type, lang, nothing));
    expect(headingsOf(html)).toContain(heading);
    expect(wordsOf(html)).toContain(reason);
  });
});

describe('the models behind a report', () => {
  it('are printed with what they were measured at, public files beside simulated runs', async () => {
    const words = wordsOf(await reportHtml(aReport('daily', 'en')));
    expect(words).toContain('Public test files Simulated runs');
    expect(words).toContain('95.9% (94.2%–98.5%) 96.2% (95.8%–96.6%)');
    expect(wordsOf(await reportHtml(aReport('daily', 'ko')))).toContain('원인 판별 재현율(유형 평균) 95.9%');
  });

  it('are printed without a table of figures when nobody has measured them', async () => {
    const [model] = aReport('daily', 'en').models;
    const html = await reportHtml(aReport('daily', 'en', { models: [{ ...model, measured: [] }] }));
    expect(wordsOf(html)).not.toContain('Measured figure');
    expect(headingsOf(html)).toContain('Appendix: models used');
  });
});

describe('texts people typed', () => {
  it('cannot become markup, styles or requests, wherever they are printed', async () => {
    const content: ReportContent = aReport('lot', 'en', {
      plantName: HOSTILE,
      reportId: HOSTILE,
      notes: [{ at: { plantMs: 0, wallMs: 0 }, author: HOSTILE, text: HOSTILE }],
      anomalies: [
        anAnomaly({
          detector: HOSTILE,
          contributions: [{ code: HOSTILE, name: HOSTILE, nameKo: null, share: 1 }],
          acknowledgement: { at: { plantMs: 0, wallMs: 0 }, by: HOSTILE, comment: HOSTILE },
        }),
      ],
    });
    const html = await reportHtml(content);
    expect(html).not.toMatch(/<script/i);
    expect(html.match(/<\/style>/g)).toHaveLength(1);
    expect(html).toContain('&lt;script');
    // in the running header the name stands inside a CSS string: `<`, quote, backslash and line end as code points
    expect(html).toContain('content:"\\3c /style>\\3c /p>\\3c script src=\\22 http://evil.test');
  });
});

describe('the clocks of a report', () => {
  it('are one where plant time is wall time', async () => {
    const words = wordsOf(await reportHtml(aReport('daily', 'en')));
    expect(words).toMatch(/Period 22 November 2026 \d\d:\d\d – [^(]* UTC Generated/);
    expect(words).not.toMatch(/(plant|wall) time/);
  });

  it('are both named where they differ, so that nothing is seen to before it began', async () => {
    const wallMs = Date.parse('2026-11-20T03:30:00Z');
    const at = { plantMs: Date.parse('2026-11-22T07:10:00Z'), wallMs };
    const changes = {
      timeZone: 'Asia/Seoul',
      generatedAt: at,
      anomalies: [anAnomaly({ acknowledgement: { at, by: 'Kim', comment: '' } })],
      notes: [{ at: { plantMs: null, wallMs }, author: 'Lee', text: 'Before plant time was noted' }],
    };
    const english = await reportHtml(aReport('daily', 'en', changes));
    expect(wordsOf(english)).toMatch(/Period 22 November 2026 [^(]* UTC\+09:00 \(plant time\)/);
    expect(wordsOf(english)).toContain(
      'Generated 22 November 2026 16:10 plant time (20 November 2026 12:30 UTC+09:00 wall time)',
    );
    expect(wordsOf(english)).toContain(
      'Acknowledged by Kim on 22 Nov 16:10 plant time (20 Nov 12:30 wall time).',
    );
    expect(wordsOf(english)).toContain('Lee · 20 Nov 12:30 wall time');
    // in the running footer, too
    expect(english).toContain('content:"Generated 22 November 2026 16:10 UTC+09:00 (plant time) · ');
    const korean = wordsOf(await reportHtml(aReport('daily', 'ko', changes)));
    expect(korean).toContain(
      '작성 일시 공정 시각 2026년 11월 22일 16:10(실제 시각 2026년 11월 20일 12:30 UTC+09:00)',
    );
    expect(korean).toContain(
      'Kim 님이 공정 시각 11월 22일 16:10(실제 시각 11월 20일 12:30)에 확인하였습니다.',
    );
  });
});

describe('the title', () => {
  const day = {
    timeZone: '+09:00',
    period: { fromMs: Date.UTC(2026, 10, 19, 15), toMs: Date.UTC(2026, 10, 20, 15) },
  };
  const titleOf = (html: string): string => /<title>([^<]*)</.exec(html)?.[1] ?? '';

  it('names the day that a report is about, by the clocks of whoever asks', async () => {
    const korean = aReport('daily', 'ko', day);
    expect(titleOf(await reportHtml(korean))).toMatch(/^일일 운전 보고서 – 2026년 11월 20일 – /);
    expect(reportFileName(korean)).toBe('daily-report_2026-11-20_ko.pdf');
    expect(wordsOf(await reportHtml(korean))).toContain(
      '2026년 11월 20일 00:00 – 2026년 11월 21일 00:00 UTC+09:00',
    );
    // the same hours are parts of two days elsewhere
    const elsewhere = aReport('daily', 'en', { ...day, timeZone: 'UTC' });
    expect(titleOf(await reportHtml(elsewhere))).toMatch(/^Daily operations report – Tennessee/);
  });

  it('names the day on which a production day begins', async () => {
    const fromMs = Date.UTC(2026, 10, 19, 22);
    const content = aReport('production_day', 'en', {
      timeZone: 'Asia/Seoul',
      period: { fromMs, toMs: fromMs + 24 * 3_600_000 },
    });
    expect(titleOf(await reportHtml(content))).toMatch(/^Production day report – 20 November 2026 – /);
    expect(reportFileName(content)).toBe('production-day-report_2026-11-20_en.pdf');
  });
});

describe('the file name', () => {
  it('distinguishes two windows of a day by the clocks of the plant', () => {
    const window = (from: number, to: number): string =>
      reportFileName(aReport('daily', 'en', { timeZone: 'Asia/Seoul', period: { fromMs: from, toMs: to } }));
    const midnight = Date.UTC(2026, 10, 19, 15);
    const hour = 3_600_000;
    expect(window(midnight, midnight + 24 * hour)).toBe('daily-report_2026-11-20_en.pdf');
    expect(window(midnight + 6 * hour, midnight + 14.5 * hour)).toBe(
      'daily-report_2026-11-20T0600-1430_en.pdf',
    );
    expect(window(midnight + 14 * hour, midnight + 30 * hour)).toBe(
      'daily-report_2026-11-20T1400-2026-11-21T0600_en.pdf',
    );
  });

  it('says what the report is about, in characters every system can store', () => {
    expect(reportFileName(aReport('daily', 'en'))).toBe('daily-report_2026-11-22_en.pdf');
    expect(reportFileName(aReport('equipment', 'ko'))).toBe('equipment-report_REACTOR_2026-11-22_ko.pdf');
    expect(reportFileName(aReport('anomaly', 'en'))).toBe('anomaly-report_4711_en.pdf');
    const lot = aReport('lot', 'en').lots[0];
    const odd = aReport('lot', 'en', { subject: { type: 'lot', lot: { ...lot, lotNo: '../반응 7"\r\n' } } });
    expect(reportFileName(odd)).toBe('lot-report_..-반응-7-_en.pdf');
  });

  it('has the times of the wall clock of the plant', () => {
    expect(reportFileName(aReport('daily', 'en', { timeZone: 'America/New_York' }))).toBe(
      'daily-report_2026-11-21T1900-2026-11-22T1900_en.pdf',
    );
  });
});
