import { describe, expect, it } from '#jest';
import { readGoldenCsv, readGoldenJson } from '../../../test/factories/golden-vectors.js';
import type { NumberProfile } from '../plant/number-profile.js';
import { simulateRun } from './simulate-run.js';
import { RECORD_LENGTH, TepSimulation } from './tep-simulation.js';

const SEED = 1431655765;
const ONSET_S = 3600;
const PROFILES = ['F32L', 'F64L'] as const;

/** Largest relative deviation of two lists of numbers, values below 1e-3 measured against 1e-3. */
function deviation(actual: ArrayLike<number>, expected: readonly number[]): number {
  return Math.max(
    ...expected.map((value, i) => Math.abs(actual[i] - value) / Math.max(Math.abs(value), 1e-3)),
  );
}

/** Largest deviation of a simulation from golden rows; `idv` 0 for none. */
function closedLoopDeviation(rows: number[][], simulation: TepSimulation, idv: number): number {
  const record = new Float64Array(RECORD_LENGTH);
  let worst = 0;
  for (const [second, ...values] of rows) {
    if (idv > 0 && second >= ONSET_S && simulation.disturbances.length === 0) {
      simulation.advance(ONSET_S - simulation.clockS);
      simulation.setDisturbance(idv, true);
    }
    simulation.advance(second - simulation.clockS);
    simulation.record(record);
    worst = Math.max(worst, deviation(record, values));
  }
  return worst;
}

const quiet = (profile: NumberProfile) => new TepSimulation({ seed: SEED, profile, noise: false });

describe('the plant under the plant-wide controllers', () => {
  it.each(
    PROFILES.flatMap((profile) => [
      { profile, name: 'none', idv: 0 },
      { profile, name: 'idv1', idv: 1 },
      { profile, name: 'idv4', idv: 4 },
      { profile, name: 'idv6', idv: 6 },
      { profile, name: 'idv13', idv: 13 },
      { profile, name: 'idv14', idv: 14 },
    ]),
  )('follows the original program over the golden rows of $name in $profile', ({ profile, name, idv }) => {
    const rows = readGoldenCsv(`closedloop_${name}_${profile}.csv`);
    expect(closedLoopDeviation(rows, quiet(profile), idv)).toBeLessThan(1e-8);
  });

  it('follows the original program second by second around the first analyses and slow loops', () => {
    expect(
      closedLoopDeviation(readGoldenCsv('closedloop_first400s_F32L.csv'), quiet('F32L'), 0),
    ).toBeLessThan(1e-8);
  });

  it.each(PROFILES)('draws the noise of the original program in %s', (profile) => {
    const rows = readGoldenCsv(`closedloop_noisy_none_${profile}.csv`);
    expect(closedLoopDeviation(rows, new TepSimulation({ seed: 4243534565, profile }), 0)).toBeLessThan(
      1e-11,
    );
  });

  it('trips on reactor pressure in step 24848 of the run with IDV 6', () => {
    const { shutdown } = simulateRun({ seed: SEED, idv: 6, hours: 10, noise: false });
    expect(shutdown?.cause).toBe('reactor-pressure-high');
    expect(Math.round((shutdown?.timeH ?? 0) * 3600)).toBe(24848 - 1);
  });

  it('ends 10 h in the states, set points and generator state of the original program', () => {
    const ends = readGoldenJson<
      Record<string, { state: number[]; generator: number; setpoints_1_to_20: number[] }>
    >('closedloop_final_states.json');
    for (const [name, end] of Object.entries(ends)) {
      const [fault, profile] = name.split('_') as [string, NumberProfile];
      const simulation = quiet(profile);
      if (fault !== 'none') {
        simulation.advance(ONSET_S);
        simulation.setDisturbance(Number(fault.replace('idv', '')), true);
      }
      simulation.advance(36_001 - simulation.clockS); // state after step 36000 is seen in step 36001
      const { state, generator, control } = simulation.snapshot();
      expect(deviation(state, end.state)).toBeLessThan(1e-11);
      expect(generator).toBe(end.generator);
      const executed = (_: number, i: number) => i + 1 !== 12;
      expect(
        deviation(control.setPoint.slice(1).filter(executed), end.setpoints_1_to_20.filter(executed)),
      ).toBeLessThan(1e-11);
    }
  });

  it('has the means and standard deviations of the original program over 48 h with IDV 1', () => {
    type Statistics = { mean: number[]; std: number[] };
    const golden = readGoldenJson<{ seed: number; windows: Record<string, Statistics> }>(
      'stats48h_idv1_F32L.json',
    );
    const run = simulateRun({
      seed: golden.seed,
      idv: 1,
      hours: 48,
      faultOnsetHour: 8,
      significantDigits: null,
    });
    const windows = { before_8h: [0, 160], after_8h: [160, 960], all_48h: [0, 960] };
    for (const [name, [from, to]] of Object.entries(windows)) {
      const { mean, std } = statistics(run.values, from, to);
      const significantlyVaried = (i: number) => golden.windows[name].std[i] > 1e-9; // XMV 12 is constant
      expect(deviation(mean, golden.windows[name].mean)).toBeLessThan(1e-6);
      std.forEach((value, i) => {
        if (!significantlyVaried(i)) expect(value).toBeLessThan(1e-9);
        else expect(Math.abs(value / golden.windows[name].std[i] - 1)).toBeLessThan(1e-6);
      });
    }
  });
});

/** Mean and standard deviation (n − 1) of each column of rows from…to − 1. */
function statistics(values: Float64Array, from: number, to: number): { mean: number[]; std: number[] } {
  const columns = Array.from({ length: RECORD_LENGTH }, (_, column) =>
    Array.from({ length: to - from }, (_row, i) => values[(from + i) * RECORD_LENGTH + column]),
  );
  const mean = columns.map((column) => column.reduce((sum, value) => sum + value, 0) / column.length);
  const std = columns.map((column, i) =>
    Math.sqrt(column.reduce((sum, value) => sum + (value - mean[i]) ** 2, 0) / (column.length - 1)),
  );
  return { mean, std };
}
