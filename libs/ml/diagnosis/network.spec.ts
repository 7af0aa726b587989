import { beforeAll, expect, it } from '@jest/globals';
import { slice, square, sum, tensor, type Tensor3D } from '@tensorflow/tfjs-core';
import { DIAGNOSIS_CLASSES } from './classes.js';
import { buildDiagnosisNetwork, splitNetwork, traceNetwork } from './network.js';
import { integratedGradients } from '../network/integrated-gradients.js';
import { startTensors } from '../network/tf-backend.js';

const WIDTH = 10;
const ROWS = 6;
const features = Float32Array.from({ length: ROWS * WIDTH }, (_, i) => Math.sin(3 * i));

beforeAll(() => startTensors());

it('says the same in two parts as in one', () => {
  const network = buildDiagnosisNetwork(WIDTH, 8, 1);
  const { logits } = traceNetwork(network, features, WIDTH);
  const { project, logitsOf } = splitNetwork(network);
  const directions = project(features);
  const inParts = logitsOf(tensor(directions, [1, ROWS, directions.length / ROWS])).dataSync<'float32'>();
  expect(inParts).toHaveLength(ROWS * DIAGNOSIS_CLASSES);
  inParts.forEach((logit, i) => expect(logit).toBeCloseTo(logits[i], 5));
});

it('gives features the attributions that gradients by the features themselves give', () => {
  const network = buildDiagnosisNetwork(WIDTH, 8, 1);
  const { project, projectBack, logitsOf } = splitNetwork(network);
  const lastRow = (logits: Tensor3D) => sum(square(slice(logits, [0, ROWS - 1, 0], [-1, 1, -1])), [1, 2]);
  const whole = (windows: Tensor3D) => lastRow((network.apply(windows) as Tensor3D[])[0]);
  const behind = (windows: Tensor3D) => lastRow(logitsOf(windows) as Tensor3D);
  const atRest = new Float32Array(features.length);
  // the same points of the path in both, as neither is halved
  const options = { tolerance: Infinity };
  const direct = integratedGradients(whole, features, atRest, ROWS, options).attributions;
  const { meanGradient } = integratedGradients(behind, project(features), project(atRest), ROWS, options);
  projectBack(meanGradient).forEach((gradient, i) => {
    expect(gradient * features[i]).toBeCloseTo(direct[i], 5);
  });
  expect(Math.max(...direct.map(Math.abs))).toBeGreaterThan(1e-3);
});
