import type { BraatzRun } from '../catalogue/braatz-seeds.js';
import { XMEAS_NOISE } from '../plant/measurements.js';
import { roundToSignificantDigits } from '../files/significant-digits.js';
import { simulateRun } from './simulate-run.js';

/** Variables of a public file: XMEAS 1…41 and XMV 1…11. */
export const BRAATZ_COLUMNS = 52;
const SIGNIFICANT_DIGITS = 5;

/** How near a simulated run comes to a published file. */
export interface BraatzComparison {
  /** Numbers compared. */
  count: number;
  /** Percentage equal in all five printed digits. */
  equalPercent: number;
  /** Percentage within two units of the fifth digit. */
  nearPercent: number;
  /**
   * Largest deviation of an unrounded simulated measurement, in standard deviations of its noise. The rounding of the
   * printed numbers alone makes up to half a unit of the fifth digit: 0.5σ for a temperature above 100 °C.
   */
  maxDeviationSigmas: number;
}

/**
 * Simulates the run behind a public file in full precision.
 *
 * @returns rows × 52, row by row, as many rows as the file has
 */
export function reproduceBraatzFile({ seed, idv, hours, faultOnsetHour, firstRow }: BraatzRun): Float64Array {
  const run = simulateRun({ seed, idv, hours, faultOnsetHour, significantDigits: null });
  const rows = run.rows - firstRow;
  const values = new Float64Array(rows * BRAATZ_COLUMNS);
  for (let row = 0; row < rows; row++) {
    const from = (row + firstRow) * run.columns;
    values.set(run.values.subarray(from, from + BRAATZ_COLUMNS), row * BRAATZ_COLUMNS);
  }
  return values;
}

/**
 * Compares a simulated run in full precision with the five printed digits of a file, both rows × 52.
 *
 * @throws RangeError when they differ in size
 */
export function compareWithBraatz(simulated: Float64Array, published: Float64Array): BraatzComparison {
  const count = published.length;
  if (simulated.length !== count) {
    throw new RangeError(`The simulated run has ${simulated.length} numbers, the published file ${count}`);
  }
  let equal = 0;
  let near = 0;
  let maxDeviationSigmas = 0;
  for (let i = 0; i < count; i++) {
    const rounded = roundToSignificantDigits(simulated[i], SIGNIFICANT_DIGITS);
    const magnitude = Math.max(Math.abs(rounded), Math.abs(published[i]));
    if (rounded === published[i]) equal++;
    if (Math.abs(rounded - published[i]) <= 2 * unitOfLastDigit(magnitude)) near++;
    const column = i % BRAATZ_COLUMNS;
    if (column < XMEAS_NOISE.length) {
      const sigmas = Math.abs(simulated[i] - published[i]) / XMEAS_NOISE[column];
      maxDeviationSigmas = Math.max(maxDeviationSigmas, sigmas);
    }
  }
  return {
    count,
    equalPercent: (100 * equal) / count,
    nearPercent: (100 * near) / count,
    maxDeviationSigmas,
  };
}

/** One unit of the fifth digit, with room for the rounding of a difference of decimals. */
function unitOfLastDigit(magnitude: number): number {
  if (magnitude === 0) return 0;
  return 10 ** (Math.floor(Math.log10(magnitude)) - SIGNIFICANT_DIGITS + 1) * (1 + 1e-6);
}
