/**
 * How the decimal constants of the plant model are held in memory.
 *
 * - `F32L` ("single literals"): constants of the single-precision class are rounded to IEEE binary32 and widened
 *   again. This is what the historical Fortran compiles to and what made the public data sets.
 * - `F64L` ("double literals"): every constant is a plain double. Physically the same plant (relative differences of
 *   about 1e-7), but the analysers deliver on other integration steps, hence another noise sequence for a seed.
 */
export type NumberProfile = 'F32L' | 'F64L';

/** Turns a constant of the single-precision class into the double a profile computes with. */
export type SingleLiteral = (literal: number) => number;

const asDouble: SingleLiteral = (literal) => literal;

/** The treatment of single-precision constants in a profile. */
export function singleLiteral(profile: NumberProfile): SingleLiteral {
  return profile === 'F32L' ? Math.fround : asDouble;
}
