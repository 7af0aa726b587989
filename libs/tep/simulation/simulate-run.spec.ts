import { describe, expect, it } from '#jest';
import { simulateRun, simulateRunInSlices } from './simulate-run.js';
import { RECORD_LENGTH } from './tep-simulation.js';

describe('a simulated run', () => {
  const options = { seed: 4243534565, idv: [4, 11], hours: 3, faultOnsetHour: 1.5 };

  it('has a row of 53 values every three minutes, in five significant digits', () => {
    const run = simulateRun(options);
    expect(run).toMatchObject({ rows: 60, columns: RECORD_LENGTH, samplingS: 180, shutdown: null });
    expect(run.values).toHaveLength(60 * RECORD_LENGTH);
    for (const value of run.values) expect(Number(value.toPrecision(5))).toBe(value);
  });

  it('is the fault-free run up to the onset', () => {
    const faulty = simulateRun(options);
    const normal = simulateRun({ ...options, idv: 0 });
    const onset = 30 * RECORD_LENGTH; // row 30 is recorded at 1.5 h, before the fault acts
    expect(faulty.values.subarray(0, onset)).toEqual(normal.values.subarray(0, onset));
    expect(faulty.values).not.toEqual(normal.values);
  });

  it('switches disturbances on and off that come and go', () => {
    const lasting = simulateRun({ seed: 7, idv: 4, hours: 4, faultOnsetHour: 1 });
    const spell = { idv: 4, fromHour: 1, toHour: 2 };
    const passing = simulateRun({ seed: 7, hours: 4, spells: [spell] });
    const returning = simulateRun({ seed: 7, hours: 4, spells: [{ idv: 1, fromHour: 3, toHour: 4 }, spell] });
    const upTo = (run: typeof lasting, hour: number) => run.values.subarray(0, hour * 20 * RECORD_LENGTH);
    expect(upTo(passing, 2)).toEqual(upTo(lasting, 2));
    expect(passing.values).not.toEqual(lasting.values);
    expect(upTo(returning, 3)).toEqual(upTo(passing, 3));
    expect(returning.values).not.toEqual(passing.values);
  });

  it('comes out the same in slices, which tell the finished share', () => {
    const shares: number[] = [];
    const slices = simulateRunInSlices(options, 20);
    let slice = slices.next();
    while (!slice.done) {
      shares.push(slice.value);
      slice = slices.next();
    }
    expect(shares).toEqual([1 / 3, 2 / 3, 1]);
    expect(slice.value).toEqual(simulateRun(options));
  });

  it('takes other sampling intervals and full precision', () => {
    const fine = simulateRun({ seed: 1, hours: 0.1, samplingS: 60, significantDigits: null });
    const coarse = simulateRun({ seed: 1, hours: 0.1, significantDigits: null });
    expect(fine.rows).toBe(6);
    const row = (run: typeof fine, i: number) =>
      run.values.subarray(i * RECORD_LENGTH, (i + 1) * RECORD_LENGTH);
    expect(row(fine, 2)).toEqual(row(coarse, 0));
    expect(row(fine, 5)).toEqual(row(coarse, 1));
  });

  it('refuses what cannot be simulated', () => {
    expect(() => simulateRun({ seed: 1, hours: 0 })).toThrow('Cannot simulate 0 hours');
    expect(() => simulateRun({ seed: 1, hours: 2, idv: 22 })).toThrow('There is no disturbance 22');
  });
});
