import {
  logSumExp,
  mul,
  reshape,
  slice,
  sub,
  sum,
  type Tensor,
  tensor2d,
  type Tensor3D,
} from '@tensorflow/tfjs-core';
import { DIAGNOSIS_CLASSES } from './classes.js';
import type { DiagnosisModel } from './model.js';
import { splitNetwork } from './network.js';
import { integratedGradients } from '../network/integrated-gradients.js';

export interface DiagnosisExplanation {
  /** Signed part of each tag in the log-odds of the disturbance, in the order of the model's tags. */
  readonly attributions: Float64Array;
  /** Share of the explained difference that the attributions miss. */
  readonly completenessGap: number;
}

/** Rows that the explanation looks at: 5 h. What lies further back has hardly any effect and costs as much. */
const EXPLAINED_ROWS = 100;
/** Taken from a logit, it takes the class out of a sum of exponentials. */
const NEVER = 1e9;

/**
 * Log-odds of a disturbance at the last row, from a plant at rest to the last hours, divided among the tags. The network begins
 * with a linear map, under which a straight path stays straight: gradients are taken behind it, where a row has a fifth of the
 * numbers, and brought back once.
 */
export function explainDiagnosis(
  model: DiagnosisModel,
  features: Float32Array,
  disturbance: number,
): DiagnosisExplanation {
  const { width, tags } = model.features;
  const { project, projectBack, logitsOf } = splitNetwork(model.network);
  const explained = features.slice(-EXPLAINED_ROWS * width);
  const rows = explained.length / width;
  const logOdds = (windows: Tensor3D): Tensor => logOddsOf(logitsOf(windows), rows - 1, disturbance);
  const atRest = project(new Float32Array(explained.length));
  const { meanGradient, completenessGap } = integratedGradients(logOdds, project(explained), atRest, rows);
  const gradient = projectBack(meanGradient);
  const attributions = new Float64Array(tags);
  explained.forEach((value, i) => (attributions[model.features.tagOf(i % width)] += gradient[i] * value));
  return { attributions, completenessGap };
}

/** ln(p / (1 − p)) of one class at one row, from logits [batch, rows, 21]. */
function logOddsOf(logits: Tensor, row: number, own: number): Tensor {
  const [batch] = logits.shape;
  const atRow = reshape(slice(logits, [0, row, 0], [batch, 1, DIAGNOSIS_CLASSES]), [
    batch,
    DIAGNOSIS_CLASSES,
  ]);
  return sub(sum(mul(atRow, classRow(own, 1)), 1), logSumExp(sub(atRow, classRow(own, NEVER)), 1));
}

/** One row with `value` for one class and 0 for all others. */
function classRow(own: number, value: number): Tensor {
  const row = Array.from({ length: DIAGNOSIS_CLASSES }, (_, k) => (k === own ? value : 0));
  return tensor2d(row, [1, DIAGNOSIS_CLASSES]);
}
