import { VALVE_COUNT, VALVES } from './plant-state.js';

/** Time constants of valves 1…12 [h]. */
const TIME_CONSTANTS_H = Float64Array.from(
  [8, 8, 6, 9, 7, 5, 5, 5, 120, 5, 5, 5],
  (seconds) => seconds / 3600,
);

/** A sticking valve ignores commands nearer than this to the one it obeys [%]. */
const STICTION_BAND = 2;

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
      const sticks = STICKS_UNDER[n] >= 0 ? idv[STICKS_UNDER[n]] : 0;
      if (t === 0 || Math.abs(effective[n] - xmv[n]) > STICTION_BAND * sticks) effective[n] = xmv[n];
      effective[n] = Math.min(Math.max(effective[n], 0), 100);
      d[VALVES + n] = (effective[n] - state[VALVES + n]) / TIME_CONSTANTS_H[n];
    }
  }
}

/** Index of the disturbance under which a valve sticks, −1 for none. */
const STICKS_UNDER = Int8Array.of(-1, -1, -1, -1, 18, -1, 18, 18, 18, 13, 14, -1);
