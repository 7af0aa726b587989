import type { PlantConstants } from './constants.js';
import { CONDENSER_WATER, REACTOR_WATER } from './state.js';
import { C, R, type PlantVariables } from './variables.js';

/** Heats to the reactor (cooling coil), the condenser and the stripper sump (steam) [MMBtu/h]. */
export function solveHeatTransfer(
  k: PlantConstants,
  state: Float64Array,
  w: Float64Array,
  v: PlantVariables,
): void {
  const a = v.agitation;
  const UAr = coilCoverage(k, v.VL[R]) * (-0.5 * a * a + 2.75 * a - 2.5) * k.UArf;
  v.Qr = UAr * (state[REACTOR_WATER] - v.T[R]) * (1 - 0.35 * w[9]);

  const load = v.F[7] / k.F7ref;
  const UAs = k.UAsf * (1 - 1 / (1 + load * load * load * load));
  v.Qs = UAs * (state[CONDENSER_WATER] - v.T[R]) * (1 - 0.25 * w[10]);

  v.Qc = v.T[C] < 100 ? v.UAc * (100 - v.T[C]) : 0;
}

/** Share of the reactor coil that is covered by liquid. */
function coilCoverage(k: PlantConstants, VLr: number): number {
  const level = VLr / k.fl;
  if (level > 50) return 1;
  if (level < 10) return 0;
  return k.flg * level - k.flo;
}
