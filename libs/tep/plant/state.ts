import { singleLiteral, type NumberProfile } from './number-profile.js';

/** Number of states: 8 amounts and an energy for each of four vessels, two water temperatures, twelve valves. */
export const STATE_COUNT = 50;

/** First state of each vessel: amounts of A…H [lb-mol], then energy [MMBtu] at `+ ENERGY`. */
export const REACTOR = 0;
export const SEPARATOR = 9;
export const STRIPPER = 18;
export const HEADER = 27;
export const ENERGY = 8;
/** Cooling-water outlet temperatures of reactor and condenser [°C]. */
export const REACTOR_WATER = 36;
export const CONDENSER_WATER = 37;
/** Position of valve 1 [%]; valves 2…12 follow. */
export const VALVES = 38;
export const VALVE_COUNT = 12;

/** Base case of Downs and Vogel (mode 1), in single-precision literals except three traces in the stripper. */
const BASE_CASE = [
  10.40491389, 4.363996017, 7.570059737, 0.4230042431, 24.15513437, 2.942597645, 154.3770655, 159.186596,
  2.808522723, 63.75581199, 26.74026066, 46.38532432, 0.2464521543, 15.20484404, 1.852266172, 52.44639459,
  41.20394008, 0.569931776, 0.4306056376, 7.9906200783e-3, 0.9056036089, 1.6054258216e-2, 0.7509759687,
  8.8582855955e-2, 48.27726193, 39.38459028, 0.3755297257, 107.7562698, 29.77250546, 88.32481135, 23.03929507,
  62.85848794, 5.546318688, 11.92244772, 5.555448243, 0.9218489762, 94.59927549, 77.29698353, 63.05263039,
  53.97970677, 24.64355755, 61.30192144, 22.21, 40.06374673, 38.1003437, 46.53415582, 47.44573456,
  41.10581288, 18.11349055, 50.0,
] as const;

const DOUBLE_LITERALS: ReadonlySet<number> = new Set([19, 21, 23]);

/** State vector of the published base case (50/50 G/H, 14 076 kg/h) in a number profile. */
export function baseCaseState(profile: NumberProfile): Float64Array {
  const s = singleLiteral(profile);
  return Float64Array.from(BASE_CASE, (value, i) => (DOUBLE_LITERALS.has(i) ? value : s(value)));
}
