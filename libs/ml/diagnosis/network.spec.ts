import { beforeAll, describe, expect, it } from '#jest';
import {
  grad,
  log,
  slice,
  softmax,
  sub,
  sum,
  type Tensor,
  tensor,
  type Tensor3D,
} from '@tensorflow/tfjs-core';
import { DIAGNOSIS_CLASSES } from './classes.js';
import { logOddsOf } from './log-odds.js';
import { buildDiagnosisNetwork, splitNetwork, traceNetwork } from './network.js';
import { startTensors } from '../network/tf-backend.js';

const WIDTH = 10;
const ROWS = 6;
const OWN = 4;
const features = Float32Array.from({ length: ROWS * WIDTH }, (_, i) => Math.sin(3 * i));

describe('the diagnosis network in two parts', () => {
  beforeAll(() => startTensors());

  // 8 units go to the arithmetic in WebAssembly, 6 to that in typed arrays.
  it.each([8, 6])('says of a class what the whole says at the last row: %i units', (units) => {
    const network = buildDiagnosisNetwork(WIDTH, units, 1);
    const { logits } = traceNetwork(network, features, WIDTH);
    const powers = logits.slice(-DIAGNOSIS_CLASSES).map(Math.exp);
    const others = powers.reduce((all, power) => all + power) - powers[OWN];
    const { project, tail } = splitNetwork(network);
    const twice = Float32Array.from([...project(new Float32Array(features.length)), ...project(features)]);
    const { values } = logOddsOf(tail, ROWS, OWN)(twice, 2);
    expect(values[1]).toBeCloseTo(Math.log(powers[OWN] / others), 5);
    expect(values[0]).not.toBeCloseTo(values[1], 2);
  });

  it.each([8, 6])('has the gradient that tfjs takes through the whole: %i units', (units) => {
    const network = buildDiagnosisNetwork(WIDTH, units, 1);
    const whole = (windows: Tensor): Tensor => {
      const [logits] = network.apply(windows) as Tensor3D[];
      const shares = softmax(slice(logits, [0, ROWS - 1, 0], [1, 1, DIAGNOSIS_CLASSES]));
      const own = sum(slice(shares, [0, 0, OWN], [1, 1, 1]));
      return sub(log(own), log(sub(1, own)));
    };
    const expected = grad(whole)(tensor(features, [1, ROWS, WIDTH])).dataSync<'float32'>();
    const { project, projectBack, tail } = splitNetwork(network);
    const { gradients } = logOddsOf(tail, ROWS, OWN)(project(features), 1);
    projectBack(gradients).forEach((gradient, i) => expect(gradient).toBeCloseTo(expected[i], 5));
    expect(Math.max(...expected.map(Math.abs))).toBeGreaterThan(1e-2);
  });
});
