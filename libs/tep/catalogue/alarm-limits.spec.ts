import { describe, expect, it } from '#jest';
import { simulateRun } from '../simulation/simulate-run.js';
import { TAGS } from './tags.js';

describe('the alarm limits of the tag catalogue', () => {
  it('keeps silent through a day of fault-free operation', () => {
    const { values, rows, columns } = simulateRun({ seed: 20_260_101, hours: 24 });
    for (const [column, { code, alarmLimits }] of TAGS.entries()) {
      const series = Array.from({ length: rows }, (_, row) => values[row * columns + column]);
      const [low, high] = [Math.min(...series), Math.max(...series)];
      expect([code, low > (alarmLimits.l ?? -Infinity), high < (alarmLimits.h ?? Infinity)]).toEqual([
        code,
        true,
        true,
      ]);
    }
  });
});
