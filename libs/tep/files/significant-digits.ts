const POWERS_OF_TEN = Float64Array.from({ length: 23 }, (_, n) => Number(`1e${n}`));
/** Half-way cases nearer than this are settled on the exact decimal expansion. */
const TIE_TOLERANCE = 1e-5;
/** As many digits as `toPrecision` gives: enough for the exact expansion of any value that can be a tie. */
const EXACT_DIGITS = 100;

/**
 * The number with `digits` significant digits (1…15) that C or Fortran would print for `value`: nearest decimal to the
 * exact binary value, ties to even. Zero and non-finite values stay as they are.
 */
export function roundToSignificantDigits(value: number, digits: number): number {
  if (value === 0 || !Number.isFinite(value)) return value;
  const magnitude = Math.abs(value);
  const decimals = digits - 1 - Math.floor(Math.log10(magnitude));
  if (decimals < 0 || decimals > 22) return roundByText(value, digits);
  const scale = POWERS_OF_TEN[decimals];
  const scaled = magnitude * scale;
  const whole = Math.floor(scaled);
  const rest = scaled - whole;
  if (Math.abs(rest - 0.5) < TIE_TOLERANCE) return roundByText(value, digits);
  return (Math.sign(value) * (rest < 0.5 ? whole : whole + 1)) / scale;
}

/** The same by the exact decimal expansion. `toPrecision` rounds correctly but sends ties away from zero. */
function roundByText(value: number, digits: number): number {
  const [mantissa, exponent] = value.toExponential(EXACT_DIGITS - 1).split('e');
  const tail = mantissa.replace('.', '').replace('-', '').slice(digits);
  const isTie = /^50*$/.test(tail);
  if (!isTie) return Number(value.toPrecision(digits));
  const kept = mantissa.replace('-', '').replace('.', '').slice(0, digits);
  const even = Number(kept.at(-1)) % 2 === 0;
  if (!even) return Number(value.toPrecision(digits));
  return Math.sign(value) * Number(`${kept}e${Number(exponent) - digits + 1}`);
}
