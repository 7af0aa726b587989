import { describe, expect, it } from '#jest';
import { OPERATING_RANGES } from '../catalogue/operating-ranges.js';
import { CONTROL_SCHEMES, type ControlMemory } from './control-scheme.js';
import { DecentralizedControl } from './decentralized-control.js';
import {
  BASE_CASE_SET_POINTS,
  BASE_CASE_START,
  MODE1_SET_POINTS,
  MODE1_START,
} from './decentralized-start.js';

const STEP_H = 0.0005;
const FIRST_ACTION = 2;
/** Positions of loops in the memory. */
const LOOPS = [
  ...['aFeed', 'dFeed', 'eFeed', 'acFeed', 'purge', 'separatorLiquid', 'product', 'productionRate'],
  ...['stripperLevel', 'separatorLevel', 'reactorLevel', 'separatorTemperature', 'reactorPressure'],
  ...['reactorTemperature', 'gInProduct'],
];

/** What the plant measures when everything is where it is wanted at the base case. */
function atSetPoints(): Float64Array {
  const xmeas = Float64Array.from(OPERATING_RANGES[2].slice(0, 41), ({ mean }) => mean);
  const { production, gInProduct, reactorLevel, reactorPressure, reactorTemperature } = BASE_CASE_SET_POINTS;
  xmeas[6] = reactorPressure;
  xmeas[7] = reactorLevel;
  xmeas[8] = reactorTemperature;
  xmeas[11] = xmeas[14] = 50;
  xmeas[16] = production;
  xmeas[22] = 32.188;
  xmeas[24] = 26.383;
  xmeas[39] = gInProduct;
  return xmeas;
}

function aControl() {
  const control = new DecentralizedControl(BASE_CASE_SET_POINTS, BASE_CASE_START);
  const plant = { xmeas: atSetPoints(), xmv: control.initialCommands.slice() };
  const outputOf = (name: string): number => control.snapshot().output[LOOPS.indexOf(name)];
  return { control, plant, outputOf };
}

describe('the decentralized controllers', () => {
  it.each([
    ['ricker-mode1', MODE1_SET_POINTS, MODE1_START],
    ['ricker-base', BASE_CASE_SET_POINTS, BASE_CASE_START],
  ] as const)('take the plant over with the commands of %s', (scheme, setPoints, start) => {
    const { initialCommands } = new DecentralizedControl(setPoints, start);
    const ranges = OPERATING_RANGES[CONTROL_SCHEMES.indexOf(scheme)].slice(41);
    // Near the commands it ran with: within two per cent of the valve.
    ranges.forEach(({ mean }, i) => expect(Math.abs(initialCommands[i] - mean)).toBeLessThan(2));
  });

  it('ask for the feeds that the plant runs with at its production and product mix', () => {
    const { control, plant } = aControl();
    control.act(FIRST_ACTION, plant);
    const { lastError } = control.snapshot();
    // The error of a feed is its set point less what is measured: within 2 % of the flow.
    const asked = (loop: string, tag: number): number => lastError[LOOPS.indexOf(loop)] + plant.xmeas[tag];
    for (const [loop, tag] of [
      ['aFeed', 0],
      ['dFeed', 1],
      ['eFeed', 2],
      ['acFeed', 3],
      ['purge', 9],
      ['separatorLiquid', 13],
      ['product', 16],
    ] as const) {
      expect([loop, Math.abs(asked(loop, tag) / OPERATING_RANGES[2][tag].mean - 1) < 0.02]).toEqual([
        loop,
        true,
      ]);
    }
  });

  it('wait for the first measurements, which are seen in the second step', () => {
    const { control, plant } = aControl();
    const before = control.snapshot();
    plant.xmeas.fill(0);
    control.act(1, plant);
    expect(control.snapshot()).toEqual(before);
    expect(plant.xmv).toEqual(control.initialCommands);
    control.act(FIRST_ACTION, plant);
    expect(control.snapshot()).not.toEqual(before);
  });

  it('move an output by K (Δe + e·step/Ti), within its limits, and come back from them at once', () => {
    const { control, plant, outputOf } = aControl();
    const start = outputOf('reactorTemperature');
    plant.xmeas[8] = 120.4 + 1;
    // K = −8, Ti = 7.5 min = 0.125 h: the error is −1, from 0
    control.act(FIRST_ACTION, plant);
    const first = start - 8 * (-1 - 0 - STEP_H / 0.125);
    expect(outputOf('reactorTemperature')).toBeCloseTo(first, 10);
    expect(plant.xmv[9]).toBe(outputOf('reactorTemperature'));
    control.act(FIRST_ACTION + 1, plant);
    expect(outputOf('reactorTemperature')).toBeCloseTo(first + 8 * (STEP_H / 0.125), 10);
    plant.xmeas[8] = 1000;
    control.act(FIRST_ACTION + 2, plant);
    expect(plant.xmv[9]).toBe(100);
    plant.xmeas[8] = 999;
    control.act(FIRST_ACTION + 3, plant);
    // One degree back is eight per cent, less what the remaining 878.6 add in a step.
    expect(plant.xmv[9]).toBeCloseTo(Math.min(100, 100 - 8 * (1 - (878.6 * STEP_H) / 0.125)), 9);
    plant.xmeas[8] = -1000;
    control.act(FIRST_ACTION + 4, plant);
    expect(plant.xmv[9]).toBe(0);
  });

  it.each([
    ['stripperLevel', 14, -2e-4, 200],
    ['separatorLevel', 11, -1e-3, 200],
    ['reactorLevel', 7, 0.8, 60],
    ['reactorPressure', 6, -1e-4, 20],
    ['productionRate', 16, 3.2, 120],
    ['gInProduct', 39, -0.4, 100],
  ])('answer an error of 0.1 with gain and reset time: %s', (loop, tag, gain, minutes) => {
    const { control, plant, outputOf } = aControl();
    const start = outputOf(loop);
    plant.xmeas[tag] -= 0.1;
    control.act(FIRST_ACTION, plant);
    expect(outputOf(loop) - start).toBeCloseTo(gain * 0.1 * (1 + STEP_H / (minutes / 60)), 9);
  });

  it('scale the flows with production, and shift D and E against each other for the product mix', () => {
    const asked = (change: Partial<Record<string, number>>): number[] => {
      const { control, plant } = aControl();
      const memory = control.snapshot();
      LOOPS.forEach((name, i) => (memory.output[i] += change[name] ?? 0));
      control.restore(memory);
      control.act(FIRST_ACTION, plant);
      return ['aFeed', 'dFeed', 'eFeed', 'acFeed', 'purge'].map(
        (name, i) => control.snapshot().lastError[LOOPS.indexOf(name)] + plant.xmeas[[0, 1, 2, 3, 9][i]],
      );
    };
    const plain = asked({});
    const index = (100 / 22.89) * 22.949;
    // Five more of a production index of 100.26
    asked({ productionRate: 5 }).forEach((flow, i) =>
      expect(flow / plain[i]).toBeCloseTo((index + 5) / index, 9),
    );
    const mixed = asked({ gInProduct: 0.5 });
    // Kilomoles of D (32 kg) for kilomoles of E (46 kg)
    expect(mixed[1] - plain[1]).toBeCloseTo(-32 * 0.5, 8);
    expect(mixed[2] - plain[2]).toBeCloseTo(46 * 0.5, 8);
    expect([mixed[0], mixed[3], mixed[4]]).toEqual([plain[0], plain[3], plain[4]]);
  });

  it('trim the ratios of A and of A and C to the composition of the reactor feed, every 200 steps', () => {
    const { control, plant } = aControl();
    const trimOf = (): number[] => control.snapshot().trim;
    const [r1, r4] = trimOf();
    // 30 of 60 per cent: 50 of a wanted 100·32.188/58.571 = 54.9555, and 60 of a wanted 58.571
    plant.xmeas[22] = plant.xmeas[24] = 30;
    const [eA, eAC] = [(100 * 32.188) / 58.571 - 50, 58.571 - 60];
    control.act(FIRST_ACTION, plant);
    const dA = 2e-4 * (eA + 0.1 * eA);
    const dAC = 3e-4 * (eAC + 0.05 * eAC);
    const first = [r1 + dA, r4 + dAC - dA, eA, eAC];
    trimOf().forEach((value, i) => expect(value).toBeCloseTo(first[i], 10));
    for (let step = 1; step < 200; step++) control.act(FIRST_ACTION + step, plant);
    trimOf().forEach((value, i) => expect(value).toBeCloseTo(first[i], 10));
    // Then the same error again: only its integral counts.
    control.act(FIRST_ACTION + 200, plant);
    expect(trimOf()[0]).toBeCloseTo(first[0] + 2e-4 * 0.1 * eA, 10);
    expect(trimOf()[1]).toBeCloseTo(first[1] + 3e-4 * 0.05 * eAC - 2e-4 * 0.1 * eA, 10);
  });

  it('move to another production or mix no faster than the plant may, and then stay', () => {
    const { control, plant } = aControl();
    const asked = (production: number, gInProduct: number): void => {
      const memory = control.snapshot();
      control.restore({ ...memory, setPoints: [production, gInProduct, ...memory.setPoints.slice(2)] });
    };
    const limited = (): number[] => control.snapshot().limited;
    // 30 % of 22.95 m³/h and 50 mole % a day
    const steps = [((0.3 * 22.95) / 24) * STEP_H, (50 / 24) * STEP_H];
    asked(30, 10);
    for (let step = 0; step < 3; step++) control.act(FIRST_ACTION + step, plant);
    expect(limited()[0]).toBeCloseTo(22.949 + 3 * steps[0], 10);
    expect(limited()[1]).toBeCloseTo(53.724 - 3 * steps[1], 10);
    asked(22.949, 53.724);
    for (let step = 3; step < 10; step++) control.act(FIRST_ACTION + step, plant);
    expect(limited()).toEqual([22.949, 53.724]);
  });

  it('go on from their memory, and name what does not fit', () => {
    const [first, second] = [aControl(), aControl()];
    first.plant.xmeas[8] += 1;
    for (let step = 1; step < 5; step++) first.control.act(step, first.plant);
    const memory = JSON.parse(JSON.stringify(first.control.snapshot())) as ControlMemory;
    second.control.restore(memory);
    for (const { control, plant } of [first, second]) {
      plant.xmeas[8] = 122;
      control.act(5, plant);
    }
    expect(second.control.snapshot()).toEqual(first.control.snapshot());
    for (const field of ['output', 'lastError', 'trim', 'limited', 'setPoints']) {
      for (const wrong of [[1], undefined, 'x', memory[field].with(0, NaN)])
        expect(() => second.control.restore({ ...memory, [field]: wrong as number[] })).toThrow(
          `control.${field} must be a list of ${memory[field].length} finite numbers`,
        );
    }
  });
});
