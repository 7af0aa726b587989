import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, it } from '#jest';
import {
  abs,
  type Scalar,
  type Tensor,
  max,
  mean,
  randomNormal,
  serialization,
  square,
  sub,
  tidy,
  variableGrads,
  grad,
} from '@tensorflow/tfjs-core';
import {
  initializers,
  layers,
  loadLayersModel,
  type LSTMLayerArgs,
  type RNN,
  sequential,
  type Sequential,
} from '@tensorflow/tfjs-layers';
import { fusedLstmLayer, loadLstmsAsFused } from './fused-lstm.layer.js';
import type { LstmKernel, LstmShape } from './lstm-kernel.js';
import { createTypedArrayLstm } from './lstm-typed-array.js';
import { createWasmLstm } from './lstm-wasm.js';
import { modelArtifacts } from '../store/model-artifacts.js';
import { startTensors } from './tf-backend.js';

const TOLERANCE = 1e-5;

function largestDifference(a: Tensor, b: Tensor): number {
  return tidy(() => max(abs(sub(a, b))).dataSync()[0]);
}

function twoLayers(
  lstm: (args: LSTMLayerArgs) => RNN,
  gates: 'sigmoid' | 'hardSigmoid',
  seed = 1,
): Sequential {
  const model = sequential();
  const kernelInitializer = initializers.glorotUniform({ seed });
  const recurrentInitializer = initializers.glorotUniform({ seed: seed + 100 });
  const common = { recurrentActivation: gates, kernelInitializer, recurrentInitializer };
  model.add(lstm({ units: 12, returnSequences: true, inputShape: [9, 7], ...common }));
  model.add(lstm({ units: 8, ...common }));
  model.add(layers.dense({ units: 3, kernelInitializer }));
  return model;
}

function withWeightsOf(model: Sequential, weights: Sequential): Sequential {
  model.setWeights(weights.getWeights());
  return model;
}

describe('the fused LSTM layer', () => {
  beforeAll(async () => {
    await startTensors();
  });

  describe.each(['sigmoid', 'hardSigmoid'] as const)('with %s gates', (gates) => {
    it('computes the outputs of tf.layers.lstm', () => {
      const fused = twoLayers(fusedLstmLayer, gates);
      const stock = withWeightsOf(twoLayers(layers.lstm, gates), fused);
      const x = randomNormal([5, 9, 7], 0, 2, 'float32', 3);
      expect(largestDifference(fused.predict(x) as Tensor, stock.predict(x) as Tensor)).toBeLessThan(
        TOLERANCE,
      );
    });

    it('computes the gradients of tf.layers.lstm for every weight and for the input', () => {
      const fused = twoLayers(fusedLstmLayer, gates);
      const stock = withWeightsOf(twoLayers(layers.lstm, gates), fused);
      const x = randomNormal([5, 9, 7], 0, 1, 'float32', 4);
      const target = randomNormal([5, 3], 0, 1, 'float32', 5);
      const loss = (model: Sequential, input: Tensor): Scalar =>
        mean(square(sub(model.apply(input) as Tensor, target)));
      const gradients = (model: Sequential): Tensor[] => {
        const variables = model.trainableWeights.map((weight) => weight.read() as never);
        const { grads } = variableGrads(() => loss(model, x), variables);
        const byInput = grad((input) => loss(model, input))(x);
        return [
          ...model.trainableWeights.map((weight) => grads[weight.name] ?? grads[weight.originalName]),
          byInput,
        ];
      };
      const [ours, theirs] = [gradients(fused), gradients(stock)];
      expect(ours).toHaveLength(9);
      ours.forEach((tensor, i) => expect(largestDifference(tensor, theirs[i])).toBeLessThan(TOLERANCE));
    });
  });

  it('saves a model that stock tfjs loads, with the same numbers, and loads it back fused', async () => {
    const fused = twoLayers(fusedLstmLayer, 'sigmoid');
    const x = randomNormal([2, 9, 7], 0, 1, 'float32', 6);
    const expected = fused.predict(x) as Tensor;
    const artifacts = await modelArtifacts(fused);
    expect(JSON.stringify(artifacts.modelTopology)).toContain('"class_name":"LSTM"');
    const stockClass = layers.lstm({ units: 1 }).constructor;
    serialization.SerializationMap.register(stockClass as serialization.SerializableConstructor<RNN>);
    const stock = await loadLayersModel({ load: () => Promise.resolve(artifacts) });
    loadLstmsAsFused();
    const again = await loadLayersModel({ load: () => Promise.resolve(artifacts) });
    expect(stock.layers[0].constructor.name).toBe('LSTM');
    expect(again.layers[0].constructor.name).toBe('FusedLstm');
    expect(largestDifference(stock.predict(x) as Tensor, expected)).toBeLessThan(TOLERANCE);
    expect(largestDifference(again.predict(x) as Tensor, expected)).toBe(0);
  });

  it('computes with the weights of the moment after they were changed', () => {
    const fused = twoLayers(fusedLstmLayer, 'sigmoid');
    const other = twoLayers(layers.lstm, 'sigmoid', 2);
    const x = randomNormal([1, 9, 7], 0, 1, 'float32', 7);
    expect(largestDifference(fused.predict(x) as Tensor, other.predict(x) as Tensor)).toBeGreaterThan(0.01);
    withWeightsOf(fused, other);
    expect(largestDifference(fused.predict(x) as Tensor, other.predict(x) as Tensor)).toBeLessThan(TOLERANCE);
  });

  it('takes the stock path where the operation does not reach: dropout, masks, given states', () => {
    const layer = fusedLstmLayer({ units: 4, dropout: 0.5, recurrentInitializer: 'glorotUniform' });
    expect((layer.apply(randomNormal([1, 3, 2])) as Tensor).shape).toEqual([1, 4]);
  });
});

describe('the two LSTM kernels', () => {
  const random = (length: number, seed: number): Float32Array =>
    Float32Array.from({ length }, (_, i) => Math.sin(12.9898 * (i + 1) + seed) * 0.8);

  function everything(kernel: LstmKernel, shape: LstmShape): Float32Array[] {
    const { batch, steps, inputs, units } = shape;
    const x = random(batch * steps * inputs, 1);
    const weights = {
      kernel: random(inputs * 4 * units, 2),
      recurrent: random(units * 4 * units, 3),
      bias: random(4 * units, 4),
    };
    const trace = kernel.forward(shape, x, weights);
    const dz = kernel.backward(shape, trace, weights.recurrent, random(batch * steps * units, 5));
    return [
      kernel.infer(shape, x, weights),
      trace.outputs,
      trace.cells,
      trace.gates,
      dz,
      kernel.inputGradient(shape, weights.kernel, dz),
      kernel.kernelGradient(shape, x, dz),
      kernel.recurrentGradient(shape, trace.outputs, dz),
      kernel.biasGradient(shape, dz),
    ];
  }

  it.each([
    { batch: 1, steps: 1, inputs: 1, units: 4, hardGates: false },
    { batch: 1, steps: 60, inputs: 52, units: 64, hardGates: false },
    { batch: 6, steps: 5, inputs: 13, units: 20, hardGates: false },
    { batch: 3, steps: 4, inputs: 52, units: 8, hardGates: true },
    { batch: 5, steps: 70, inputs: 3, units: 12, hardGates: false },
  ])('agree for batch $batch, steps $steps, inputs $inputs, units $units', (shape) => {
    const simd = everything(createWasmLstm(), shape);
    const plain = everything(createTypedArrayLstm(), shape);
    simd.forEach((values, i) => {
      expect(values).toHaveLength(plain[i].length);
      const worst = values.reduce(
        (most, value, j) => Math.max(most, Math.abs(value - plain[i][j]) / (1 + Math.abs(value))),
        0,
      );
      expect(worst).toBeLessThan(TOLERANCE);
    });
  });

  it('come from the source that is checked in', async () => {
    const build = fileURLToPath(new URL('../../../../libs/ml/wasm/build.mjs', import.meta.url));
    await expect(promisify(execFile)(process.execPath, [build, '--check'])).resolves.toBeDefined();
  });
});
