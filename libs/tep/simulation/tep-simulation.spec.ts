import { describe, expect, it } from '#jest';
import { CONTROL_SCHEMES, type ControlSchemeName } from '../control/control-scheme.js';
import { simulateRun } from './simulate-run.js';
import { RECORD_LENGTH, TepSimulation } from './tep-simulation.js';
import type { TepSnapshot } from './tep-snapshot.js';

const XMV = (k: number) => 41 + k - 1;

/** Records every three minutes over so many hours. */
function recordHours(simulation: TepSimulation, hours: number): Float64Array {
  const rows = hours * 20;
  const values = new Float64Array(rows * RECORD_LENGTH);
  for (let row = 0; row < rows; row++) {
    simulation.advance(180);
    simulation.record(values, row * RECORD_LENGTH);
  }
  return values;
}

/** An hour and a bit into a run with all kinds of disturbances, between two controller actions. */
function inTheMiddle(scheme: ControlSchemeName): TepSimulation {
  const simulation = new TepSimulation({ seed: 12345, scheme });
  simulation.advance(1000);
  for (const idv of [4, 8, 14, 17, 19, 21]) simulation.setDisturbance(idv, true);
  simulation.advance(3001);
  return simulation;
}

describe('a simulation', () => {
  it.each(CONTROL_SCHEMES)('continues bit by bit from a snapshot under the scheme %s', (scheme) => {
    const original = inTheMiddle(scheme);
    const snapshot = original.snapshot();
    const forks = [
      TepSimulation.restore(snapshot),
      TepSimulation.restore(JSON.parse(JSON.stringify(snapshot))),
    ];
    const continued = recordHours(original, 3);
    for (const fork of forks) {
      expect(fork.disturbances).toEqual([4, 8, 14, 17, 19, 21]);
      expect(recordHours(fork, 3)).toEqual(continued);
      expect(fork.snapshot()).toEqual(original.snapshot());
    }
  });

  it('continues a tripped plant from a snapshot', () => {
    const simulation = new TepSimulation({ seed: 1 });
    simulation.setDisturbance(6, true);
    simulation.advance(9 * 3600);
    expect(simulation.shutdown?.cause).toBe('reactor-pressure-high');
    const fork = TepSimulation.restore(JSON.parse(JSON.stringify(simulation.snapshot())));
    expect(fork.shutdown).toEqual(simulation.shutdown);
    expect(recordHours(fork, 1)).toEqual(recordHours(simulation, 1));
  });

  it('does not depend on how its advance is sliced', () => {
    const whole = new TepSimulation({ seed: 7, scheme: 'ricker-base' });
    const sliced = new TepSimulation({ seed: 7, scheme: 'ricker-base' });
    whole.advance(600);
    for (let second = 0; second < 600; second++) sliced.advance(1);
    expect(sliced.snapshot()).toEqual(whole.snapshot());
    expect(whole.stepCount).toBe(333); // steps of 1.8 s that end by 600 s
  });

  it('switches disturbances on and off at any time', () => {
    const simulation = new TepSimulation({ seed: 3 });
    simulation.advance(61);
    simulation.setDisturbance(3, true);
    simulation.setDisturbance(21, true);
    expect(simulation.disturbances).toEqual([3, 21]);
    simulation.setDisturbance(3, false);
    expect(simulation.disturbances).toEqual([21]);
    simulation.clearDisturbances();
    expect(simulation.disturbances).toEqual([]);
    expect(() => simulation.setDisturbance(22, true)).toThrow('There is no disturbance 22');
    expect(() => simulation.setDisturbance(0, true)).toThrow(RangeError);
  });

  it('holds the A/C feed valve at its steady-state position under fault 21, while the other loops go on', () => {
    const seed = 4243534565;
    const faulty = simulateRun({ seed, idv: 21, hours: 6, significantDigits: null });
    const normal = simulateRun({ seed, hours: 6, significantDigits: null });
    const commands = (k: number, run = faulty) =>
      Array.from({ length: run.rows }, (_, row) => run.values[row * RECORD_LENGTH + XMV(k)]);
    expect(new Set(commands(4).slice(19))).toEqual(new Set([Math.fround(61.302)]));
    expect(commands(4).slice(0, 19)).toEqual(commands(4, normal).slice(0, 19));
    expect(new Set(commands(10).slice(19)).size).toBe(101);
  });

  it('shows the trip and freezes the plant, while the analysers go on', () => {
    const run = simulateRun({ seed: 1431655765, idv: 6, hours: 12, significantDigits: null });
    expect(run.shutdown?.cause).toBe('reactor-pressure-high');
    const row = (i: number) => run.values.subarray(i * RECORD_LENGTH, (i + 1) * RECORD_LENGTH);
    const [last, before] = [row(run.rows - 1), row(run.rows - 21)];
    expect(last.subarray(0, 22)).toEqual(before.subarray(0, 22));
    expect(last.subarray(22, 41)).not.toEqual(before.subarray(22, 41));
  });

  it('takes the same draws without noise, so that the random disturbances stay the same', () => {
    const states = [true, false].map((noise) => {
      const simulation = new TepSimulation({ seed: 5, noise });
      simulation.setDisturbance(8, true);
      simulation.advance(4 * 3600);
      const { generator, walks } = simulation.snapshot();
      return { generator, walks };
    });
    expect(states[0]).toEqual(states[1]);
  });

  it.each([
    { scheme: 'ricker-base' as const, pressure: 2705, temperature: 120.4, level: 75, product: 22.949 },
    { scheme: 'ricker-mode1' as const, pressure: 2800, temperature: 122.9, level: 65, product: 22.89 },
  ])('stays at the set points of $scheme', ({ scheme, pressure, temperature, level, product }) => {
    const values = recordHours(new TepSimulation({ seed: 11, scheme }), 20);
    const mean = (n: number) => {
      let sum = 0;
      for (let row = 200; row < 400; row++) sum += values[row * RECORD_LENGTH + n - 1];
      return sum / 200;
    };
    expect(Math.abs(mean(7) - pressure)).toBeLessThan(1);
    expect(Math.abs(mean(9) - temperature)).toBeLessThan(0.01);
    expect(Math.abs(mean(8) - level)).toBeLessThan(0.2);
    expect(Math.abs(mean(17) - product)).toBeLessThan(0.05);
  });

  it('has every disturbance on again after a snapshot', () => {
    const simulation = new TepSimulation({ seed: 2 });
    for (let idv = 1; idv <= 21; idv++) {
      simulation.clearDisturbances();
      simulation.setDisturbance(idv, true);
      expect(TepSimulation.restore(simulation.snapshot()).disturbances).toEqual([idv]);
    }
  });

  it.each([-1, NaN])('cannot be advanced by %d seconds', (seconds) => {
    const simulation = new TepSimulation({ seed: 2 });
    expect(() => simulation.advance(seconds)).toThrow(`Cannot advance by ${seconds} seconds`);
    simulation.advance(0);
    expect([simulation.clockS, simulation.stepCount]).toEqual([0, 0]);
  });

  it('takes another sequence of noise when reseeded', () => {
    const [untouched, reseeded] = [1, 2].map(() => new TepSimulation({ seed: 9 }));
    reseeded.reseed(10);
    expect(recordHours(reseeded, 1)).not.toEqual(recordHours(untouched, 1));
  });
});

describe('a damaged snapshot', () => {
  const snapshot = new TepSimulation({ seed: 1 }).snapshot();
  const damaged = (change: Partial<Record<keyof TepSnapshot, unknown>>) => () =>
    TepSimulation.restore({ ...snapshot, ...change });

  it('is refused with the field that does not fit', () => {
    expect(() => TepSimulation.restore(null)).toThrow('Snapshot must be an object');
    expect(damaged({ version: 0 })).toThrow('Snapshot version 0 cannot be restored; expected 1');
    expect(damaged({ scheme: 'manual' })).toThrow('scheme must be one of braatz, ricker-mode1, ricker-base');
    expect(damaged({ state: [1, 2, 3] })).toThrow('state must be a list of 50 finite numbers');
    expect(damaged({ xmv: snapshot.xmv.map(() => null) })).toThrow('xmv must be a list of 12 finite numbers');
    expect(damaged({ timeH: 'soon' })).toThrow('timeH must be a finite number');
    expect(damaged({ generator: -1 })).toThrow(RangeError);
    expect(damaged({ disturbances: [22] })).toThrow('disturbances must be a list of numbers 1 to 21');
    expect(damaged({ shutdown: { cause: 'boredom', timeH: 1 } })).toThrow('shutdown.cause must be one of');
    expect(damaged({ control: {} })).toThrow('control.override must be a list of 1 finite numbers');
  });

  it.each<keyof TepSnapshot>([
    ...(['profile', 'scheme', 'noise', 'steps', 'clockS', 'timeH', 'generator', 'disturbances'] as const),
    ...(['shutdown', 'state', 'temperatures', 'xmeas', 'xmv', 'effectiveCommands'] as const),
    ...(['walks', 'analysers', 'control'] as const),
  ])('is refused without %s, by name, and with something else in its place', (field) => {
    for (const wrong of [undefined, 'x', [null], NaN]) {
      expect(damaged({ [field]: wrong })).toThrow(TypeError);
      expect(damaged({ [field]: wrong })).toThrow(new RegExp(`${field}\\b.* must be `));
    }
  });

  it('is refused for a part of its parts, by name', () => {
    for (const name of ['a', 'b', 'c', 'd', 'tLast', 'tNext'])
      expect(damaged({ walks: { ...snapshot.walks, [name]: [1] } })).toThrow(
        `walks.${name} must be a list of 12`,
      );
    for (const name of ['gasNext', 'productNext'])
      expect(damaged({ analysers: { ...snapshot.analysers, [name]: null } })).toThrow(
        `analysers.${name} must be a finite`,
      );
    expect(damaged({ analysers: { ...snapshot.analysers, stored: [1] } })).toThrow(
      'analysers.stored must be a list of 19',
    );
    const cause = 'reactor-pressure-high';
    expect(damaged({ shutdown: { cause, timeH: null } })).toThrow('shutdown.timeH must be a finite number');
    expect(damaged({ shutdown: { cause, timeH: 1 } })).not.toThrow();
    for (const idv of [0, 1.5, '1']) expect(damaged({ disturbances: [idv] })).toThrow('numbers 1 to 21');
    expect(damaged({ disturbances: [1, 21] })).not.toThrow();
  });
});
