import { describe, expect, it } from '#jest';
import { simulateRun } from '../simulation/simulate-run.js';
import { TAGS } from '../catalogue/tags.js';
import { type MeasuredInstant, shutdownCauseSeenIn, standstillsIn } from './standstill.js';

const MINUTE = 60_000;
const ran = (minute: number): MeasuredInstant => ({
  ts: minute * MINUTE,
  values: { XMEAS_07: 2700 + minute / 100, XMEAS_09: 120 + minute / 1000 },
});
const stood = (minute: number): MeasuredInstant => ({
  ts: minute * MINUTE,
  values: { XMEAS_07: 3000.2, XMEAS_09: 120 },
});

describe('the standstills of a plant', () => {
  it('reach from the first sample that repeats to the first that does not', () => {
    expect(standstillsIn([ran(0), ran(3), stood(6), stood(9), stood(12), ran(15), ran(18)])).toEqual([
      { from: 6 * MINUTE, to: 15 * MINUTE, cause: 'reactor-pressure-high' },
    ]);
  });

  it('go on over missing samples, and have no end where the samples end', () => {
    expect(standstillsIn([ran(0), stood(3), stood(63), ran(66), stood(69), stood(72)])).toEqual([
      { from: 3 * MINUTE, to: 66 * MINUTE, cause: 'reactor-pressure-high' },
      { from: 69 * MINUTE, to: null, cause: 'reactor-pressure-high' },
    ]);
  });

  it('are none where the plant runs, and none in a single sample', () => {
    expect(standstillsIn([ran(0), ran(3), ran(6)])).toEqual([]);
    expect(standstillsIn([stood(0)])).toEqual([]);
    expect(standstillsIn([])).toEqual([]);
  });

  it('begin within a sample of the trip of a simulated plant, at the limit that tripped it', () => {
    // Loss of feed A drives the reactor pressure to 3000 kPa some six hours later.
    const run = simulateRun({ seed: 1, idv: 6, hours: 20, faultOnsetHour: 8 });
    const samples = Array.from({ length: run.rows }, (_, row) => ({
      ts: row * 3 * MINUTE,
      values: Object.fromEntries(TAGS.map(({ code }, tag) => [code, run.values[row * run.columns + tag]])),
    }));
    const [standstill, ...others] = standstillsIn(samples);
    expect(others).toEqual([]);
    expect(standstill).toMatchObject({ to: null, cause: run.shutdown?.cause });
    const tripMs = (run.shutdown?.timeH ?? NaN) * 60 * MINUTE;
    expect(Math.abs(standstill.from - tripMs)).toBeLessThanOrEqual(3 * MINUTE);
  });
});

describe('the shutdown limit that measurements stand at', () => {
  it.each([
    ['XMEAS_07', 3000.1, 'reactor-pressure-high'],
    // (24 · 35.3145 − 84.6) / 6.667 = 114.44 %, (2 · 35.3145 − 84.6) / 6.667 = −2.10 %
    ['XMEAS_08', 114.9, 'reactor-level-high'],
    ['XMEAS_08', -2.3, 'reactor-level-low'],
    ['XMEAS_09', 175, 'reactor-temperature-high'],
    // (12 · 35.3145 − 27.5) / 2.9 = 136.65 %, (1 · 35.3145 − 27.5) / 2.9 = 2.69 %
    ['XMEAS_12', 137, 'separator-level-high'],
    ['XMEAS_12', 2, 'separator-level-low'],
    // (8 · 35.3145 − 78.25) / 1.565 = 130.52 %, (1 · 35.3145 − 78.25) / 1.565 = −27.43 %
    ['XMEAS_15', 131, 'stripper-level-high'],
    ['XMEAS_15', -27, 'stripper-level-low'],
  ])('is known of %s at %d', (tag, value, cause) => {
    expect(shutdownCauseSeenIn({ XMEAS_07: 2705, XMEAS_08: 75, XMEAS_09: 120.4, [tag]: value })).toBe(cause);
  });

  it('may be missed by four deviations of the noise: 0.3 kPa, 0.01 °C, 0.5 % of the reactor, 1 % of the others', () => {
    const seenAt = (tag: string, value: number) => shutdownCauseSeenIn({ [tag]: value });
    expect([seenAt('XMEAS_07', 2998.81), seenAt('XMEAS_07', 2998.79)]).toEqual([
      'reactor-pressure-high',
      null,
    ]);
    expect([seenAt('XMEAS_09', 174.97), seenAt('XMEAS_09', 174.95)]).toEqual([
      'reactor-temperature-high',
      null,
    ]);
    // 114.44 − 2 and −2.10 + 2; 130.52 − 4
    expect([seenAt('XMEAS_08', 112.5), seenAt('XMEAS_08', 112.4)]).toEqual(['reactor-level-high', null]);
    expect([seenAt('XMEAS_08', -0.2), seenAt('XMEAS_08', 0)]).toEqual(['reactor-level-low', null]);
    expect([seenAt('XMEAS_15', 126.6), seenAt('XMEAS_15', 126.4)]).toEqual(['stripper-level-high', null]);
  });

  it('is the one that is farthest behind, in deviations of its noise', () => {
    // 0.3 kPa are one deviation of the pressure, 0.02 °C two of the temperature
    expect(shutdownCauseSeenIn({ XMEAS_07: 3000.3, XMEAS_09: 175.02 })).toBe('reactor-temperature-high');
    expect(shutdownCauseSeenIn({ XMEAS_07: 3001, XMEAS_09: 175.02 })).toBe('reactor-pressure-high');
  });

  it('is none in normal operation, nor where the tag is missing', () => {
    expect(shutdownCauseSeenIn({ XMEAS_07: 2705, XMEAS_08: 75, XMEAS_09: 120.4 })).toBeNull();
    expect(shutdownCauseSeenIn({})).toBeNull();
  });
});
