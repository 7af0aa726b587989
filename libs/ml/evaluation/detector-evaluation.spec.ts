import { describe, expect, it } from '#jest';
import { type AssessedDetection, summariseDetection } from './detector-evaluation.js';

function aRun(idv: number, changes: Partial<AssessedDetection> = {}): AssessedDetection {
  return {
    name: `fault ${idv}`,
    idv,
    seed: 1,
    faultRows: idv > 0 ? 100 : 0,
    alarmRows: idv > 0 ? 100 : 0,
    delaySamples: idv > 0 ? 1 : null,
    normalRows: 240,
    falseAlarmRows: 0,
    falseEpisodes: 0,
    areaUnderPr: idv > 0 ? 1 : null,
    volumeUnderPr: idv > 0 ? 1 : null,
    hitRows: idv > 0 ? 50 : 0,
    episodes: idv > 0 ? 1 : 0,
    hitEpisodes: 0,
    ...changes,
  };
}

describe('the figures of a detector', () => {
  it('are means over faults, with and without 3, 9 and 15', () => {
    const figures = summariseDetection('zscore', [
      aRun(1),
      aRun(1, { alarmRows: 80 }),
      aRun(3, { alarmRows: 0 }),
      aRun(3, { alarmRows: 20 }),
      aRun(15, { alarmRows: 40 }),
      aRun(15, { alarmRows: 40 }),
    ]);
    // fault 1: 0.9, fault 3: 0.1, fault 15: 0.4
    expect(figures.detectionRate.all?.mean).toBeCloseTo(1.4 / 3, 12);
    expect(figures.detectionRate.without_3_9?.mean).toBeCloseTo(1.3 / 2, 12);
    expect(figures.detectionRate.without_3_9_15?.mean).toBeCloseTo(0.9, 12);
  });

  it('name the run in which a fault was found least, and leave runs without a detection out of the delay', () => {
    const { byFault, missedRuns } = summariseDetection('zscore', [
      aRun(4, { seed: 7, delaySamples: 10 }),
      aRun(4, { seed: 8, alarmRows: 3, delaySamples: null }),
      aRun(4, { seed: 9, delaySamples: 20 }),
    ]);
    expect(byFault[0].worst).toMatchObject({ seed: 8, detectionRate: 0.03 });
    expect(byFault[0].delaySamples?.mean).toBe(15);
    expect(missedRuns).toBe(1);
  });

  it('tell false alarms of normal runs from those before an onset, and count episodes over both', () => {
    const figures = summariseDetection('zscore', [
      aRun(0, { normalRows: 960, falseAlarmRows: 12, falseEpisodes: 1 }),
      aRun(1, { normalRows: 240, falseAlarmRows: 6 }),
      aRun(2, { normalRows: 240, falseAlarmRows: 0 }),
    ]);
    expect(figures.falseAlarmRate?.mean).toBeCloseTo(12 / 960, 12);
    expect(figures.preFaultAlarmRate?.mean).toBeCloseTo(6 / 480, 12);
    // one in 1440 rows of 3 min, which are three days
    expect(figures.normalDays).toBe(3);
    expect(figures.falseEpisodesPerDay?.mean).toBeCloseTo(1 / 3, 12);
  });

  it('are null where there is nothing to judge', () => {
    const figures = summariseDetection('zscore', [aRun(0)]);
    expect(figures.detectionRate.all).toBeNull();
    expect(figures.delaySamples).toBeNull();
    expect(figures.preFaultAlarmRate).toBeNull();
  });
});
