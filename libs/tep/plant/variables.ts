import { COMPONENT_COUNT } from './component-properties.js';

/** Vessels as indices: reactor, separator, stripper sump (column), header (the vapour mixing zone). */
export const R = 0;
export const S = 1;
export const C = 2;
export const V = 3;

const VESSEL_COUNT = 4;
const STREAM_COUNT = 12;

const perComponent = () => new Float64Array(COMPONENT_COUNT);
const perVessel = () => new Float64Array(VESSEL_COUNT);
const perStream = () => new Float64Array(STREAM_COUNT);

/**
 * Algebraic variables of one evaluation, under the symbols of the model: vessels are indexed by R, S, C, V, streams
 * by their number on the flow sheet (1 A feed, 2 D feed, 3 E feed, 4 A/C feed, 5 stripper overhead, 6 reactor feed,
 * 7 reactor effluent, 8 recycle, 9 purge, 10 separator liquid, 11 product). Written in place at every evaluation.
 */
export class PlantVariables {
  /** Temperatures [°C]; also the starting values of the next evaluation. */
  readonly T = perVessel();
  /** Pressures [mmHg]. */
  readonly P = perVessel();
  /** Liquid volumes and densities [ft³, lb-mol/ft³]. */
  readonly VL = perVessel();
  readonly rho = perVessel();
  /** Molar enthalpies of the vessel liquids, and of the header vapour [MMBtu/lb-mol]. */
  readonly hVessel = perVessel();
  /** Vapour volumes [ft³]. */
  readonly VG = perVessel();

  /** Liquid and vapour mole fractions, partial pressures [mmHg]. */
  readonly xr = perComponent();
  readonly xs = perComponent();
  readonly xc = perComponent();
  readonly yr = perComponent();
  readonly ys = perComponent();
  readonly yv = perComponent();
  readonly pr = perComponent();
  readonly ps = perComponent();

  /** Molar flows [lb-mol/h] and molar enthalpies [MMBtu/lb-mol] of the streams. */
  readonly F = perStream();
  readonly h = perStream();
  /** Composition of stream 4, component flows of stream 5 and of the column bottoms [lb-mol/h]. */
  readonly z4 = perComponent();
  readonly F5 = perComponent();
  readonly Fb = perComponent();
  /** Temperatures of streams 2 and 4 and of the cooling waters entering reactor and condenser [°C]. */
  T2 = 0.5;
  T4 = 0.5;
  TwrIn = 0.5;
  TwsIn = 0.5;

  /** Steam conductance [MMBtu/(h·°C)], cooling-water flows [gpm], relative agitator speed. */
  UAc = 0.5;
  qr = 0.5;
  qs = 0.5;
  agitation = 0.5;

  /** Compressor work [MMBtu/h]. */
  Wc = 0.5;
  /** Production of each component by reaction [lb-mol/h], heat of reaction [MMBtu/h]. */
  readonly production = perComponent();
  Qrx = 0.5;
  /** Heats to reactor, condenser and stripper sump [MMBtu/h]. */
  Qr = 0.5;
  Qs = 0.5;
  Qc = 0.5;
}
