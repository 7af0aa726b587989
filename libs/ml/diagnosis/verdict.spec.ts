import { describe, expect, it } from '#jest';
import { DIAGNOSIS_CLASSES, UNKNOWN } from './classes.js';
import { alarmRowsOf, answerOf, diagnosisVerdict, exceedance } from './verdict.js';

/** The network's probabilities: what is given, and the rest for normal operation. */
function probabilities(known: Record<number, number>): Float64Array {
  const all = new Float64Array(DIAGNOSIS_CLASSES);
  for (const [idv, share] of Object.entries(known)) all[Number(idv)] = share;
  all[0] = 1 - all.reduce((sum, share) => sum + share, 0);
  return all;
}

describe('a verdict', () => {
  it('leaves the belief in a fault to the detector and divides it as the network does', () => {
    // ratio 2, steepness 2: 4 / 5 for a fault; network 3 : 1 between IDV 4 and 11, whatever it gives to normal
    const verdict = diagnosisVerdict(probabilities({ 4: 0.3, 11: 0.1 }), 0, 2, 2);
    expect(verdict.normal).toBeCloseTo(0.2, 12);
    expect(verdict.unknown).toBe(0);
    expect(verdict.disturbances[4]).toBeCloseTo(0.6, 12);
    expect(verdict.disturbances[11]).toBeCloseTo(0.2, 12);
  });

  it('gives half of the belief to the unknown at the limit of strangeness', () => {
    const verdict = diagnosisVerdict(probabilities({ 4: 1 }), 1, 2, 2);
    expect(verdict.unknown).toBeCloseTo(0.4, 12);
    expect(verdict.disturbances[4]).toBeCloseTo(0.4, 12);
  });

  it('adds up to 1 even when the network rules out every disturbance', () => {
    const { normal, unknown, disturbances } = diagnosisVerdict(probabilities({}), 0.9, 1.1, 8);
    expect(normal + unknown + disturbances.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 12);
  });

  it('answers normal without an alarm, and in alarm the likeliest fault or unknown', () => {
    const named = diagnosisVerdict(probabilities({ 4: 0.6, 11: 0.3 }), 0.5, 1.2, 8);
    expect(answerOf(named, false)).toBe(0);
    expect(answerOf(named, true)).toBe(4);
    expect(answerOf(diagnosisVerdict(probabilities({ 4: 0.6 }), 2, 1.2, 8), true)).toBe(UNKNOWN);
  });

  it('is as sure of a fault as of normal operation at the limit', () => {
    expect(exceedance(1, 8)).toBe(0.5);
    expect(exceedance(1e200, 8)).toBe(1);
  });
});

describe('samples in alarm', () => {
  it('are counted over the last 240 rows', () => {
    const alarms = Array.from({ length: 300 }, (_, row) => row === 10 || row >= 290);
    const counts = alarmRowsOf(alarms);
    expect([counts[9], counts[10], counts[249], counts[250], counts[299]]).toEqual([0, 1, 1, 0, 10]);
  });
});
