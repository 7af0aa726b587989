import { DIAGNOSIS_CLASSES, type DiagnosisModel } from './diagnosis-model.js';
import { type LabelledRun, labelOf } from './labelled-run.js';

/** Rows at the start of a run that are not judged: the charts and the network have no past yet. */
const UNJUDGED_ROWS = 20;
const RELIABILITY_BINS = 10;

export interface ReliabilityBin {
  readonly confidence: number;
  readonly accuracy: number;
  readonly rows: number;
}

/** Figures of a diagnosis over rows with known truth. */
export interface DiagnosisFigures {
  /** confusion[truth][answer] in rows; classes 0 … 20. */
  readonly confusion: readonly (readonly number[])[];
  /** Share of right answers per class that is present, null for the others. */
  readonly recall: readonly (number | null)[];
  readonly macroRecall: number;
  /** Share of faulty rows called any fault, of normal rows called a fault, of detected rows called the right fault. */
  readonly truePositiveRate: number;
  readonly falsePositiveRate: number;
  readonly correctDiagnosisRate: number;
  /** Expected calibration error of the probability of the answer, in ten bins. */
  readonly calibrationError: number;
  readonly reliability: readonly ReliabilityBin[];
}

/**
 * Judges every row of every run but the first twenty.
 * @param alarms per run and row, whether the detector is in alarm; rows without alarm count as called normal
 */
export function evaluateDiagnosis(
  model: DiagnosisModel,
  runs: readonly LabelledRun[],
  alarms?: readonly (readonly boolean[])[],
): DiagnosisFigures {
  const confusion = Array.from({ length: DIAGNOSIS_CLASSES }, () =>
    new Array<number>(DIAGNOSIS_CLASSES).fill(0),
  );
  const bins = Array.from({ length: RELIABILITY_BINS }, () => ({ confidence: 0, right: 0, rows: 0 }));
  runs.forEach((run, index) => {
    const { rows, probabilities } = model.trace(run.values);
    for (let row = UNJUDGED_ROWS; row < rows; row++) {
      const own = probabilities.subarray(row * DIAGNOSIS_CLASSES, (row + 1) * DIAGNOSIS_CLASSES);
      const truth = labelOf(run, row);
      const unguarded = likeliest(own, 0);
      const bin = bins[Math.min(RELIABILITY_BINS - 1, Math.floor(own[unguarded] * RELIABILITY_BINS))];
      bin.confidence += own[unguarded];
      bin.right += unguarded === truth ? 1 : 0;
      bin.rows++;
      confusion[truth][answerOf(own, alarms?.[index][row])]++;
    }
  });
  return { ...ratesOf(confusion), ...reliabilityOf(bins) };
}

/** With an alarm the likeliest disturbance, without one normal; without a detector whatever is likeliest. */
function answerOf(probabilities: Float32Array, alarm: boolean | undefined): number {
  if (alarm === undefined) return likeliest(probabilities, 0);
  return alarm ? likeliest(probabilities, 1) : 0;
}

function likeliest(probabilities: Float32Array, from: number): number {
  let best = from;
  for (let k = from + 1; k < probabilities.length; k++) if (probabilities[k] > probabilities[best]) best = k;
  return best;
}

function ratesOf(confusion: readonly number[][]): Omit<DiagnosisFigures, 'calibrationError' | 'reliability'> {
  const totals = confusion.map((answers) => answers.reduce((sum, count) => sum + count, 0));
  const recall = confusion.map((answers, k) => (totals[k] > 0 ? answers[k] / totals[k] : null));
  const present = recall.filter((share) => share !== null);
  const faulty = totals.slice(1).reduce((sum, count) => sum + count, 0);
  const missed = confusion.slice(1).reduce((sum, answers) => sum + answers[0], 0);
  const named = confusion.reduce((sum, answers, k) => sum + (k > 0 ? answers[k] : 0), 0);
  return {
    confusion,
    recall,
    macroRecall: present.reduce((sum, share) => sum + share, 0) / present.length,
    truePositiveRate: 1 - missed / faulty,
    falsePositiveRate: 1 - confusion[0][0] / totals[0],
    correctDiagnosisRate: named / (faulty - missed),
  };
}

function reliabilityOf(
  bins: readonly { confidence: number; right: number; rows: number }[],
): Pick<DiagnosisFigures, 'calibrationError' | 'reliability'> {
  const filled = bins.filter((bin) => bin.rows > 0);
  const total = filled.reduce((sum, bin) => sum + bin.rows, 0);
  return {
    calibrationError: filled.reduce((sum, bin) => sum + Math.abs(bin.confidence - bin.right) / total, 0),
    reliability: filled.map(({ confidence, right, rows }) => ({
      confidence: confidence / rows,
      accuracy: right / rows,
      rows,
    })),
  };
}
