import {
  abs,
  max,
  mean,
  randomNormal,
  type Scalar,
  square,
  sub,
  type Tensor,
  tensor,
  tidy,
  train,
} from '@tensorflow/tfjs-core';
import { layers, type LSTMLayerArgs, type RNN, sequential, type Sequential } from '@tensorflow/tfjs-layers';
import { fusedLstmLayer, startTensors } from '#ml/tensors';
import type { BenchFigure } from './bench-figure.js';

const STEPS = 60;
const INPUTS = 52;
const UNITS = 64;
const OUTPUTS = 21;
const BATCH = 32;
const RIVAL = 'tf.layers.lstm';

/** Two LSTM layers and a read-out over one window of 60 samples of 52 tags: the fused layer against that of tfjs. */
export async function run(): Promise<BenchFigure[]> {
  const backend = await startTensors();
  const rival = `${RIVAL} on tfjs ${backend}`;
  const fused = build(fusedLstmLayer);
  const stock = build(layers.lstm);
  stock.setWeights(fused.getWeights());
  const window = randomNormal([1, STEPS, INPUTS], 0, 1, 'float32', 1).dataSync<'float32'>();
  const difference = tidy(() => {
    const input = tensor(window, [1, STEPS, INPUTS]);
    return max(abs(sub(fused.predict(input) as Tensor, stock.predict(input) as Tensor))).dataSync()[0];
  });
  const inference = bestOf(
    () => predict(fused, window),
    () => predict(stock, window),
    { rounds: 40, repeats: 25 },
  );
  const training = bestOf(trainingStep(fused), trainingStep(stock), { rounds: 12, repeats: 1 });
  const compared = (
    figure: string,
    [ours, theirs]: readonly [number, number],
    share: number,
  ): BenchFigure => ({
    bench: 'lstm',
    figure,
    value: ours / share,
    unit: 'ms',
    rival,
    rival_value: theirs / share,
    ratio: theirs / ours,
  });
  return [
    compared('inference of one window', inference, 1),
    compared('training, per sample', training, BATCH),
    { bench: 'lstm', figure: 'largest difference of the outputs', value: difference, unit: '', rival },
  ];
}

function build(lstm: (args: LSTMLayerArgs) => RNN): Sequential {
  const common = {
    recurrentActivation: 'sigmoid',
    recurrentInitializer: 'glorotUniform',
    units: UNITS,
  } as const;
  const model = sequential();
  model.add(lstm({ ...common, returnSequences: true, inputShape: [STEPS, INPUTS] }));
  model.add(lstm(common));
  model.add(layers.dense({ units: OUTPUTS }));
  return model;
}

function predict(model: Sequential, window: Float32Array): void {
  const output = tidy(() => model.predict(tensor(window, [1, STEPS, INPUTS])) as Tensor);
  output.dataSync();
  output.dispose();
}

/** One step of Adam on a batch. */
function trainingStep(model: Sequential): () => void {
  const optimizer = train.adam(1e-4);
  const windows = randomNormal([BATCH, STEPS, INPUTS], 0, 1, 'float32', 2);
  const targets = randomNormal([BATCH, OUTPUTS], 0, 1, 'float32', 3);
  const loss = (): Scalar => {
    const outputs = model.apply(windows, { training: true }) as Tensor;
    return mean(square(sub(outputs, targets)));
  };
  return () => {
    optimizer.minimize(loss)?.dispose();
  };
}

/** Milliseconds of one call of each, the best of many rounds in turn, so that both meet the same machine. */
function bestOf(
  ours: () => void,
  theirs: () => void,
  { rounds, repeats }: { rounds: number; repeats: number },
): readonly [number, number] {
  const time = (work: () => void, times: number): number => {
    const started = performance.now();
    for (let i = 0; i < times; i++) work();
    return (performance.now() - started) / times;
  };
  let best: readonly [number, number] = [Infinity, Infinity];
  for (let round = 0; round < rounds; round++) {
    best = [Math.min(best[0], time(ours, repeats)), Math.min(best[1], time(theirs, 1))];
  }
  return best;
}
