import { COMPONENT_COUNT, D, E, F, G, H, temperatureFromEnergy } from './component-properties.js';
import type { PlantConstants } from './constants.js';
import { ENERGY, HEADER, REACTOR, SEPARATOR, STRIPPER } from './state.js';
import { C, R, S, V, type PlantVariables } from './variables.js';

const { exp } = Math;

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

/**
 * A liquid of the components from `first` on; its energy state is tied to the liquid alone. Sums are kept over the
 * whole amount: Σ n·H(T) = E, V = Σ n·M/density.
 */
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
  let a = 0;
  let b = 0;
  let c = 0;
  for (let j = first; j < COMPONENT_COUNT; j++) {
    const n = state[base + j];
    N += n;
    a += n * HLa[j];
    b += n * HLb[j];
    c += n * HLc[j];
  }
  const T = temperatureFromEnergy(state[base + ENERGY], a, b, c, v.T[vessel]);
  const perAmount = 1 / N;
  let VL = 0;
  for (let j = first; j < COMPONENT_COUNT; j++) {
    const n = state[base + j];
    x[j] = n * perAmount;
    VL += (n * M[j]) / (d0[j] + (d1[j] + d2[j] * T) * T);
  }
  v.T[vessel] = T;
  v.rho[vessel] = N / VL;
  v.VL[vessel] = VL;
  v.hVessel[vessel] = T * (a + T * (b + T * c)) * perAmount;
}

/** The header vapour, whose energy state is an internal energy: U = H − Ru·(T + T0). */
function solveHeader(k: PlantConstants, state: Float64Array, v: PlantVariables): void {
  const { HG0, HGa, HGb, HGc } = k.components;
  let N = 0;
  let latent = 0;
  let a = 0;
  let b = 0;
  let c = 0;
  for (let j = 0; j < COMPONENT_COUNT; j++) {
    const n = state[HEADER + j];
    N += n;
    latent += n * HG0[j];
    a += n * HGa[j];
    b += n * HGb[j];
    c += n * HGc[j];
  }
  const e = state[HEADER + ENERGY] - latent + N * k.Ru * k.T0;
  const T = temperatureFromEnergy(e, a - N * k.Ru, b, c, v.T[V]);
  const perAmount = 1 / N;
  for (let j = 0; j < COMPONENT_COUNT; j++) v.yv[j] = state[HEADER + j] * perAmount;
  v.T[V] = T;
  v.P[V] = (N * k.R * (T + k.T0)) / k.Vv;
  v.hVessel[V] = (latent + T * (a + T * (b + T * c))) * perAmount;
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
  for (let j = 0; j < D; j++) p[j] = state[base + j] * perMole;
  p[D] = exp(Avp[D] + Bvp[D] / (T + Cvp[D])) * x[D];
  const pureEF = exp(Avp[E] + Bvp[E] / (T + Cvp[E])); // E and F share one vapour-pressure curve
  p[E] = pureEF * x[E];
  p[F] = pureEF * x[F];
  p[G] = exp(Avp[G] + Bvp[G] / (T + Cvp[G])) * x[G];
  p[H] = exp(Avp[H] + Bvp[H] / (T + Cvp[H])) * x[H];
  let P = 0;
  for (let j = 0; j < COMPONENT_COUNT; j++) P += p[j];
  const perPressure = 1 / P;
  for (let j = 0; j < COMPONENT_COUNT; j++) y[j] = p[j] * perPressure;
  v.P[vessel] = P;
}
