import { describe, expect, it } from '#jest';
import { nextDiagnosisAfter } from './diagnosis-times.js';

const HOUR_MS = 3_600_000;

describe('the times of diagnoses', () => {
  it('double from a quarter of an hour up to a day, and end after thirty days', () => {
    const hours: number[] = [];
    for (let at = 0; at < Infinity; at = nextDiagnosisAfter(0, at)) hours.push(at / HOUR_MS);
    const doubling = [0, 0.25, 0.5, 1, 2, 4, 8, 16];
    expect(hours).toEqual([...doubling, ...Array.from({ length: 30 }, (_, day) => 24 * (day + 1))]);
  });

  it('leave out what a sample that comes late has passed', () => {
    expect(nextDiagnosisAfter(100, 100 + 3 * HOUR_MS)).toBe(100 + 4 * HOUR_MS);
  });
});
