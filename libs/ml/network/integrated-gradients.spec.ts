import { beforeAll, describe, expect, it } from '@jest/globals';
import { mul, slice, square, sum, tanh, type Tensor3D } from '@tensorflow/tfjs-core';
import { integratedGradients } from './integrated-gradients.js';
import { startTensors } from './tf-backend.js';

describe('integrated gradients', () => {
  beforeAll(async () => {
    await startTensors();
  });

  it('give x² wholly to x and nothing to an input that does not matter', () => {
    // f = (first input of the last step)²: from 1 to 3 the difference is 8
    const f = (x: Tensor3D) => sum(square(slice(x, [0, 1, 0], [-1, 1, 1])), [1, 2]);
    const result = integratedGradients(f, Float32Array.of(5, 6, 3, 7), Float32Array.of(0, 0, 1, 0), 2);
    expect(result.difference).toBeCloseTo(8, 5);
    expect([...result.attributions].map((share) => Math.round(share * 1e4) / 1e4)).toEqual([0, 0, 8, 0]);
  });

  it('add up to the difference they explain', () => {
    const f = (x: Tensor3D) => sum(tanh(mul(x, 3)), [1, 2]);
    const window = Float32Array.from({ length: 12 }, (_, i) => Math.sin(i));
    const result = integratedGradients(f, window, new Float32Array(12), 3);
    expect(result.completenessGap).toBeLessThan(0.01);
  });
});
