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
