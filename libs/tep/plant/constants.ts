import {
  A,
  B,
  componentProperties,
  D,
  E,
  F,
  pureGasEnthalpy,
  type ComponentProperties,
} from './component-properties.js';
import { singleLiteral, type NumberProfile } from './number-profile.js';

/**
 * Activation temperatures θ = E/R_gas [K] of the three rate constants, E = 40000, 20000, 60000 cal/mol and
 * R_gas = 1.987 cal/(mol·K). In F32L the quotients were folded in single precision by the historical compiler.
 */
const ACTIVATION_TEMPERATURES = {
  F32L: [20130.8515625, 10065.42578125, 30196.275390625],
  F64L: [40000 / 1.987, 20000 / 1.987, 60000 / 1.987],
} as const;

function vesselConstants(s: (literal: number) => number) {
  return {
    /** Volumes of reactor, separator and header, and span of the stripper level [ft³]. */
    Vr: s(1300.0),
    Vs: s(3500.0),
    Vv: s(5000.0),
    Vc: s(156.5),
    /** Gas constant [mmHg·ft³/(lb-mol·K)]. */
    R: s(998.9),
    /** Gas constant of the internal energy [MMBtu/(lb-mol·K)]. */
    Ru: 3.57696e-6,
    /** Celsius offset of the vessels, and of the compressor work alone [K]. */
    T0: s(273.15),
    T0c: 273.15,
    /** Heat-transfer factors of reactor and condenser [MMBtu/(h·°C)], reference flow of the latter [lb-mol/h]. */
    UArf: 0.85549,
    UAsf: s(0.404655),
    F7ref: s(3528.73),
    /** Steam heater conductance per unit of valve opening [MMBtu/(h·°C)]. */
    UAcf: s(0.03),
    /** Cooling-water heat factor, °F/°C, and water capacities of jacket and condenser. */
    cwc: s(500.53),
    cwq: s(1.8),
    HWr: s(7060.0),
    HWs: s(11138.0),
    /** Reactor level factor of the heat transfer: scale [ft³/%], slope [1/%], offset. */
    fl: s(7.8),
    flg: s(0.025),
    flo: s(0.25),
  };
}

function flowConstants(s: (literal: number) => number) {
  return {
    /** Mole fractions of main component and trace in feeds 1, 2, 3, and temperature of feeds 1 and 3 [°C]. */
    zmain: s(0.9999),
    ztrace: s(0.0001),
    Tfeed: s(45.0),
    /** Flow coefficients header→reactor, reactor→separator [lb/h/√mmHg], purge, compressor bypass [lb/h/%/√mmHg]. */
    K67: 1937.6,
    K78: 4574.21,
    K9: 0.151169,
    Kby: 53.349,
    /** Compressor: flow at pressure ratio 1 [lb/h], curve denominator, limit of the ratio, least recycle flow [lb/h]. */
    mcp: s(280275.0),
    ccp: 1.197,
    rcp: s(1.3),
    mmin: 0.001,
    /** Compressor work factor and gas constant [Btu/(lb-mol·°R)]. */
    cw1: 1.8e-6,
    cw2: 1.9872,
    /** Added to stream 4 so that it never vanishes [lb-mol/h]. */
    eps4: 1.0e-10,
  };
}

function stripperConstants(s: (literal: number) => number) {
  return {
    /** Stripped fractions of A, B, C; stripping factors of D…H; stripped fractions of D…H without liquid from above. */
    strippedGas: Float64Array.of(s(0.995), s(0.991), s(0.99)),
    strippingFactor: Float64Array.of(0, 0, 0, s(8.501), s(11.402), s(11.795), s(0.048), s(0.0242)),
    strippedDry: Float64Array.of(0, 0, 0, s(0.9999), s(0.999), s(0.999), s(0.99), s(0.98)),
    /** Least stream 10 with which the column strips [lb-mol/h]. */
    fmin10: s(0.1),
    /** Stripping temperature factor: hot branch, cold limit [°C], cold value, numerator, offset. */
    tf1: s(120.262),
    tf2: s(5.292),
    tf3: s(0.1),
    tf4: s(363.744),
    tf5: s(2.22579488),
  };
}

function reactionConstants(s: (literal: number) => number, profile: NumberProfile) {
  const [theta1, theta2, theta3] = ACTIVATION_TEMPERATURES[profile];
  return {
    theta1,
    theta2,
    theta3,
    /** Logarithms of the rate constants. */
    k1: s(31.5859536),
    k2: s(3.00094014),
    k3: s(53.4060443),
    /** Exponents of the partial pressures of A and C in reactions 1 and 2. */
    pA: s(1.1544),
    pC: s(0.3735),
    /** Rate constant of reaction 4 over that of reaction 3. */
    k43: 0.767488334,
    /** Heats released by reactions 1 and 2 [MMBtu/lb-mol]. */
    dH1: 0.06899381054,
    dH2: 0.05,
  };
}

function measurementConstants(s: (literal: number) => number) {
  return {
    /** kmol per lb-mol (and kg per lb), thousand standard ft³ per lb-mol, ft³ per m³, kPa per atmosphere. */
    kg: s(0.454),
    scf: s(0.359),
    ft3m3: s(35.3145),
    atm: s(101.325),
    /** Level zeros and spans of reactor, separator, stripper [ft³]. */
    Lr0: s(84.6),
    Lr1: s(666.7),
    Ls0: s(27.5),
    Ls1: s(290.0),
    Lc0: s(78.25),
    /** Steam per heat [lb/MMBtu], compressor power per work [kW/(MMBtu/h)]. */
    xs1: 1040.0,
    xcw: 293.07,
    /** Periods of the gas analysers and of the product analyser [h]. */
    gasAnalyserPeriod: s(0.1),
    productAnalyserPeriod: s(0.25),
  };
}

/** Feeds 1, 2, 3 are fixed mixtures of a main component and a trace: their molecular weights and enthalpies. */
function feedConstants(components: ComponentProperties, flows: ReturnType<typeof flowConstants>) {
  const { M } = components;
  const { zmain, ztrace, Tfeed } = flows;
  const h = (j: number) => pureGasEnthalpy(components, j, Tfeed);
  return {
    M2: zmain * M[D] + ztrace * M[B],
    M3: zmain * M[E] + ztrace * M[F],
    h1: zmain * h(A) + ztrace * h(B),
    h3: zmain * h(E) + ztrace * h(F),
  };
}

function buildPlantConstants(profile: NumberProfile) {
  const s = singleLiteral(profile);
  const components = componentProperties(s);
  const flows = flowConstants(s);
  return {
    profile,
    components,
    ...vesselConstants(s),
    ...flows,
    ...feedConstants(components, flows),
    ...stripperConstants(s),
    ...reactionConstants(s, profile),
    ...measurementConstants(s),
    /** One second [h], the integration step of the historical program. */
    second: s(1 / 3600),
  };
}

/** Every constant of the plant under a number profile, by its symbol in Downs and Vogel's equations. */
export type PlantConstants = Readonly<ReturnType<typeof buildPlantConstants>>;

const CONSTANTS: Record<NumberProfile, PlantConstants> = {
  F32L: buildPlantConstants('F32L'),
  F64L: buildPlantConstants('F64L'),
};

/** The constants of a profile; built once. */
export function plantConstants(profile: NumberProfile): PlantConstants {
  return CONSTANTS[profile];
}
