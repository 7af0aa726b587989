import { A, D } from './component-properties.js';
import type { PlantConstants } from './constants.js';
import { CONDENSER_WATER, REACTOR_WATER } from './state.js';
import { C, R, S, V, type PlantVariables } from './variables.js';

export const XMEAS_COUNT = 41;
/** XMEAS 1…22 are measured continuously, 23…41 come from analysers. */
export const CONTINUOUS_COUNT = 22;

/** Standard deviations of the noise of XMEAS 1…41, in the unit of the measurement. */
export const XMEAS_NOISE: readonly number[] = [
  0.0012, 18.0, 22.0, 0.05, 0.2, 0.21, 0.3, 0.5, 0.01, 0.0017, 0.01, 1.0, 0.3, 0.125, 1.0, 0.3, 0.115, 0.01,
  1.15, 0.2, 0.01, 0.01, 0.25, 0.1, 0.25, 0.1, 0.25, 0.025, 0.25, 0.1, 0.25, 0.1, 0.25, 0.025, 0.05, 0.05,
  0.01, 0.01, 0.01, 0.5, 0.5,
];

/** True values of the continuous measurements XMEAS 1…22, index 0 first. */
export function solveMeasurements(
  k: PlantConstants,
  state: Float64Array,
  v: PlantVariables,
  xmeas: Float64Array,
): void {
  const { F, P, T, VL } = v;
  xmeas[0] = (F[1] * k.scf) / k.ft3m3;
  xmeas[1] = F[2] * k.M2 * k.kg;
  xmeas[2] = F[3] * k.M3 * k.kg;
  xmeas[3] = (F[4] * k.scf) / k.ft3m3;
  xmeas[4] = (F[8] * k.scf) / k.ft3m3;
  xmeas[5] = (F[6] * k.scf) / k.ft3m3;
  xmeas[6] = kilopascalGauge(k, P[R]);
  xmeas[7] = ((VL[R] - k.Lr0) / k.Lr1) * 100;
  xmeas[8] = T[R];
  xmeas[9] = (F[9] * k.scf) / k.ft3m3;
  xmeas[10] = T[S];
  xmeas[11] = ((VL[S] - k.Ls0) / k.Ls1) * 100;
  xmeas[12] = kilopascalGauge(k, P[S]);
  xmeas[13] = F[10] / v.rho[S] / k.ft3m3;
  xmeas[14] = ((VL[C] - k.Lc0) / k.Vc) * 100;
  xmeas[15] = kilopascalGauge(k, P[V]);
  xmeas[16] = F[11] / v.rho[C] / k.ft3m3;
  xmeas[17] = T[C];
  xmeas[18] = v.Qc * k.xs1 * k.kg;
  xmeas[19] = v.Wc * k.xcw;
  xmeas[20] = state[REACTOR_WATER];
  xmeas[21] = state[CONDENSER_WATER];
}

function kilopascalGauge(k: PlantConstants, P: number): number {
  return ((P - 760) / 760) * k.atm;
}

/** First XMEAS (index) of the reactor feed, purge and product analysers, and one past the last. */
const REACTOR_FEED = 22;
const PURGE = 28;
const PRODUCT = 36;

/**
 * The three analysers. At each delivery a channel shows the sample taken one period ago, with noise, and takes the
 * next: sampling period and dead time are both 0.1 h for the gas analysers and 0.25 h for the product analyser.
 */
export class Analysers {
  /** True compositions in mole percent waiting for delivery, one for each of XMEAS 23…41. */
  readonly stored = new Float64Array(XMEAS_COUNT - CONTINUOUS_COUNT);
  /** Next deliveries [h]. */
  gasNext: number;
  productNext: number;

  constructor(private readonly k: PlantConstants) {
    this.gasNext = k.gasAnalyserPeriod;
    this.productNext = k.productAnalyserPeriod;
  }

  /** Stores and shows the present true compositions, as at t = 0. */
  initialise(v: PlantVariables, xmeas: Float64Array): void {
    for (let n = REACTOR_FEED; n < XMEAS_COUNT; n++) {
      xmeas[n] = this.stored[n - CONTINUOUS_COUNT] = trueComposition(v, n);
    }
  }

  /** Delivers what is due at time `t` [h]; `noise(n)` draws the error of measurement index n. */
  deliver(t: number, v: PlantVariables, xmeas: Float64Array, noise: (n: number) => number): void {
    if (t >= this.gasNext) {
      for (let n = REACTOR_FEED; n < PRODUCT; n++) this.deliverChannel(n, v, xmeas, noise);
      this.gasNext += this.k.gasAnalyserPeriod;
    }
    if (t >= this.productNext) {
      for (let n = PRODUCT; n < XMEAS_COUNT; n++) this.deliverChannel(n, v, xmeas, noise);
      this.productNext += this.k.productAnalyserPeriod;
    }
  }

  private deliverChannel(
    n: number,
    v: PlantVariables,
    xmeas: Float64Array,
    noise: (n: number) => number,
  ): void {
    xmeas[n] = this.stored[n - CONTINUOUS_COUNT] + noise(n);
    this.stored[n - CONTINUOUS_COUNT] = trueComposition(v, n);
  }
}

/** True mole percent behind measurement index n: A…F of stream 6, A…H of stream 9, D…H of stream 11. */
function trueComposition(v: PlantVariables, n: number): number {
  if (n < PURGE) return v.yv[A + n - REACTOR_FEED] * 100;
  if (n < PRODUCT) return v.ys[A + n - PURGE] * 100;
  return v.xc[D + n - PRODUCT] * 100;
}
