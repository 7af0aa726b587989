import { describe, expect, it } from '#jest';
import { PlantWideControl } from './plant-wide-control.js';

const BASE_PRESSURE = 2633.7;
/** Step at which the fast loops act and the slow ones do not. */
const FAST = 3;

/** A plant whose measurements stand still, and its controller. */
function standstill() {
  const control = new PlantWideControl('F64L');
  const plant = { xmeas: new Float64Array(41), xmv: Float64Array.from(control.initialCommands) };
  /** Purge command after the fast loops have acted at a separator pressure [kPa gauge]. */
  const purgeAt = (pressure: number) => {
    plant.xmeas[12] = pressure;
    control.act(FAST, plant);
    return plant.xmv[5];
  };
  plant.xmeas[9] = control.setPoint[6]; // purge flow at its set point
  return { control, plant, purgeAt };
}

describe('the plant-wide controllers', () => {
  it('open the purge at 2950 kPa until the pressure is back at its base', () => {
    const { purgeAt } = standstill();
    expect(purgeAt(2900)).toBe(40.064);
    expect(purgeAt(2950)).toBe(100);
    expect(purgeAt(2700)).toBe(100);
    expect(purgeAt(BASE_PRESSURE - 1)).toBe(40.06);
    expect(purgeAt(2700)).toBe(40.06);
  });

  it('shut the purge at 2300 kPa until the pressure is back at its base', () => {
    const { purgeAt } = standstill();
    expect(purgeAt(2300)).toBe(0);
    expect(purgeAt(2600)).toBe(0);
    expect(purgeAt(BASE_PRESSURE + 1)).toBe(40.06);
    expect(purgeAt(2600)).toBe(40.06);
  });

  it('keep an override up to the base pressure itself, and take the other one over from it', () => {
    const { purgeAt } = standstill();
    purgeAt(2950);
    expect([purgeAt(BASE_PRESSURE), purgeAt(2300), purgeAt(2400)]).toEqual([100, 40.06, 40.06]);
    expect([purgeAt(2299), purgeAt(BASE_PRESSURE)]).toEqual([0, 0]);
    expect([purgeAt(2960), purgeAt(2800)]).toEqual([100, 100]);
  });

  it('control the purge flow again once an override is over', () => {
    const { control, plant, purgeAt } = standstill();
    plant.xmeas[9] = 0.5;
    purgeAt(2950);
    purgeAt(2000);
    const released = plant.xmv[5];
    expect(control.setPoint[6]).toBeCloseTo(0.33712, 7);
    // The error of 0.33712 − 0.5 of a span of 1 is −16.288 %, from 0; the gain is 1.22.
    expect(purgeAt(2700) - released).toBeCloseTo(1.22 * -16.288, 9);
  });

  it('cascade: the slow loops move the set points of the fast ones every 6 and every 15 minutes', () => {
    const { control, plant } = standstill();
    plant.xmeas.set([0.25052, 3664, 4509.3, 9.3477, 26.902]);
    const before = control.setPoint.slice();
    plant.xmeas[25] = 6.882 - 0.1;
    // Composition D in the feed is 0.1 % of its span low: K = 8.3 and 3168 s on a D feed of 5811 kg/h, 360 s apart.
    control.act(359, plant);
    expect(control.setPoint[1]).toBe(before[1]);
    control.act(360, plant);
    const change = 8.3 * (0.1 + 0.1 * (360 / 3168));
    expect(control.setPoint[1]).toBeCloseTo(before[1] + (change * 5811) / 100, 6);
    // And E in the product, of a span of 1.6 %, moves the stripper temperature, K = −3.26, every 900 s.
    plant.xmeas[37] = 0.8357 - 0.016;
    control.act(720, plant);
    expect(control.setPoint[16]).toBeCloseTo(65.731, 6);
    control.act(900, plant);
    expect(control.setPoint[16]).toBeCloseTo(65.731 + (-3.26 * (1 + 900 / 12408) * 130) / 100, 6);
  });

  it('go on from their memory, and name what does not fit', () => {
    const [first, second] = [standstill(), standstill()];
    for (const pressure of [2600, 2960]) first.purgeAt(pressure);
    const memory = JSON.parse(JSON.stringify(first.control.snapshot())) as ReturnType<
      PlantWideControl['snapshot']
    >;
    second.control.restore(memory);
    second.plant.xmv.set(first.plant.xmv);
    for (const pressure of [2700, 2600, 2610]) expect(second.purgeAt(pressure)).toBe(first.purgeAt(pressure));
    expect(second.control.snapshot()).toEqual(first.control.snapshot());
    for (const field of ['setPoint', 'lastError', 'override'])
      expect(() => second.control.restore({ ...memory, [field]: [1, 2] })).toThrow(
        `control.${field} must be a list`,
      );
  });

  it('clamp every command but that of the agitator', () => {
    const { control, plant } = standstill();
    plant.xmv.fill(-5);
    control.act(FAST + 1, plant);
    expect(Array.from(plant.xmv)).toEqual([...new Array<number>(11).fill(0), -5]);
    plant.xmv.fill(105);
    control.act(FAST + 1, plant);
    expect(Array.from(plant.xmv)).toEqual([...new Array<number>(11).fill(100), 105]);
  });

  it('move a command by gain times the change of the scaled error', () => {
    const { control, plant } = standstill();
    for (let n = 0; n < 41; n++) plant.xmeas[n] = n + 1;
    plant.xmeas[1] = 3664 - 58.11; // 1 % of the span below the set point of loop 1, gain 1
    plant.xmeas[11] = 50 + 0.7; // 1 % of the span above the set point of loop 7, gain −2.06
    control.act(FAST, plant);
    expect(plant.xmv[0]).toBeCloseTo(63.053 + 1, 10);
    expect(plant.xmv[6]).toBeCloseTo(38.1 + 2.06, 10);
    control.act(2 * FAST, plant); // the errors have not changed: proportional loops rest
    expect(plant.xmv[0]).toBeCloseTo(63.053 + 1, 10);
  });

  it('clamp a command only before the next step, so that it can be seen beyond its limits', () => {
    const { control, plant } = standstill();
    plant.xmeas[1] = -1e6;
    control.act(FAST, plant);
    expect(plant.xmv[0]).toBeGreaterThan(100);
    control.act(FAST + 1, plant);
    expect(plant.xmv[0]).toBe(100);
  });
});
