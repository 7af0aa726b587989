import { A, B, COMPONENT_COUNT, D, E, F as COMPONENT_F } from './component-properties.js';
import type { PlantConstants } from './constants.js';
import { CONDENSER_WATER, ENERGY, HEADER, REACTOR, REACTOR_WATER, SEPARATOR, STRIPPER } from './state.js';
import type { PlantVariables } from './variables.js';

/** Derivatives of states 1…38 [1/h]: component and energy balances of the vessels, cooling-water temperatures. */
export function solveBalances(
  k: PlantConstants,
  state: Float64Array,
  v: PlantVariables,
  d: Float64Array,
): void {
  componentBalances(k, v, d);
  energyBalances(v, d);
  const { qr, qs } = v;
  d[REACTOR_WATER] = (qr * k.cwc * (v.TwrIn - state[REACTOR_WATER]) - (v.Qr * 1e6) / k.cwq) / k.HWr;
  d[CONDENSER_WATER] = (qs * k.cwc * (v.TwsIn - state[CONDENSER_WATER]) - (v.Qs * 1e6) / k.cwq) / k.HWs;
}

function componentBalances(k: PlantConstants, v: PlantVariables, d: Float64Array): void {
  const { F, yr, ys, yv, xs, xc, F5, Fb, production } = v;
  for (let j = 0; j < COMPONENT_COUNT; j++) {
    const feed = F[6] * yv[j];
    const effluent = F[7] * yr[j];
    const recycle = F[8] * ys[j];
    d[REACTOR + j] = feed - effluent + production[j];
    d[SEPARATOR + j] = effluent - recycle - F[9] * ys[j] - F[10] * xs[j];
    d[STRIPPER + j] = Fb[j] - F[11] * xc[j];
    d[HEADER + j] = F5[j] + recycle - feed;
  }
  d[HEADER + A] += F[1] * k.zmain;
  d[HEADER + B] += (F[1] + F[2]) * k.ztrace;
  d[HEADER + D] += F[2] * k.zmain;
  d[HEADER + E] += F[3] * k.zmain;
  d[HEADER + COMPONENT_F] += F[3] * k.ztrace;
}

/**
 * The separator balance subtracts the recycle with the compressor work in it, which the header then receives: a slip
 * of the published program that every public data set contains, so it is kept.
 */
function energyBalances(v: PlantVariables, d: Float64Array): void {
  const { F, h } = v;
  const feed = h[6] * F[6];
  const effluent = h[7] * F[7];
  const recycle = h[8] * F[8];
  const liquid = h[10] * F[10];
  const overhead = h[5] * F[5];
  d[REACTOR + ENERGY] = feed - effluent + v.Qrx + v.Qr;
  d[SEPARATOR + ENERGY] = effluent - recycle - h[9] * F[9] - liquid + v.Qs;
  d[STRIPPER + ENERGY] = h[4] * F[4] + liquid - overhead - h[11] * F[11] + v.Qc;
  d[HEADER + ENERGY] = h[1] * F[1] + h[2] * F[2] + h[3] * F[3] + overhead + recycle - feed;
}
