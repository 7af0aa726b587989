import fc from 'fast-check';
import { describe, expect, it } from '#jest';
import { randomCases } from '../../test/factories/random-cases.js';
import { LONGEST_NUMBER, writeNumber } from './number-text.js';

function written(value: number | null): string {
  const bytes = Buffer.alloc(LONGEST_NUMBER + 2, '#');
  const end = writeNumber(bytes, 1, value);
  // nothing before its place and behind its room
  expect([bytes[0], bytes[LONGEST_NUMBER + 1]]).toEqual([35, 35]);
  return bytes.toString('latin1', 1, end);
}

describe('the text of a number', () => {
  it.each([
    [0, '0'],
    [-0, '0'],
    [7, '7'],
    [-10, '-10'],
    [99_999_999, '99999999'],
    [100_000_000, '100000000'],
    [253_402_300_799_999, '253402300799999'],
    [-Number.MAX_SAFE_INTEGER, '-9007199254740991'],
    [0.5, '0.5'],
    [-12.034, '-12.034'],
    [0.000_25, '0.00025'],
    [1234.000_001, '1234.000001'],
    [0.1 + 0.2, '0.30000000000000004'],
    [-1e-7, '-1e-7'],
    [-0.000_001_060_454_698_637_930_2, '-0.0000010604546986379302'],
    [-2.225_073_858_507_201_4e-308, '-2.2250738585072014e-308'],
    [1e100, '1e+100'],
    [Number.MAX_SAFE_INTEGER + 1, '9007199254740992'],
    [null, 'null'],
  ])('of %d is %s', (value, text) => {
    expect(written(value)).toBe(text);
  });

  it('is that of JavaScript, whichever it is', () => {
    const decimals = fc
      .tuple(fc.maxSafeInteger(), fc.integer({ min: 0, max: 9 }))
      .map(([digits, places]) => digits / 10 ** places);
    fc.assert(
      fc.property(fc.oneof(decimals, fc.double({ noNaN: true, noDefaultInfinity: true })), (value) => {
        expect(written(value)).toBe(String(value));
      }),
      randomCases(2_000),
    );
  });
});
