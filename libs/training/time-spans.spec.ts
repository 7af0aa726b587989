import { describe, expect, it } from '#jest';
import { lengthOf, unionOf, without } from './time-spans.js';

const span = (from: number, to: number) => ({ from, to });

describe('spans of time', () => {
  it('are joined where they overlap or touch, in order', () => {
    expect(unionOf([span(5, 7), span(0, 3), span(2, 4), span(7, 8)])).toEqual([span(0, 4), span(5, 8)]);
  });

  it('are left over on both sides of a hole, and gone where it covers them', () => {
    expect(without([span(0, 10), span(20, 30)], [span(4, 6), span(5, 8), span(19, 31)])).toEqual([
      span(0, 4),
      span(8, 10),
    ]);
    expect(without([span(0, 10)], [span(10, 20), span(-5, 0)])).toEqual([span(0, 10)]);
    expect(without([span(0, 10)], [span(-1, 2), span(9, 12)])).toEqual([span(2, 9)]);
  });

  it('have a length together', () => {
    expect(lengthOf([span(0, 4), span(5, 8)])).toBe(7);
  });
});
