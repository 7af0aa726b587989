import { beforeAll, describe, expect, it } from '#jest';
import {
  abs,
  max,
  mean,
  randomNormal,
  square,
  sub,
  type Tensor,
  tidy,
  valueAndGrads,
} from '@tensorflow/tfjs-core';
import { layers, loadLayersModel, sequential, type Sequential } from '@tensorflow/tfjs-layers';
import { fastDenseLayer } from './fast-dense.layer.js';
import { modelArtifacts } from '../store/model-artifacts.js';
import { startTensors } from './tf-backend.js';

const TOLERANCE = 1e-6;

function largestDifference(a: Tensor, b: Tensor): number {
  return tidy(() => max(abs(sub(a, b))).dataSync()[0]);
}

function oneLayer(dense: typeof layers.dense, activation: 'tanh' | 'linear', useBias: boolean): Sequential {
  const model = sequential();
  model.add(dense({ units: 4, activation, useBias, inputShape: [6, 5] }));
  return model;
}

describe('the dense layer that learns faster', () => {
  beforeAll(async () => {
    await startTensors();
  });

  it.each([
    ['tanh', true],
    ['linear', true],
    ['linear', false],
  ] as const)('computes the gradients of tf.layers.dense (%s, bias %s)', (activation, useBias) => {
    const fast = oneLayer(fastDenseLayer, activation, useBias);
    const stock = oneLayer(layers.dense, activation, useBias);
    stock.setWeights(fast.getWeights());
    const x = randomNormal([3, 6, 5], 0, 1, 'float32', 1);
    const target = randomNormal([3, 6, 4], 0, 1, 'float32', 2);
    const assessed = (model: Sequential): { value: Tensor; grads: Tensor[] } =>
      valueAndGrads((input: Tensor, ..._weights: Tensor[]) =>
        mean(square(sub(model.apply(input) as Tensor, target))),
      )([x, ...model.trainableWeights.map((weight) => weight.read())]);
    const [ours, theirs] = [assessed(fast), assessed(stock)];
    expect(largestDifference(ours.value, theirs.value)).toBeLessThan(TOLERANCE);
    expect(ours.grads).toHaveLength(useBias ? 3 : 2);
    ours.grads.forEach((gradient, i) => {
      expect(largestDifference(gradient, theirs.grads[i])).toBeLessThan(TOLERANCE);
    });
  });

  it('is saved as a stock layer with the same numbers', async () => {
    const fast = oneLayer(fastDenseLayer, 'tanh', true);
    const artifacts = await modelArtifacts(fast);
    const stock = await loadLayersModel({ load: () => Promise.resolve(artifacts) });
    expect(stock.layers[0].constructor.name).toBe('Dense');
    const x = randomNormal([3, 6, 5], 0, 1, 'float32', 3);
    expect(largestDifference(stock.predict(x) as Tensor, fast.predict(x) as Tensor)).toBeLessThan(TOLERANCE);
  });
});
