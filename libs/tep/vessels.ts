import { COMPONENT_COUNT, D, temperatureFromEnergy } from './component-properties.js';
import type { PlantConstants } from './plant-constants.js';
import { ENERGY, HEADER, REACTOR, SEPARATOR, STRIPPER } from './plant-state.js';
import { C, R, S, V, type PlantVariables } from './plant-variables.js';

/**
 * Vessel conditions from the state: composition, temperature, density and volume of the three liquids, composition,
 * temperature and pressure of the header, partial pressures above the liquids of reactor and separator.
 */
export function solveVessels(k: PlantConstants, state: Float64Array, v: PlantVariables): void {
  solveLiquid(k, state, REACTOR, D, R, v.xr, v);
  solveLiquid(k, state, SEPARATOR, D, S, v.xs, v);
  solveLiquid(k, state, STRIPPER, 0, C, v.xc, v);
  solveHeader(k, state, v);
  v.VG[R] = k.Vr - v.VL[R];
  v.VG[S] = k.Vs - v.VL[S];
  solveVapourSpace(k, state, REACTOR, R, v.xr, v.pr, v.yr, v);
  solveVapourSpace(k, state, SEPARATOR, S, v.xs, v.ps, v.ys, v);
}

/** A liquid of the components from `first` on; its energy state is tied to the liquid alone. */
function solveLiquid(
  k: PlantConstants,
  state: Float64Array,
  base: number,
  first: number,
  vessel: number,
  x: Float64Array,
  v: PlantVariables,
): void {
  const { M, d0, d1, d2, HLa, HLb, HLc } = k.components;
  let N = 0;
  for (let j = first; j < COMPONENT_COUNT; j++) N += state[base + j];
  let a = 0;
  let b = 0;
  let c = 0;
  for (let j = first; j < COMPONENT_COUNT; j++) {
    const xj = state[base + j] / N;
    x[j] = xj;
    a += xj * HLa[j];
    b += xj * HLb[j];
    c += xj * HLc[j];
  }
  const T = temperatureFromEnergy(state[base + ENERGY] / N, a, b, c, v.T[vessel]);
  let molarVolume = 0;
  for (let j = first; j < COMPONENT_COUNT; j++)
    molarVolume += (x[j] * M[j]) / (d0[j] + (d1[j] + d2[j] * T) * T);
  v.T[vessel] = T;
  v.rho[vessel] = 1 / molarVolume;
  v.VL[vessel] = N * molarVolume;
  v.hVessel[vessel] = T * (a + T * (b + T * c));
}

/** The header vapour, whose energy state is an internal energy: U = H − Ru·(T + T0). */
function solveHeader(k: PlantConstants, state: Float64Array, v: PlantVariables): void {
  const { HG0, HGa, HGb, HGc } = k.components;
  let N = 0;
  for (let j = 0; j < COMPONENT_COUNT; j++) N += state[HEADER + j];
  let latent = 0;
  let a = 0;
  let b = 0;
  let c = 0;
  for (let j = 0; j < COMPONENT_COUNT; j++) {
    const y = state[HEADER + j] / N;
    v.yv[j] = y;
    latent += y * HG0[j];
    a += y * HGa[j];
    b += y * HGb[j];
    c += y * HGc[j];
  }
  const e = state[HEADER + ENERGY] / N;
  const T = temperatureFromEnergy(e - latent + k.Ru * k.T0, a - k.Ru, b, c, v.T[V]);
  v.T[V] = T;
  v.P[V] = (N * k.R * (T + k.T0)) / k.Vv;
  v.hVessel[V] = latent + T * (a + T * (b + T * c));
}

/** Ideal gas for the permanent A, B, C, Raoult's law for the condensables D…H. */
function solveVapourSpace(
  k: PlantConstants,
  state: Float64Array,
  base: number,
  vessel: number,
  x: Float64Array,
  p: Float64Array,
  y: Float64Array,
  v: PlantVariables,
): void {
  const { Avp, Bvp, Cvp } = k.components;
  const T = v.T[vessel];
  const perMole = (k.R * (T + k.T0)) / v.VG[vessel];
  let P = 0;
  for (let j = 0; j < COMPONENT_COUNT; j++) {
    p[j] = j < D ? state[base + j] * perMole : Math.exp(Avp[j] + Bvp[j] / (T + Cvp[j])) * x[j];
    P += p[j];
  }
  v.P[vessel] = P;
  for (let j = 0; j < COMPONENT_COUNT; j++) y[j] = p[j] / P;
}
