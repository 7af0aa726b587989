import { COMPONENT_COUNT, D, gasEnthalpy } from './component-properties.js';
import type { PlantConstants } from './constants.js';
import { C, type PlantVariables } from './variables.js';

/** Splits what reaches the trays (stream 4 and the separator liquid) into overhead (stream 5) and column bottoms. */
export function solveStripper(k: PlantConstants, v: PlantVariables): void {
  const { F, F5, Fb, z4, xs } = v;
  const wet = F[10] > k.fmin10;
  const factor = wet ? (F[4] / F[10]) * strippingTemperatureFactor(k, v.T[C]) : 0;
  let overhead = 0;
  for (let j = 0; j < COMPONENT_COUNT; j++) {
    const trays = F[4] * z4[j] + F[10] * xs[j];
    F5[j] = strippedFraction(k, j, wet, factor) * trays;
    Fb[j] = trays - F5[j];
    overhead += F5[j];
  }
  F[5] = overhead;
  v.h[5] = gasEnthalpy(k.components, F5, v.T[C]) / overhead;
}

function strippedFraction(k: PlantConstants, j: number, wet: boolean, factor: number): number {
  if (j < D) return k.strippedGas[j];
  if (!wet) return k.strippedDry[j];
  const sv = k.strippingFactor[j] * factor;
  return sv / (1 + sv);
}

function strippingTemperatureFactor(k: PlantConstants, Tc: number): number {
  if (Tc > 170) return Tc - k.tf1;
  if (Tc < k.tf2) return k.tf3;
  return k.tf4 / (177 - Tc) - k.tf5;
}
