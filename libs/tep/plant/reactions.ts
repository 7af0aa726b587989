import { A, C, D, E, F, G, H } from './component-properties.js';
import type { PlantConstants } from './constants.js';
import { R, type PlantVariables } from './variables.js';

const { exp, log } = Math;

/**
 * Rates of A + C + D → G, A + C + E → H, A + E → F and 3 D → 2 F over the vapour space [lb-mol/h], from partial
 * pressures in mmHg; productions and heat of reaction. Walks 7 and 8 disturb the first two.
 */
export function solveReactions(k: PlantConstants, w: Float64Array, v: PlantVariables): void {
  const { pr, production } = v;
  const K = v.T[R] + k.T0;
  const VG = v.VG[R];
  let r1 = 0;
  let r2 = 0;
  if (pr[A] > 0 && pr[C] > 0) {
    const lnG = k.pA * log(pr[A]) + k.pC * log(pr[C]); // of p_A^pA · p_C^pC
    r1 = VG * exp(k.k1 - k.theta1 / K + lnG) * w[6] * pr[D];
    r2 = VG * exp(k.k2 - k.theta2 / K + lnG) * w[7] * pr[E];
  }
  const rate3 = VG * exp(k.k3 - k.theta3 / K) * pr[A];
  const r3 = rate3 * pr[E];
  const r4 = rate3 * k.k43 * pr[D];

  production[A] = -r1 - r2 - r3;
  production[C] = -r1 - r2;
  production[D] = -r1 - 1.5 * r4;
  production[E] = -r2 - r3;
  production[F] = r3 + r4;
  production[G] = r1;
  production[H] = r2;
  v.Qrx = r1 * k.dH1 + r2 * k.dH2;
}
