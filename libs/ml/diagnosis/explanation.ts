import { integratedGradients } from '../network/integrated-gradients.js';
import { logOddsOf } from './log-odds.js';
import type { DiagnosisModel } from './model.js';
import { splitNetwork } from './network.js';

export interface DiagnosisExplanation {
  /** Signed part of each tag in the log-odds of the disturbance, in the order of the model's tags. */
  readonly attributions: Float64Array;
  /** Share of the explained difference that the attributions miss. */
  readonly completenessGap: number;
}

/** Rows that the explanation looks at: 5 h. What lies further back has hardly any effect and costs as much. */
const EXPLAINED_ROWS = 100;

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
  const { project, projectBack, tail } = splitNetwork(model.network);
  const explained = features.slice(-EXPLAINED_ROWS * width);
  const logOdds = logOddsOf(tail, explained.length / width, disturbance);
  const atRest = project(new Float32Array(explained.length));
  const { meanGradient, completenessGap } = integratedGradients(logOdds, project(explained), atRest);
  const gradient = projectBack(meanGradient);
  const attributions = new Float64Array(tags);
  explained.forEach((value, i) => (attributions[model.features.tagOf(i % width)] += gradient[i] * value));
  return { attributions, completenessGap };
}
