import { tensor1d, tensor2d } from '@tensorflow/tfjs-core';
import { input, layers, model as layersModel, type SymbolicTensor } from '@tensorflow/tfjs-layers';
import { DLinear } from './dlinear.js';
import { FORECAST_BASES, HORIZON_SHAPES } from './blend.js';
import { FORECAST_HORIZON } from './horizon.js';
import { forecastFeatureWidth } from './inputs.js';
import { COVERAGE_LEVELS } from './intervals.js';
import { BLEND, CORRECTIONS, ForecastModel, MEMORY } from './model.js';
import { ForecastRivals } from './rivals.js';
import { RidgeVar } from './ridge-var.js';
import { StandardScaler } from '../math/standard-scaler.js';

export const TAGS = 2;
export const WIDTH = FORECAST_HORIZON * TAGS;
/** What is left of the tags after a row. */
export const DECAY = [0.5, 0];
const LAST_VALUE = 1;
export const [CALM, DISTURBED] = [1e9, 1e-9];

interface ForecastModelOptions {
  /** Excitement from which on the plant counts as disturbed: one of the two above decides it for every row. */
  disturbedAbove: number;
  /** Which of the bases the network chooses, by default the last value. */
  base?: number;
  /** Half-width at a coverage of 1, to which they grow in proportion. */
  halfWidth?: (regime: number, step: number, tag: number) => number;
}

/** The network remembers the features of a row as they are, chooses a base, and corrects the first tag by its squashed value. */
export function aForecastModel({
  disturbedAbove,
  base = LAST_VALUE,
  halfWidth = () => 1,
}: ForecastModelOptions): ForecastModel {
  const features = forecastFeatureWidth(TAGS);
  const windows = input({ shape: [null, features] });
  const memory = layers.dense({ units: features, kernelInitializer: 'identity', name: MEMORY });
  const hidden = memory.apply(windows) as SymbolicTensor;
  const blend = layers.dense({ units: TAGS * FORECAST_BASES * HORIZON_SHAPES, name: BLEND });
  const corrections = layers.dense({ units: TAGS * HORIZON_SHAPES, name: CORRECTIONS });
  const outputs = [blend, corrections].map((layer) => layer.apply(hidden) as SymbolicTensor);
  const network = layersModel({ inputs: windows, outputs });
  const perTag = FORECAST_BASES * HORIZON_SHAPES;
  const chosen = Float32Array.from({ length: TAGS * perTag }, (_, at) =>
    at % perTag === base * HORIZON_SHAPES ? 40 : 0,
  );
  const nothing = (units: number) => tensor2d(new Float32Array(features * units), [features, units]);
  blend.setWeights([nothing(chosen.length), tensor1d(chosen)]);
  const ofFirst = new Float32Array(features * TAGS * HORIZON_SHAPES).fill(1, 0, 1);
  const size = TAGS * HORIZON_SHAPES;
  corrections.setWeights([tensor2d(ofFirst, [features, size]), tensor1d(new Float32Array(size))]);
  const model = new RidgeVar(1, TAGS, Float64Array.of(DECAY[0], 0, 0, DECAY[1]));
  const foundation = {
    scaler: StandardScaler.fromJSON({ kind: 'zscore', offset: [10, 20], scale: [2, 4] }),
    model,
    innovationVariance: Float64Array.of(1, 1),
    disturbedAbove,
  };
  const halfWidths = Float32Array.from({ length: 2 * WIDTH * COVERAGE_LEVELS.length }, (_, entry) => {
    const at = Math.floor(entry / COVERAGE_LEVELS.length);
    const step = Math.floor((at % WIDTH) / TAGS) + 1;
    return (
      halfWidth(Math.floor(at / WIDTH), step, at % TAGS) * COVERAGE_LEVELS[entry % COVERAGE_LEVELS.length]
    );
  });
  const dlinear = new DLinear(TAGS, 2, FORECAST_HORIZON, new Float32Array(TAGS * 2 * FORECAST_HORIZON));
  const rivals = new ForecastRivals(model, dlinear, Float32Array.of(1, 2, 3));
  return new ForecastModel(network, foundation, { halfWidths }, rivals);
}

/** Standardised rows, 0 but for a few. */
export function aWindow(
  rows: number,
  values: Readonly<Record<number, readonly number[]>> = {},
): Float64Array {
  const z = new Float64Array(rows * TAGS);
  for (const [row, value] of Object.entries(values)) z.set(value, Number(row) * TAGS);
  return z;
}
