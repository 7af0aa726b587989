import {
  A,
  B,
  C as COMPONENT_C,
  D,
  gasEnthalpy,
  meanMolecularWeight,
  pureGasEnthalpy,
} from './component-properties.js';
import type { PlantConstants } from './constants.js';
import { VALVES } from './state.js';
import { C, R, S, V, type PlantVariables } from './variables.js';

const { max, min, sqrt } = Math;

/** Composition and temperature of the disturbed feeds and cooling waters; w holds walks 1…12, idv the switches. */
export function solveFeedConditions(w: Float64Array, idv: Uint8Array, v: PlantVariables): void {
  const zA = w[0] - 0.03 * idv[0] - 2.43719e-3 * idv[1];
  const zB = w[1] + 0.005 * idv[1];
  v.z4[A] = zA;
  v.z4[B] = zB;
  v.z4[COMPONENT_C] = 1 - zA - zB;
  v.T2 = w[2] + 5 * idv[2];
  v.T4 = w[3];
  v.TwrIn = w[4] + 5 * idv[3];
  v.TwsIn = w[5] + 5 * idv[4];
}

/** Flows and duties set by valve positions [%]. */
export function solveValveFlows(
  k: PlantConstants,
  state: Float64Array,
  w: Float64Array,
  idv: Uint8Array,
  v: PlantVariables,
): void {
  const u = VALVES - 1; // state[u + n] is the position of valve n
  const { F } = v;
  F[2] = (state[u + 1] * 400) / 100;
  F[3] = (state[u + 2] * 400) / 100;
  F[1] = (state[u + 3] * (1 - idv[5]) * 100) / 100;
  F[4] = (state[u + 4] * (1 - 0.2 * idv[6]) * 1500) / 100 + k.eps4;
  F[10] = (state[u + 7] * 1500) / 100;
  F[11] = (state[u + 8] * 1000) / 100;
  v.UAc = (state[u + 9] * k.UAcf * (1 + w[8])) / 100;
  v.qr = (state[u + 10] * 1000) / 100;
  v.qs = (state[u + 11] * 1200) / 100;
  v.agitation = (state[u + 12] + 150) / 100;
}

/** Flows driven by pressure differences, and the recycle compressor with its bypass. */
export function solvePressureFlows(
  k: PlantConstants,
  state: Float64Array,
  w: Float64Array,
  v: PlantVariables,
): void {
  const { F, P, T } = v;
  const M6 = meanMolecularWeight(k.components, v.yv);
  const M7 = meanMolecularWeight(k.components, v.yr);
  const Ms = meanMolecularWeight(k.components, v.ys);
  F[6] = (k.K67 * sqrt(max(P[V] - P[R], 0))) / M6;
  F[7] = (k.K78 * sqrt(max(P[R] - P[S], 0)) * (1 - 0.25 * w[11])) / M7;
  F[9] = (state[VALVES + 5] * k.K9 * sqrt(max(P[S] - 760, 0))) / Ms;

  const ratio = min(max(P[V] / P[S], 1), k.rcp);
  const mc = k.mcp + (k.mcp / k.ccp) * (1 - ratio * ratio * ratio);
  v.Wc = (mc * (T[S] + k.T0c) * k.cw1 * k.cw2 * (P[V] - P[S])) / (Ms * P[S]);
  const bypass = state[VALVES + 4] * k.Kby * sqrt(max(P[V] - P[S], 0));
  F[8] = max(mc - bypass, k.mmin) / Ms;
}

/** Molar enthalpies of all streams but 5. The recycle carries the compressor work. */
export function solveStreamEnthalpies(k: PlantConstants, v: PlantVariables): void {
  const { h, T, T2, T4, z4, hVessel } = v;
  const { components } = k;
  h[1] = k.h1;
  h[2] = k.zmain * pureGasEnthalpy(components, D, T2) + k.ztrace * pureGasEnthalpy(components, B, T2);
  h[3] = k.h3;
  h[4] =
    z4[A] * pureGasEnthalpy(components, A, T4) +
    z4[B] * pureGasEnthalpy(components, B, T4) +
    z4[COMPONENT_C] * pureGasEnthalpy(components, COMPONENT_C, T4);
  h[6] = hVessel[V];
  h[7] = gasEnthalpy(components, v.yr, T[R]);
  h[9] = gasEnthalpy(components, v.ys, T[S]);
  h[8] = h[9] + v.Wc / v.F[8];
  h[10] = hVessel[S];
  h[11] = hVessel[C];
}
