import { describe, expect, it } from '#jest';
import { type DifferentiableFunction, integratedGradients } from './integrated-gradients.js';

/** The sum of g over the inputs of a window, `size` of them. */
function summed(
  size: number,
  g: (x: number) => number,
  slope: (x: number) => number,
): DifferentiableFunction {
  return (windows, count) => ({
    values: Array.from({ length: count }, (_, k) =>
      windows.subarray(k * size, (k + 1) * size).reduce((sum, x) => sum + g(x), 0),
    ),
    gradients: windows.map(slope),
  });
}

describe('integrated gradients', () => {
  it('give x² wholly to x and nothing to an input that does not matter', () => {
    // f = (third input)²: from 1 to 3 the difference is 8
    const f: DifferentiableFunction = (windows, count) => ({
      values: Array.from({ length: count }, (_, k) => windows[k * 4 + 2] ** 2),
      gradients: windows.map((x, i) => (i % 4 === 2 ? 2 * x : 0)),
    });
    const result = integratedGradients(f, Float32Array.of(5, 6, 3, 7), Float32Array.of(0, 0, 1, 0));
    expect(result.difference).toBeCloseTo(8, 5);
    expect([...result.attributions].map((share) => Math.round(share * 1e4) / 1e4)).toEqual([0, 0, 8, 0]);
    // Simpson's rule is exact for it
    expect(result.points).toBe(11);
  });

  it('add up to the difference they explain', () => {
    const f = summed(
      12,
      (x) => Math.tanh(3 * x),
      (x) => 3 * (1 - Math.tanh(3 * x) ** 2),
    );
    const window = Float32Array.from({ length: 12 }, (_, i) => Math.sin(i));
    const { completenessGap, attributions, difference } = integratedGradients(
      f,
      window,
      new Float32Array(12),
    );
    expect(completenessGap).toBeLessThan(0.01);
    const total = attributions.reduce((sum, share) => sum + share, 0);
    expect(Math.abs(total - difference)).toBeLessThan(0.01 * Math.abs(difference));
  });

  it('find a change of mind that takes a thousandth of the path', () => {
    // a step of 1 at x = 0.3 for the first input, one of −1 at 0.7 for the second: together they explain nothing
    const steepness = 4_000;
    const step = (x: number, at: number): number => 1 / (1 + Math.exp(-steepness * (x - at)));
    const slope = (x: number, at: number): number => steepness * step(x, at) * (1 - step(x, at));
    const f: DifferentiableFunction = (windows, count) => ({
      values: Array.from(
        { length: count },
        (_, k) => step(windows[2 * k], 0.3) - step(windows[2 * k + 1], 0.7) + windows[2 * k],
      ),
      gradients: windows.map((x, i) => (i % 2 === 0 ? 1 + slope(x, 0.3) : -slope(x, 0.7))),
    });
    const { attributions, points } = integratedGradients(f, Float32Array.of(1, 1), new Float32Array(2));
    // ups and downs of 1, 1 and 1 along the path, of which pieces may miss a twentieth
    expect(Math.abs(attributions[0] - 2)).toBeLessThan(0.15);
    expect(Math.abs(attributions[1] + 1)).toBeLessThan(0.15);
    expect(points).toBeLessThan(100);
  });

  it('say how much is missing when they may not take more points', () => {
    const f = summed(
      1,
      (x) => 1 / (1 + Math.exp(-500 * (x - 0.3))),
      (x) => 500 / (Math.exp(250 * (x - 0.3)) + Math.exp(-250 * (x - 0.3))) ** 2,
    );
    const { completenessGap, points } = integratedGradients(f, Float32Array.of(1), new Float32Array(1), {
      maximumPoints: 11,
    });
    expect(points).toBe(11);
    expect(completenessGap).toBeGreaterThan(0.5);
  });
});
