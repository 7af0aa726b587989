import type { Tensor } from '@tensorflow/tfjs-core';
import { tfCore } from './tensorflow.js';

const { tidy } = tfCore;

/**
 * Numbers of a computed tensor; everything made on the way is freed. A typed array must not be what `tidy` returns: tfjs would
 * look for tensors in each of its numbers.
 */
export function valuesOf(compute: () => Tensor): Float32Array {
  return allValuesOf(() => [compute()])[0];
}

/** The same for several tensors. */
export function allValuesOf(compute: () => Tensor[]): Float32Array[] {
  const tensors = tidy(compute);
  return tensors.map((tensor) => {
    const values = tensor.dataSync<'float32'>();
    tensor.dispose();
    return values;
  });
}
