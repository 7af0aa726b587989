import { describe, expect, it } from '#jest';
import { type StatusFacts, statusOf } from './equipment-status.js';

const well: StatusFacts = {
  unwatched: null,
  speaks: true,
  standsStill: false,
  severities: [],
  limits: [],
  score: 97,
};

describe('the status of an equipment', () => {
  it('is running when nothing is the matter, also before it has a score', () => {
    expect(statusOf(well)).toEqual({ status: 'running', reason: null, reason_ko: null });
    expect(statusOf({ ...well, score: null })).toEqual({ status: 'running', reason: null, reason_ko: null });
  });

  it.each<[string, Partial<StatusFacts>, string, string]>([
    [
      'is unknown in silence, whatever was',
      { speaks: false, severities: ['critical'] },
      'unknown',
      'nothing',
    ],
    [
      'is unknown while all values are bad',
      { speaks: false, sendsBad: true },
      'unknown',
      'only values of bad quality',
    ],
    ['is stopped while the plant stands still', { standsStill: true, score: 3 }, 'stopped', 'stands still'],
    [
      'is a fault at a shutdown limit',
      { limits: [{ tag: 'XMEAS_07', limit: 'HH' }] },
      'fault',
      'XMEAS_07 HH',
    ],
    ['is a fault under a grave anomaly', { severities: ['low', 'high'] }, 'fault', 'high severity: 1'],
    ['is a fault with a poor score', { score: 49.9 }, 'fault', '49.9'],
    [
      'is a warning at a warning limit',
      { limits: [{ tag: 'XMEAS_12', limit: 'L' }] },
      'warning',
      'XMEAS_12 L',
    ],
    ['is a warning under a minor anomaly', { severities: ['medium'] }, 'warning', 'anomalies: 1'],
    [
      'is unwatched when it never sent anything, not merely unknown',
      { unwatched: { code: 'never_sent', reason: 'not watched: never' }, speaks: false, score: null },
      'unwatched',
      'Not watched: never',
    ],
    [
      'is unwatched when it is sampled too seldom, whatever anomalies were open',
      {
        unwatched: { code: 'slower', reason: 'not watched: sampled every 300 s, learnt at 180 s' },
        severities: ['critical'],
        score: null,
      },
      'unwatched',
      'Not watched: sampled every 300 s, learnt at 180 s',
    ],
    [
      'is a fault at a shutdown limit however it is sampled',
      {
        unwatched: { code: 'slower', reason: 'not watched' },
        limits: [{ tag: 'XMEAS_07', limit: 'HH' }],
      },
      'fault',
      'XMEAS_07 HH',
    ],
    ['is a warning with a fair score', { score: 79.9 }, 'warning', '79.9'],
  ])('%s', (_what, facts, status, reason) => {
    const answer = statusOf({ ...well, ...facts });
    expect(answer.status).toBe(status);
    expect(answer.reason).toContain(reason);
    // the same in Korean, with the same tags and figures
    expect(answer.reason_ko).toMatch(/[가-힣]/);
    expect(answer.reason_ko).toContain(/XMEAS_\d+ \w+|\d+\.\d$/.exec(reason)?.[0] ?? '');
  });
});
