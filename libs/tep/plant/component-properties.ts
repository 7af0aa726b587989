import type { SingleLiteral } from './number-profile.js';

const { abs } = Math;

/** Components A…H in the order of the model; A, B, C are permanent gases, D…H condense. */
export const A = 0;
export const B = 1;
export const C = 2;
export const D = 3;
export const E = 4;
export const F = 5;
export const G = 6;
export const H = 7;
export const COMPONENT_COUNT = 8;

/**
 * Molecular weight [lb/lb-mol], vapour pressure ln p°[mmHg] = Avp + Bvp/(T + Cvp) and liquid density
 * d0 + d1·T + d2·T² [lb/ft³], T in °C. Single-precision literals of the published program (Downs and Vogel, 1993).
 */
const PHYSICAL = [
  { M: 2.0, Avp: 0, Bvp: 0, Cvp: 0, d0: 1.0, d1: 0, d2: 0 },
  { M: 25.4, Avp: 0, Bvp: 0, Cvp: 0, d0: 1.0, d1: 0, d2: 0 },
  { M: 28.0, Avp: 0, Bvp: 0, Cvp: 0, d0: 1.0, d1: 0, d2: 0 },
  { M: 32.0, Avp: 15.92, Bvp: -1444.0, Cvp: 259.0, d0: 23.3, d1: -0.07, d2: -0.0002 },
  { M: 46.0, Avp: 16.35, Bvp: -2114.0, Cvp: 265.5, d0: 33.9, d1: -0.0957, d2: -0.000152 },
  { M: 48.0, Avp: 16.35, Bvp: -2114.0, Cvp: 265.5, d0: 32.8, d1: -0.0995, d2: -0.000233 },
  { M: 62.0, Avp: 16.43, Bvp: -2748.0, Cvp: 232.9, d0: 49.9, d1: -0.0191, d2: -0.000425 },
  { M: 76.0, Avp: 17.21, Bvp: -3318.0, Cvp: 249.6, d0: 50.5, d1: -0.0541, d2: -0.00015 },
] as const;

/**
 * Heat capacities a + b·T + c·T² of liquid (L) and gas (G) [MMBtu/(lb·°F)], T in °C, and heat of vaporisation
 * lambda [MMBtu/lb]. Double-precision literals.
 */
const THERMAL = [
  { aL: 1.0e-6, bL: 0, cL: 0, aG: 3.411e-6, bG: 7.18e-10, cG: 6.0e-13, lambda: 1.0e-6 },
  { aL: 1.0e-6, bL: 0, cL: 0, aG: 0.3799e-6, bG: 1.08e-9, cG: -3.98e-13, lambda: 1.0e-6 },
  { aL: 1.0e-6, bL: 0, cL: 0, aG: 0.2491e-6, bG: 1.36e-11, cG: -3.93e-14, lambda: 1.0e-6 },
  { aL: 0.96e-6, bL: 8.7e-9, cL: 4.81e-11, aG: 0.3567e-6, bG: 8.51e-10, cG: -3.12e-13, lambda: 86.7e-6 },
  { aL: 0.573e-6, bL: 2.41e-9, cL: 1.82e-11, aG: 0.3463e-6, bG: 8.96e-10, cG: -3.27e-13, lambda: 160.0e-6 },
  { aL: 0.652e-6, bL: 2.18e-9, cL: 1.94e-11, aG: 0.393e-6, bG: 1.02e-9, cG: -3.12e-13, lambda: 160.0e-6 },
  { aL: 0.515e-6, bL: 5.65e-10, cL: 3.82e-12, aG: 0.17e-6, bG: 0, cG: 0, lambda: 225.0e-6 },
  { aL: 0.471e-6, bL: 8.7e-10, cL: 2.62e-12, aG: 0.15e-6, bG: 0, cG: 0, lambda: 209.0e-6 },
] as const;

/** °F per °C, the factor between the heat-capacity unit and temperatures in °C. */
const FAHRENHEIT_PER_CELSIUS = 1.8;

/** One value per component A…H. */
type PerComponent = Float64Array;

/**
 * Component constants as columns, one entry per component. The molar enthalpy of component j is the cubic
 * T·(HLa + T·(HLb + T·HLc)) as liquid and HG0 + T·(HGa + T·(HGb + T·HGc)) as gas [MMBtu/lb-mol], T in °C.
 */
export interface ComponentProperties {
  readonly M: PerComponent;
  readonly Avp: PerComponent;
  readonly Bvp: PerComponent;
  readonly Cvp: PerComponent;
  readonly d0: PerComponent;
  readonly d1: PerComponent;
  readonly d2: PerComponent;
  readonly HLa: PerComponent;
  readonly HLb: PerComponent;
  readonly HLc: PerComponent;
  readonly HG0: PerComponent;
  readonly HGa: PerComponent;
  readonly HGb: PerComponent;
  readonly HGc: PerComponent;
}

/** The component table under the given treatment of single-precision constants. */
export function componentProperties(s: SingleLiteral): ComponentProperties {
  const physical = (name: keyof (typeof PHYSICAL)[number]) =>
    Float64Array.from(PHYSICAL, (row) => s(row[name]));
  const M = physical('M');
  const molar = (name: keyof (typeof THERMAL)[number], factor: number) =>
    Float64Array.from(THERMAL, (row, j) => M[j] * factor * row[name]);
  const f = FAHRENHEIT_PER_CELSIUS;
  return {
    M,
    Avp: physical('Avp'),
    Bvp: physical('Bvp'),
    Cvp: physical('Cvp'),
    d0: physical('d0'),
    d1: physical('d1'),
    d2: physical('d2'),
    HLa: molar('aL', f),
    HLb: molar('bL', f / 2),
    HLc: molar('cL', f / 3),
    HG0: molar('lambda', 1),
    HGa: molar('aG', f),
    HGb: molar('bG', f / 2),
    HGc: molar('cG', f / 3),
  };
}

/** Molar enthalpy of component `j` as a gas [MMBtu/lb-mol] at `T` °C; liquid at 0 °C is zero. */
export function pureGasEnthalpy({ HG0, HGa, HGb, HGc }: ComponentProperties, j: number, T: number): number {
  return HG0[j] + T * (HGa[j] + T * (HGb[j] + T * HGc[j]));
}

/** Enthalpy of a gas mixture at `T` °C: molar [MMBtu/lb-mol] for mole fractions, total for amounts or flows. */
export function gasEnthalpy({ HG0, HGa, HGb, HGc }: ComponentProperties, y: Float64Array, T: number): number {
  let h = 0;
  for (let j = 0; j < COMPONENT_COUNT; j++) h += y[j] * (HG0[j] + T * (HGa[j] + T * (HGb[j] + T * HGc[j])));
  return h;
}

/** Mean molecular weight of a mixture [lb/lb-mol]. */
export function meanMolecularWeight({ M }: ComponentProperties, y: Float64Array): number {
  let mean = 0;
  for (let j = 0; j < COMPONENT_COUNT; j++) mean += y[j] * M[j];
  return mean;
}

/** The error left by a Newton pass is about 0.005·change² here: after this change it is below rounding [°C]. */
const LAST_CHANGE = 1e-7;
const NEWTON_PASSES = 100;

/**
 * Temperature [°C] at which the cubic T·(a + T·(b + T·c)) reaches the energy `e`, by Newton's method from `start`.
 * Answers `start` when the iteration does not settle.
 */
export function temperatureFromEnergy(e: number, a: number, b: number, c: number, start: number): number {
  let T = start;
  for (let pass = 0; pass < NEWTON_PASSES; pass++) {
    const change = (T * (a + T * (b + T * c)) - e) / (a + T * (2 * b + T * 3 * c));
    T -= change;
    if (abs(change) < LAST_CHANGE) return T;
  }
  return start;
}
