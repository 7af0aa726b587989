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
import { DIAGNOSIS_CLASSES } from './diagnosis-classes.js';
import type { DiagnosisModel } from './diagnosis-model.js';
import { integratedGradients } from './integrated-gradients.js';

export interface DiagnosisExplanation {
  /** Signed part of each tag in the log-odds of the disturbance, in the order of the model's tags. */
  readonly attributions: Float64Array;
  /** Share of the explained difference that the attributions miss. */
  readonly completenessGap: number;
}

/** Rows that the explanation looks at: 5 h. What lies further back has hardly any effect and costs as much. */
const EXPLAINED_ROWS = 100;
const PATH_POINTS = 192;
/** Taken from a logit, it takes the class out of a sum of exponentials. */
const NEVER = 1e9;

/** Log-odds of a disturbance at the last row, from a plant at rest to the last hours, divided among the tags. */
export function explainDiagnosis(
  model: DiagnosisModel,
  features: Float32Array,
  disturbance: number,
): DiagnosisExplanation {
  const { width } = model.features;
  const explained = features.slice(-EXPLAINED_ROWS * width);
  const rows = explained.length / width;
  const logOdds = (windows: Tensor3D): Tensor => {
    const [logits] = model.network.apply(windows) as Tensor[];
    const [batch] = logits.shape;
    const last = reshape(slice(logits, [0, rows - 1, 0], [batch, 1, DIAGNOSIS_CLASSES]), [
      batch,
      DIAGNOSIS_CLASSES,
    ]);
    const own = sum(mul(last, classRow(disturbance, 1)), 1);
    return sub(own, logSumExp(sub(last, classRow(disturbance, NEVER)), 1));
  };
  const atRest = new Float32Array(explained.length);
  const result = integratedGradients(logOdds, explained, atRest, rows, { maximumPoints: PATH_POINTS });
  const attributions = new Float64Array(model.features.tags);
  result.attributions.forEach((value, i) => (attributions[model.features.tagOf(i % width)] += value));
  return { attributions, completenessGap: result.completenessGap };
}

/** One row with `value` for one class and 0 for all others. */
function classRow(own: number, value: number): Tensor {
  const row = Array.from({ length: DIAGNOSIS_CLASSES }, (_, k) => (k === own ? value : 0));
  return tensor2d(row, [1, DIAGNOSIS_CLASSES]);
}
