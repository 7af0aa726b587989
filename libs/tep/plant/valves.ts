import { VALVE_COUNT, VALVES } from './state.js';

const { abs, max, min } = Math;

/** Time constants of valves 1…12 [s], and their rates [1/h]. */
const TIME_CONSTANTS_S = [8, 8, 6, 9, 7, 5, 5, 5, 120, 5, 5, 5];
const RATES = Float64Array.from(TIME_CONSTANTS_S, (seconds) => 3600 / seconds);

/** A sticking valve ignores commands nearer than this to the one it obeys [%]. */
const STICTION_BAND = 2;
/** Index of the disturbance under which a valve sticks, −1 for none. */
const STICKS_UNDER = Int8Array.of(-1, -1, -1, -1, 18, -1, 18, 18, 18, 13, 14, -1);

/**
 * First-order lag of the valves behind their effective commands, and stiction: valve 10 sticks under IDV 14, valve 11
 * under IDV 15, valves 5, 7, 8, 9 under IDV 19.
 */
export class Valves {
  /** The commands V the valves obey [%]. */
  readonly effective = new Float64Array(VALVE_COUNT);

  /** Derivatives of states 39…50; takes the commands over at t = 0 whatever sticks. */
  solve(t: number, state: Float64Array, xmv: Float64Array, idv: Uint8Array, d: Float64Array): void {
    const { effective } = this;
    for (let n = 0; n < VALVE_COUNT; n++) {
      const sticks = STICKS_UNDER[n] >= 0 && idv[STICKS_UNDER[n]] > 0;
      const command = xmv[n];
      if (t === 0 || !sticks || abs(effective[n] - command) > STICTION_BAND) {
        effective[n] = min(max(command, 0), 100);
      }
      d[VALVES + n] = (effective[n] - state[VALVES + n]) * RATES[n];
    }
  }
}
