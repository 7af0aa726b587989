import { areaOfSorted } from '../math/area-under-roc.js';
import { bootstrapStatistic, type Interval } from '../math/bootstrap.js';
import type { DiagnosisFigures } from './diagnosis-evaluation.js';
import type { ReliabilityBin } from './diagnosis-reliability.js';
import { SeededRandom } from '../math/seeded-random.js';
import { quantileOfSorted } from '../math/quantile.js';

/** What the diagnosis made of one run. */
export interface AssessedDiagnosis {
  readonly idv: number;
  readonly figures: DiagnosisFigures;
}

/** Figures over a set of runs. */
export interface DiagnosisSummary {
  readonly runs: number;
  /** confusion[truth][answer] in rows; class 0 is normal. */
  readonly confusion: readonly (readonly number[])[];
  /** Share of right answers per class that is present, null for the others. */
  readonly recall: readonly (Interval | null)[];
  readonly macroRecall: Interval | null;
  /** Without faults 3, 9 and 15. */
  readonly macroRecallWithoutHard: Interval | null;
  readonly truePositiveRate: Interval | null;
  readonly falsePositiveRate: Interval | null;
  /** Of the detected rows, those given the right name. */
  readonly correctDiagnosisRate: Interval | null;
  readonly calibrationError: Interval | null;
  readonly reliability: readonly ReliabilityBin[];
}

const HARD_FAULTS: readonly number[] = [3, 9, 15];
const BINS = 10;

/** @returns null without runs */
export function summariseDiagnosis(runs: readonly AssessedDiagnosis[]): DiagnosisSummary | null {
  if (runs.length === 0) return null;
  const faults = [...new Set(runs.map(({ idv }) => idv))].sort((a, b) => a - b);
  const strata = faults.map((idv) => runs.filter((run) => run.idv === idv).map(sparse));
  const over = (figure: (confusion: Confusion) => number): Interval | null =>
    bootstrapStatistic(strata, (drawn) => figure(confusionOf(drawn.flat())));
  const whole = confusionOf(strata.flat());
  const bins = binsOf(strata.flat());
  return {
    runs: runs.length,
    confusion: whole,
    recall: whole.map((_, k) => over((confusion) => recallOf(confusion, k))),
    macroRecall: over((confusion) => macroRecall(confusion, [])),
    macroRecallWithoutHard: over((confusion) => macroRecall(confusion, HARD_FAULTS)),
    truePositiveRate: over((confusion) => 1 - missedRows(confusion) / faultyRows(confusion)),
    falsePositiveRate: over((confusion) => 1 - recallOf(confusion, 0)),
    correctDiagnosisRate: over(
      (confusion) => namedRows(confusion) / (faultyRows(confusion) - missedRows(confusion)),
    ),
    calibrationError: bootstrapStatistic(strata, (drawn) => calibrationError(binsOf(drawn.flat()))),
    reliability: bins
      .filter(({ rows }) => rows > 0)
      .map(({ confidence, right, rows }) => ({
        confidence: confidence / rows,
        accuracy: right / rows,
        rows,
      })),
  };
}

type Confusion = readonly (readonly number[])[];

/** The rows of the confusion matrix that a run fills: normal operation and its own fault. */
interface SparseRun {
  readonly classes: number;
  readonly answers: readonly { readonly truth: number; readonly counts: readonly number[] }[];
  readonly reliability: readonly ReliabilityBin[];
}

function sparse({ figures: { confusion, reliability } }: AssessedDiagnosis): SparseRun {
  const answers = confusion.flatMap((counts, truth) =>
    counts.some((count) => count > 0) ? [{ truth, counts }] : [],
  );
  return { classes: confusion.length, answers, reliability };
}

function confusionOf(runs: readonly SparseRun[]): number[][] {
  const first = runs.at(0);
  const classes = first?.classes ?? 0;
  const width = first?.answers.at(0)?.counts.length ?? classes;
  const confusion = Array.from({ length: classes }, () => new Array<number>(width).fill(0));
  for (const run of runs) {
    for (const { truth, counts } of run.answers) {
      const into = confusion[truth];
      for (let k = 0; k < width; k++) into[k] += counts[k];
    }
  }
  return confusion;
}

function rowTotal(counts: readonly number[]): number {
  return counts.reduce((sum, count) => sum + count, 0);
}

function recallOf(confusion: Confusion, k: number): number {
  return confusion[k][k] / rowTotal(confusion[k]);
}

function macroRecall(confusion: Confusion, leftOut: readonly number[]): number {
  const recalls = confusion
    .map((_, k) => recallOf(confusion, k))
    .filter((recall, k) => !Number.isNaN(recall) && !leftOut.includes(k));
  return recalls.reduce((sum, recall) => sum + recall, 0) / recalls.length;
}

function faultyRows(confusion: Confusion): number {
  return confusion.slice(1).reduce((sum, counts) => sum + rowTotal(counts), 0);
}

function missedRows(confusion: Confusion): number {
  return confusion.slice(1).reduce((sum, counts) => sum + counts[0], 0);
}

function namedRows(confusion: Confusion): number {
  return confusion.reduce((sum, counts, k) => sum + (k > 0 ? counts[k] : 0), 0);
}

interface Bin {
  confidence: number;
  right: number;
  rows: number;
}

/** A bin's mean confidence lies within it, so the bins of single runs find their place again. */
function binsOf(runs: readonly SparseRun[]): Bin[] {
  const bins = Array.from({ length: BINS }, (): Bin => ({ confidence: 0, right: 0, rows: 0 }));
  for (const { reliability } of runs) {
    for (const { confidence, accuracy, rows } of reliability) {
      const bin = bins[Math.min(BINS - 1, Math.floor(confidence * BINS))];
      bin.confidence += confidence * rows;
      bin.right += accuracy * rows;
      bin.rows += rows;
    }
  }
  return bins;
}

function calibrationError(bins: readonly Bin[]): number {
  const total = bins.reduce((sum, { rows }) => sum + rows, 0);
  return bins.reduce((sum, { confidence, right }) => sum + Math.abs(confidence - right) / total, 0);
}

/**
 * How well strangeness separates a disturbance that was never learnt from those that were: the area under the ROC over rows in
 * alarm, with an interval from drawing runs of both kinds anew.
 *
 * @param unknown per run, strangeness of its rows in alarm, ascending
 * @param known likewise
 * @returns null when either kind has no rows
 */
export function unknownSeparation(
  unknown: readonly Float64Array[],
  known: readonly Float64Array[],
): Interval | null {
  const [strange, familiar] = [unknown, known].map((runs) => runs.filter((run) => run.length > 0));
  if (strange.length === 0 || familiar.length === 0) return null;
  const areas = strange.map((positives) => familiar.map((negatives) => areaOfSorted(positives, negatives)));
  const area = (positives: readonly number[], negatives: readonly number[]): number => {
    let [wins, pairs] = [0, 0];
    for (const i of positives) {
      for (const j of negatives) {
        const weight = strange[i].length * familiar[j].length;
        wins += weight * areas[i][j];
        pairs += weight;
      }
    }
    return wins / pairs;
  };
  const random = new SeededRandom(1);
  const draw = (count: number): number[] => Array.from({ length: count }, () => random.nextInt(count));
  const drawn = Float64Array.from({ length: 500 }, () => area(draw(strange.length), draw(familiar.length)));
  drawn.sort();
  return {
    mean: area([...strange.keys()], [...familiar.keys()]),
    low: quantileOfSorted(drawn, 0.025),
    high: quantileOfSorted(drawn, 0.975),
  };
}
