import { areaUnderRoc } from '../math/area-under-roc.js';
import type { DiagnosisModel } from '../diagnosis/model.js';
import type { FeatureRun } from '../diagnosis/sequences.js';
import {
  type DiagnosisTrainingSet,
  type DiagnosisTrainingOptions,
  trainDiagnosisOn,
  withoutDisturbances,
} from './diagnosis-training.js';
import { alarmRowsOf } from '../diagnosis/verdict.js';

/**
 * Disturbances left out together, so that five networks cover all twenty. Those of one cause stay together: a network that
 * knows the step of a temperature has no reason to find its random motion strange.
 */
const FOLDS: readonly (readonly number[])[] = [
  [3, 6, 9, 20],
  [4, 7, 11, 14],
  [5, 12, 15, 19],
  [1, 2, 8, 13],
  [10, 16, 17, 18],
];
/** Rows at the start of a run that are not assessed. */
const UNASSESSED_ROWS = 20;

export interface LeaveOutFigures {
  /** Mean over the disturbances. */
  readonly auroc: number;
  readonly byDisturbance: Readonly<Record<string, number>>;
}

/**
 * How well networks that have never seen a disturbance find it strange: area under the ROC curve of strangeness, rows of
 * each left-out disturbance against rows of all that the same network learnt, in alarm only.
 * @param test runs that served nothing else
 */
export async function assessLeaveOut(
  trainingSet: DiagnosisTrainingSet,
  test: readonly FeatureRun[],
  options: Pick<DiagnosisTrainingOptions, 'seed' | 'epochs' | 'onProgress' | 'signal'>,
): Promise<LeaveOutFigures> {
  const byDisturbance = new Map<number, number>();
  for (const [k, fold] of FOLDS.entries()) {
    const onProgress = (share: number, loss: number): void =>
      options.onProgress?.((k + share) / FOLDS.length, loss);
    const model = await trainDiagnosisOn(withoutDisturbances(trainingSet, fold), { ...options, onProgress });
    const known = test.filter(({ run }) => !fold.includes(run.idv)).flatMap((run) => detected(model, run));
    for (const idv of fold) {
      const own = test.filter(({ run }) => run.idv === idv).flatMap((run) => detected(model, run));
      const auroc = areaUnderRoc(own, known);
      if (!Number.isNaN(auroc)) byDisturbance.set(idv, auroc);
    }
  }
  const figures = [...byDisturbance].sort(([a], [b]) => a - b);
  return {
    auroc: figures.reduce((sum, [, auroc]) => sum + auroc, 0) / figures.length,
    byDisturbance: Object.fromEntries(figures),
  };
}

/** Strangeness of the rows under the disturbance that the detector sees. */
function detected(model: DiagnosisModel, { run, rows, features, alarmRatios }: FeatureRun): number[] {
  const alarmRows = alarmRowsOf(Array.from(alarmRatios, (ratio) => ratio > 1));
  const trace = model.traceFeaturesInWindows(features);
  const strangeness: number[] = [];
  for (let row = Math.max(UNASSESSED_ROWS, run.onsetRow); row < rows; row++) {
    if (alarmRatios[row] > 1) strangeness.push(trace.strangeness(row, alarmRows[row]));
  }
  return strangeness;
}
