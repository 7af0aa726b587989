/**
 * Characters of the longest number: a sign, `0.`, five zeros and 17 digits, as an exponent is written only below a millionth.
 * With one it is a sign, 17 digits, a point and five such as `e-308`.
 */
export const LONGEST_NUMBER = 25;

const ZERO = 48;
const MINUS = 45;
const POINT = 46;
/** Instruments and files send this many decimals at the most, as a rule. */
const DECIMALS = [3, 6] as const;
const SCALES = DECIMALS.map((decimals) => 10 ** decimals);
/** Fifteen digits tell any two numbers apart that they can stand for. */
const MOST_SCALED = 1e15;
/** Digits that an integer of 32 bits holds in any case. */
const BLOCK_DIGITS = 8;
const BLOCK = 10 ** BLOCK_DIGITS;

/**
 * Writes a number as JavaScript does, and whatever is none, too. Integers and numbers of few decimals are written digit by digit: a
 * string of each and what it leaves behind take several times as long.
 * @param bytes with room for LONGEST_NUMBER of them from `at` on
 * @returns where its text ends
 */
export function writeNumber(bytes: Buffer, at: number, value: number | null): number {
  if (Number.isSafeInteger(value))
    return writeInteger(bytes, writeSign(bytes, at, value as number), Math.abs(value as number));
  if (value !== null)
    for (let i = 0; i < SCALES.length; i++) {
      const scale = SCALES[i];
      const scaled = Math.round(value * scale);
      // The quotient of two exact numbers is the one nearest to it, which is what those digits are read as, and no fewer would do.
      if (scaled / scale !== value || Math.abs(scaled) >= MOST_SCALED) continue;
      const size = Math.abs(scaled);
      const whole = Math.floor(size / scale);
      const point = writeInteger(bytes, writeSign(bytes, at, value), whole);
      bytes[point] = POINT;
      let end = writeDigits(bytes, point + 1, size - whole * scale, DECIMALS[i]);
      while (bytes[end - 1] === ZERO) end--;
      return end;
    }
  return at + bytes.write(String(value), at, 'latin1');
}

function writeSign(bytes: Buffer, at: number, value: number): number {
  if (value >= 0) return at;
  bytes[at] = MINUS;
  return at + 1;
}

/** @param value no less than 0, and safe */
function writeInteger(bytes: Buffer, at: number, value: number): number {
  if (value < BLOCK) {
    let count = 1;
    for (let power = 10; power <= value; power *= 10) count++;
    return writeDigits(bytes, at, value, count);
  }
  const high = Math.floor(value / BLOCK);
  return writeDigits(bytes, writeInteger(bytes, at, high), value - high * BLOCK, BLOCK_DIGITS);
}

/** @param value below BLOCK; zeros stand before it */
function writeDigits(bytes: Buffer, at: number, value: number, count: number): number {
  let rest = value;
  for (let i = at + count - 1; i >= at; i--) {
    const tenth = Math.trunc(rest / 10);
    bytes[i] = ZERO + rest - 10 * tenth;
    rest = tenth;
  }
  return at + count;
}
