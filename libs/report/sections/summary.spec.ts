import { describe, expect, it } from '#jest';
import type { Standstill } from '#tep';
import type { ReportContent } from '../gathering/content.js';
import {
  aLot,
  anAnomaly,
  anEmptyReport,
  anIncident,
  aReport,
} from '../../../test/factories/report-content.fixture.js';
import { SAMPLE_FROM_MS, SAMPLE_TO_MS } from '../../../test/factories/report-series.fixture.js';
import { reportLanguage } from '../texts/language.js';
import { summarize, type ReportSummary } from './summary.js';

function summaryOf(content: ReportContent): ReportSummary {
  return summarize(content, reportLanguage(content.lang, content.timeZone));
}

const quiet = {
  anomalies: [],
  anomalyCount: 0,
  equipmentHealth: aReport('daily', 'en').equipmentHealth.map((unit) => ({
    ...unit,
    state: 'running' as const,
    score: 95,
  })),
};

describe('the summary of a daily report', () => {
  it('says in a few sentences what happened, where, and how the plant does', () => {
    expect(summaryOf(aReport('daily', 'en')).sentences).toEqual([
      '2 anomalies were detected in 24 h (1 critical, 1 still open).',
      'The most severe began on 22 Nov 14:30 (Reactor) and lasted 1 h 20 min; it shows most in Reactor cooling-water ' +
        'valve, Reactor temperature and Reactor cooling-water outlet temperature.',
      'Lowest health score at the end of the period: Reactor, 46 of 100; one other unit is below 80.',
      // (14 103 − 13 853) / 13 853 = 1.80 %
      'Production rate: 14,103 kg/h, 1.8% more than in the period before.',
    ]);
  });

  it('says the same in Korean, with the particles its words ask for', () => {
    const { sentences } = summaryOf(aReport('daily', 'ko'));
    expect(sentences[0]).toBe('24시간 동안 이상 2건이 감지되었습니다(심각 1건, 진행 중 1건).');
    expect(sentences[1]).toBe(
      '가장 심각한 이상은 11월 22일 14:30에 반응기에서 발생하여 1시간 20분 동안 지속되었으며, ' +
        '반응기 냉각수 밸브, 반응기 온도, 반응기 냉각수 출구 온도가 주요 기여 변수입니다.',
    );
    expect(sentences[3]).toBe('시간당 생산량은 14,103 kg/h로 직전 기간보다 1.8% 높습니다.');
    expect(sentences[2]).toBe(
      '기간 종료 시점에 건전도가 가장 낮은 설비는 반응기로 46점이며, 이외에 80점 미만인 설비가 1기 있습니다.',
    );
  });

  it('describes events and their causes instead of what each detector has found, as soon as it knows of any', () => {
    const incidents = [anIncident(), anIncident({ id: '13', severity: 'low', endMs: null, cause: null })];
    expect(summaryOf(aReport('daily', 'en', { incidents })).sentences.slice(0, 3)).toEqual([
      '2 incidents in 24 h (1 critical, 1 still open).',
      'The most severe began on 22 Nov 14:30 (Reactor) and lasted 1 h 20 min; it first showed in Reactor cooling-water ' +
        'valve and Reactor cooling-water outlet temperature.',
      'Most probable cause: IDV 4 – Reactor cooling-water inlet temperature (97%). Check the cooling water of the reactor: ' +
        'supply temperature, cooling tower and pumps, and how far the valve still can open.',
    ]);
    expect(summaryOf(aReport('daily', 'ko', { incidents })).sentences.slice(0, 3)).toEqual([
      '24시간 동안 이상 사건 2건이 발생하였습니다(심각 1건, 진행 중 1건).',
      '가장 심각한 사건은 11월 22일 14:30에 반응기에서 발생하여 1시간 20분 동안 지속되었습니다. ' +
        '최초 이상 징후는 반응기 냉각수 밸브, 반응기 냉각수 출구 온도에서 나타났습니다.',
      '가장 유력한 원인: IDV 4 – 반응기 냉각수 입구 온도(97%). ' +
        '반응기 냉각수를 확인하십시오: 공급 온도, 냉각탑, 펌프, 그리고 밸브의 남은 개도.',
    ]);
  });

  it('sends the reader of one anomaly where its incident began, not where its detector is loudest', () => {
    const { sentences } = summaryOf(aReport('anomaly', 'en', { incidents: [anIncident()] }));
    const text = sentences.join(' ');
    expect(text).toContain('It belongs to incident 12, which first showed in Reactor cooling-water valve');
    expect(text).toContain('Most probable cause: IDV 4');
    expect(text).not.toContain('the place to look first');
  });

  it('is calm when nothing happened', () => {
    const { verdict, sentences } = summaryOf(aReport('daily', 'en', quiet));
    expect(verdict).toBe('normal');
    expect(sentences.slice(0, 2)).toEqual([
      'No anomalies were detected in 24 h.',
      'At the end of the period all 8 units have a health score of 80 or above.',
    ]);
  });

  it('says of which moment the scores are, where a unit that is well now was not in the period', () => {
    const recovered = quiet.equipmentHealth.map((unit) => ({ ...unit, lowest: 41 }));
    const sentencesIn = (lang: 'en' | 'ko') =>
      summaryOf(aReport('daily', lang, { ...quiet, equipmentHealth: recovered })).sentences;
    expect(sentencesIn('en')[1]).toBe(
      'At the end of the period all 8 units have a health score of 80 or above.',
    );
    expect(sentencesIn('ko')[1]).toBe('기간 종료 시점에 설비 8기의 건전도는 모두 80점 이상으로 양호합니다.');
    const [one] = recovered;
    const alone = (lang: 'en' | 'ko') =>
      summaryOf(aReport('daily', lang, { ...quiet, equipmentHealth: [one] })).sentences[1];
    expect(alone('en')).toBe('At the end of the period the one unit with a health score is at 80 or above.');
    expect(alone('ko')).toBe('기간 종료 시점에 건전도가 산출된 설비 1기는 80점 이상으로 양호합니다.');
  });

  it('says which units nobody watches, and asks for attention when it is because of how they are sampled', () => {
    const withUnwatched = (reason: 'never_sent' | 'slower'): ReportContent['equipmentHealth'] =>
      quiet.equipmentHealth.map((unit) =>
        unit.code === 'PURGE'
          ? {
              ...unit,
              state: 'unwatched',
              score: null,
              unwatched: { reason, sampledEveryMs: 300_000, learntEveryMs: 180_000 },
            }
          : unit,
      );
    const summaryWith = (lang: 'en' | 'ko', reason: 'never_sent' | 'slower') =>
      summaryOf(aReport('daily', lang, { ...quiet, equipmentHealth: withUnwatched(reason) }));
    expect(summaryWith('en', 'slower').sentences).toContain('Not watched: Purge.');
    expect(summaryWith('ko', 'slower').sentences).toContain('감시하지 않는 설비: 퍼지.');
    expect(summaryWith('en', 'slower').verdict).toBe('attention');
    expect(summaryWith('en', 'never_sent').verdict).toBe('normal');
  });

  it('asks for action only while something critical lasts or a unit is faulty', () => {
    const verdictWith = (changes: Parameters<typeof anAnomaly>[0]): string =>
      summaryOf(aReport('daily', 'en', { ...quiet, anomalies: [anAnomaly(changes)], anomalyCount: 1 }))
        .verdict;
    expect(verdictWith({ severity: 'critical', endMs: null, state: 'open' })).toBe('action');
    expect(verdictWith({ severity: 'critical' })).toBe('attention');
    expect(verdictWith({ severity: 'low', endMs: null, state: 'open' })).toBe('attention');
    expect(verdictWith({ severity: 'low' })).toBe('normal');
    expect(summaryOf(aReport('daily', 'en')).verdict).toBe('action');
  });

  it('warns when data are missing', () => {
    const dataQuality = {
      expectedSamples: 1000,
      receivedSamples: 912,
      gaps: [],
    };
    const { sentences } = summaryOf(aReport('daily', 'en', { dataQuality }));
    expect(sentences.at(-1)).toBe('Only 91.2% of the expected samples arrived; read the figures with care.');
  });

  it('claims nothing about a period without data', () => {
    expect(summaryOf(anEmptyReport('daily', 'en'))).toEqual({
      verdict: 'no_data',
      sentences: ['No measurements were stored for this period, so nothing can be said about the plant.'],
    });
  });
});

describe('the summary of other reports', () => {
  it('begins with the lot and what is known about it', () => {
    const [lot, fault] = summaryOf(aReport('lot', 'en')).sentences;
    expect(lot).toBe('Lot L-2026-1122 (G50/H50) ran for 24 h and is closed.');
    expect(fault).toContain('IDV 4');
    const running = aReport('lot', 'ko', {
      subject: { type: 'lot', lot: aLot({ status: 'open', toMs: null, knownFaultIdv: null, grade: '' }) },
    });
    expect(summaryOf(running).sentences[0]).toBe(
      '로트 L-2026-1122의 생산 시간은 24시간이며, 현재 생산 중입니다.',
    );
  });

  it('begins with the state of the unit and what drives it', () => {
    expect(summaryOf(aReport('equipment', 'en')).sentences.slice(0, 2)).toEqual([
      'Reactor: fault, health score 46 of 100 (lowest in the period 42).',
      'It loses most points to “Open anomaly” (−37).',
    ]);
  });

  it('describes an anomaly from its beginning to who has seen it', () => {
    // 412 / 49.6 = 8.3; shares 46.3 + 24.8 + 13.7 = 84.8 %
    expect(summaryOf(aReport('anomaly', 'en')).sentences).toEqual([
      'Anomaly in Reactor, severity critical: began on 22 Nov 14:30, lasted 1 h 20 min.',
      'PCA Hotelling T² rose to 8.3 times its threshold.',
      'Reactor cooling-water valve, Reactor temperature and Reactor cooling-water outlet temperature make up 84.8% of ' +
        'the score and are the place to look first.',
      'The model puts the probability of a fault at 92.7%; the likeliest is IDV 4 – Reactor cooling-water inlet ' +
        'temperature (81.2%).',
      'Acknowledged by kim.minji on 22 Nov 14:45.',
    ]);
  });

  it('says that an open anomaly lasts', () => {
    const anomaly = anAnomaly({
      endMs: null,
      state: 'open',
      acknowledgement: undefined,
      startMs: SAMPLE_TO_MS - 3_600_000,
    });
    const { verdict, sentences } = summaryOf(
      aReport('anomaly', 'en', { subject: { type: 'anomaly', anomaly } }),
    );
    expect(verdict).toBe('action');
    expect(sentences[0]).toBe('Anomaly in Reactor, severity critical: open since 22 Nov 23:00.');
    expect(sentences.at(-1)).toBe('Nobody has acknowledged it yet.');
  });
});

describe('the summary of a period in which the plant stood still', () => {
  /** 08:33 of the day that the report is about; 15 h 27 min of it are left. */
  const trip = SAMPLE_FROM_MS + (8 * 60 + 33) * 60_000;
  const stood = (changes: Partial<Standstill> = {}): Partial<ReportContent> => ({
    ...quiet,
    standstills: [{ from: trip, to: null, cause: 'reactor-pressure-high', ...changes }],
  });
  const first = (content: ReportContent): string[] => summaryOf(content).sentences.slice(0, 2);

  it('begins with the trip, what it was, how long it lasted and what was made', () => {
    expect(first(aReport('daily', 'en', stood()))).toEqual([
      'The plant tripped on 22 Nov 08:33 (reactor pressure at its limit of 3,000 kPa) and stood still to the end of ' +
        'the period, for 15 h 27 min.',
      // 338 472 kg, the numerator of the production rate
      '338.5 t of G and H were produced in the period.',
    ]);
    expect(first(aReport('production_day', 'en', stood()))).toEqual(first(aReport('daily', 'en', stood())));
    expect(first(aReport('daily', 'ko', stood()))).toEqual([
      '공정이 11월 22일 08:33에 트립되어(원인: 반응기 압력 상한 3,000 kPa 도달) 기간 종료 시점까지 15시간 27분 동안 정지하였습니다.',
      '기간 중 G·H 생산량은 338.5 t입니다.',
    ]);
  });

  it('says so within the standstill too', () => {
    const before = { from: SAMPLE_FROM_MS - 3_600_000 };
    expect(first(aReport('daily', 'en', stood(before)))[0]).toBe(
      'The plant stood still throughout the period: it tripped on 21 Nov 23:00 (reactor pressure at its limit of ' +
        '3,000 kPa).',
    );
    expect(first(aReport('daily', 'ko', stood(before)))[0]).toBe(
      '공정은 대상 기간 내내 정지 상태였습니다. 11월 21일 23:00에 트립되었습니다(원인: 반응기 압력 상한 3,000 kPa 도달).',
    );
  });

  it('counts what ended, and several of them, within the period only', () => {
    const ended = { from: SAMPLE_FROM_MS - 3_600_000, to: SAMPLE_FROM_MS + 3_600_000, cause: null };
    expect(first(aReport('daily', 'en', stood(ended)))[0]).toBe(
      'The plant stopped on 21 Nov 23:00 and stood still for 1 h.',
    );
    const twice = { ...stood(), standstills: [ended, { from: trip, to: null, cause: null }] };
    // 1 h + 15 h 27 min
    expect(first(aReport('daily', 'en', twice))[0]).toBe(
      'The plant stood still 2 times, for 16 h 27 min in all, at last to the end of the period; the first time it ' +
        'stopped on 21 Nov 23:00.',
    );
    expect(first(aReport('daily', 'ko', twice))[0]).toBe(
      '공정이 2회, 총 16시간 27분 동안 정지하였으며, 기간 종료 시점에도 정지 상태였습니다. 첫 번째는 11월 21일 23:00에 정지되었습니다.',
    );
  });

  it('asks for action while the plant stands, and for attention afterwards', () => {
    expect(summaryOf(aReport('daily', 'en', stood())).verdict).toBe('action');
    expect(summaryOf(aReport('daily', 'en', stood({ to: trip + 3_600_000 }))).verdict).toBe('attention');
  });

  it('says of the production rate that it is that of the running plant', () => {
    expect(summaryOf(aReport('daily', 'en', stood())).sentences.at(-1)).toMatch(
      /^Production rate while running: /,
    );
    expect(summaryOf(aReport('daily', 'ko', stood())).sentences.at(-1)).toMatch(/^가동 중 시간당 생산량은 /);
  });
});

describe('the summary of a period with little data', () => {
  it('says for how much of it there are any before anything else', () => {
    const dataQuality = { expectedSamples: 25_440, receivedSamples: 1_272, gaps: [] };
    expect(summaryOf(aReport('daily', 'en', { ...quiet, dataQuality })).sentences[0]).toBe(
      'There are data for 5% of the period only; the figures speak of no more than that.',
    );
    expect(summaryOf(aReport('daily', 'ko', { ...quiet, dataQuality })).sentences[0]).toBe(
      '대상 기간의 5%에 대해서만 데이터가 있으며, 수치는 데이터가 있는 구간만을 나타냅니다.',
    );
  });
});
