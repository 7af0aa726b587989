import type { PlantConstants } from './constants.js';
import { C, R, S, type PlantVariables } from './variables.js';

/** The limit that trips the plant. */
export type ShutdownCause =
  | 'reactor-pressure-high'
  | 'reactor-level-high'
  | 'reactor-level-low'
  | 'reactor-temperature-high'
  | 'separator-level-high'
  | 'separator-level-low'
  | 'stripper-level-high'
  | 'stripper-level-low';

/** A trip of the plant: the limit and the plant time at which it was violated. */
export interface Shutdown {
  cause: ShutdownCause;
  /** Plant time [h]. */
  timeH: number;
}

/** Shutdown limits: pressure in kPa gauge, liquid volumes in m³, temperature in °C. */
export const SHUTDOWN_LIMITS: Record<ShutdownCause, { quantity: string; limit: number; unit: string }> = {
  'reactor-pressure-high': { quantity: 'reactor pressure', limit: 3000, unit: 'kPa gauge' },
  'reactor-level-high': { quantity: 'reactor liquid volume', limit: 24, unit: 'm³' },
  'reactor-level-low': { quantity: 'reactor liquid volume', limit: 2, unit: 'm³' },
  'reactor-temperature-high': { quantity: 'reactor temperature', limit: 175, unit: '°C' },
  'separator-level-high': { quantity: 'separator liquid volume', limit: 12, unit: 'm³' },
  'separator-level-low': { quantity: 'separator liquid volume', limit: 1, unit: 'm³' },
  'stripper-level-high': { quantity: 'stripper liquid volume', limit: 8, unit: 'm³' },
  'stripper-level-low': { quantity: 'stripper liquid volume', limit: 1, unit: 'm³' },
};

const limit = (cause: ShutdownCause) => SHUTDOWN_LIMITS[cause].limit;
const REACTOR_PRESSURE_MAX = limit('reactor-pressure-high');
const REACTOR_VOLUME_MAX = limit('reactor-level-high');
const REACTOR_VOLUME_MIN = limit('reactor-level-low');
const REACTOR_TEMPERATURE_MAX = limit('reactor-temperature-high');
const SEPARATOR_VOLUME_MAX = limit('separator-level-high');
const SEPARATOR_VOLUME_MIN = limit('separator-level-low');
const STRIPPER_VOLUME_MAX = limit('stripper-level-high');
const STRIPPER_VOLUME_MIN = limit('stripper-level-low');

/** The limit the true conditions violate, or null. */
export function shutdownCause(k: PlantConstants, v: PlantVariables): ShutdownCause | null {
  const reactorM3 = v.VL[R] / k.ft3m3;
  const separatorM3 = v.VL[S] / k.ft3m3;
  const stripperM3 = v.VL[C] / k.ft3m3;
  if (((v.P[R] - 760) / 760) * k.atm > REACTOR_PRESSURE_MAX) return 'reactor-pressure-high';
  if (reactorM3 > REACTOR_VOLUME_MAX) return 'reactor-level-high';
  if (reactorM3 < REACTOR_VOLUME_MIN) return 'reactor-level-low';
  if (v.T[R] > REACTOR_TEMPERATURE_MAX) return 'reactor-temperature-high';
  if (separatorM3 > SEPARATOR_VOLUME_MAX) return 'separator-level-high';
  if (separatorM3 < SEPARATOR_VOLUME_MIN) return 'separator-level-low';
  if (stripperM3 > STRIPPER_VOLUME_MAX) return 'stripper-level-high';
  if (stripperM3 < STRIPPER_VOLUME_MIN) return 'stripper-level-low';
  return null;
}
