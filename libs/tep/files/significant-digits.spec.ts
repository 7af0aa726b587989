import { describe, expect, it } from '#jest';
import { RandomGenerator } from '../plant/random-generator.js';
import { roundToSignificantDigits } from './significant-digits.js';

describe('rounding to significant digits', () => {
  it.each([
    [3664.04, 3664],
    [0.250521376, 0.25052],
    [0.017865524957, 0.017866],
    [-0.0447654321, -0.044765],
    [99999.6, 100000],
    [123456.7, 123460],
    [1e-300 / 3, 3.3333e-301],
    [0, 0],
    [100, 100],
  ])('makes %d the nearest decimal %d', (value, expected) => {
    expect(roundToSignificantDigits(value, 5)).toBe(expected);
  });

  it('sends exact ties to the even digit, as C and Fortran print them', () => {
    expect(roundToSignificantDigits(40.0625, 5)).toBe(40.062); // printf("%.4e") of 40.0625 is 4.0062e+01
    expect(roundToSignificantDigits(40.1875, 5)).toBe(40.188);
    expect(roundToSignificantDigits(-40.0625, 5)).toBe(-40.062);
    expect(roundToSignificantDigits(1.5, 1)).toBe(2);
    expect(roundToSignificantDigits(2.5, 1)).toBe(2);
  });

  it('looks at the binary value, not at its shortest decimal', () => {
    expect(roundToSignificantDigits(2.00005, 5)).toBe(2); // stored as 2.00004999999999988…
    expect(roundToSignificantDigits(1.00005, 5)).toBe(1.0001); // stored as 1.00005000000000010…
  });

  it('is the correctly rounded decimal for any value that is no tie', () => {
    const generator = new RandomGenerator(31);
    for (let i = 0; i < 20_000; i++) {
      const value = (generator.uniform() - 0.5) * 10 ** (12 * generator.uniform() - 6);
      expect(roundToSignificantDigits(value, 5)).toBe(Number(value.toPrecision(5)));
    }
  });

  it('leaves what is no number alone', () => {
    expect(roundToSignificantDigits(NaN, 5)).toBeNaN();
    expect(roundToSignificantDigits(-Infinity, 5)).toBe(-Infinity);
  });
});
