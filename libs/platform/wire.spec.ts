import { describe, expect, it } from '@jest/globals';
import { figure, figureOrNull } from './wire.js';

describe('a figure on the wire', () => {
  it.each([
    [0.1 + 0.2, 0.3],
    [1 / 3, 0.333333],
    [-2_705.123_456, -2_705.12],
    [0.000_012_345_678_9, 0.000_012_345_7],
    [0, 0],
    [100, 100],
  ])('%d has six significant digits at the most', (value, written) => {
    expect(figure(value)).toBe(written);
  });

  it('may be missing', () => {
    expect([figureOrNull(null), figureOrNull(2 / 3)]).toEqual([null, 0.666667]);
  });
});
