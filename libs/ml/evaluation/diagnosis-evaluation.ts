import { DISTURBANCES } from '#tep';
import { areaUnderRoc } from '../math/area-under-roc.js';
import { isTopHit } from './detection-metrics.js';
import { alarmRatios } from './alarms.js';
import type { StreamingDetector } from '../detectors/detector.js';
import { DIAGNOSIS_CLASSES, UNKNOWN } from '../diagnosis/classes.js';
import { explainDiagnosis } from '../diagnosis/explanation.js';
import type { DiagnosisModel, DiagnosisTrace } from '../diagnosis/model.js';
import { type Reliability, type ReliabilityBin, ReliabilityTable } from './diagnosis-reliability.js';
import { alarmRowsOf, answerOf, type DiagnosisVerdict } from '../diagnosis/verdict.js';
import { type LabelledRun, labelOf } from '../window/labelled-run.js';
import { CONTEXT_ROWS } from '../window/prediction-window.js';

/** Rows at the start of a run that are not assessed: the charts and the network have no past yet. */
const UNASSESSED_ROWS = 20;
const ROWS_PER_HOUR = 20;
/** So many right answers in a row count as a disturbance named. */
const CONSECUTIVE = 6;
/** Rows after the first alarm at which the explanation is assessed: an hour. */
const EXPLAINED_AFTER_ROWS = 20;

/** Figures of a diagnosis over rows with known truth. */
export interface DiagnosisFigures {
  /** confusion[truth][answer] in rows; truths 0 … 20, answers 0 … 20 and, at 21, unknown. */
  readonly confusion: readonly (readonly number[])[];
  /** Share of right answers per class that is present, null for the others. */
  readonly recall: readonly (number | null)[];
  readonly macroRecall: number;
  /** Share of faulty rows called any fault, of normal rows called a fault, of detected rows called the right fault. */
  readonly truePositiveRate: number;
  readonly falsePositiveRate: number;
  readonly correctDiagnosisRate: number;
  /** Expected calibration error of the probability of the likeliest answer, in ten bins. */
  readonly calibrationError: number;
  readonly reliability: readonly ReliabilityBin[];
}

/** What can be said of a diagnosis that a detector gates, as the product shows it. */
export interface GatedDiagnosisFigures extends DiagnosisFigures {
  /** Rows in alarm during the first hour of alarm, under a disturbance that was learnt. */
  readonly firstHourOfAlarm: Reliability;
  /** All rows of the first hour under the disturbance, seen by the detector or not. */
  readonly firstHourOfFault: Reliability;
  /** Share of the detected rows of learnt disturbances that are called unknown; null without such rows. */
  readonly knownCalledUnknown: { readonly firstHour: number | null; readonly later: number | null };
  /** Of disturbances beyond those learnt, while in alarm; null when there are none. */
  readonly unknown: { readonly rows: number; readonly recall: number; readonly auroc: number } | null;
  /** Rows from the onset to the first of six right answers in a row, median over runs; null when most runs have none. */
  readonly rowsToName: readonly (number | null)[];
  /** Share of explanations with one of the disturbance's expected tags among the first three; null without any. */
  readonly attributionHitRate: number | null;
}

/** A run with the diagnosis of each of its rows. */
export interface TracedRun {
  readonly run: LabelledRun;
  readonly trace: DiagnosisTrace;
}

/** Every row of every run from a window as a prediction sees it. */
export function traceRuns(model: DiagnosisModel, runs: readonly LabelledRun[]): TracedRun[] {
  return runs.map((run) => ({ run, trace: model.traceRun(run.values) }));
}

/**
 * Assesses the network on its own: its likeliest class, normal among them, of every row of every run but the first twenty. Runs
 * under a disturbance beyond those learnt are left out.
 */
export function evaluateDiagnosis(traced: readonly TracedRun[]): DiagnosisFigures {
  const confusion = emptyConfusion();
  const reliability = new ReliabilityTable();
  for (const { run, trace } of traced) {
    if (run.idv >= DIAGNOSIS_CLASSES) continue;
    const { rows, probabilities } = trace;
    for (let row = UNASSESSED_ROWS; row < rows; row++) {
      const own = probabilities.subarray(row * DIAGNOSIS_CLASSES, (row + 1) * DIAGNOSIS_CLASSES);
      const answer = own.indexOf(Math.max(...own));
      const truth = labelOf(run, row);
      confusion[truth][answer]++;
      reliability.add(own[answer], answer === truth);
    }
  }
  return { ...ratesOf(confusion), ...overall(reliability) };
}

/**
 * Assesses what the product says: every row of every run but the first twenty, gated by the detector. Rows under a disturbance
 * beyond those learnt count in `unknown` only.
 */
export function evaluateGatedDiagnosis(
  model: DiagnosisModel,
  traced: readonly TracedRun[],
  detector: StreamingDetector,
): GatedDiagnosisFigures {
  const assessor = new GatedAssessor(model, detector.tagCodes);
  for (const each of traced) assessor.add(each, alarmRatios(detector, each.run.values));
  return assessor.figures;
}

class GatedAssessor {
  private readonly confusion = emptyConfusion();
  private readonly reliability = new ReliabilityTable();
  private readonly firstHourOfAlarm = new ReliabilityTable();
  private readonly firstHourOfFault = new ReliabilityTable();
  /** Rows in alarm under a learnt disturbance, and those of them called unknown, in the first hour of alarm and later. */
  private readonly detected = { firstHour: [0, 0], later: [0, 0] };
  private readonly strangeness = { known: [] as number[], unknown: [] as number[] };
  private calledUnknown = 0;
  private readonly namedAfter = Array.from({ length: DIAGNOSIS_CLASSES }, () => [] as number[]);
  private readonly hits: boolean[] = [];

  constructor(
    private readonly model: DiagnosisModel,
    private readonly tagCodes: readonly string[],
  ) {}

  add({ run, trace }: TracedRun, ratios: Float64Array): void {
    const alarmRows = alarmRowsOf(Array.from(ratios, (ratio) => ratio > 1));
    const answers: number[] = [];
    for (let row = UNASSESSED_ROWS; row < trace.rows; row++) {
      const evidence = { alarmRatio: ratios[row], alarmRows: alarmRows[row] };
      const verdict = trace.verdict(row, evidence);
      const answer = answerOf(verdict, ratios[row] > 1);
      if (row >= run.onsetRow) answers.push(answer);
      if (labelOf(run, row) < DIAGNOSIS_CLASSES) this.countKnown(run, row, verdict, answer);
      if (labelOf(run, row) > 0 && ratios[row] > 1) {
        this.countDetected(run, trace, row, alarmRows[row], verdict, answer);
      }
    }
    if (run.idv === 0 || run.idv >= DIAGNOSIS_CLASSES) return;
    this.namedAfter[run.idv].push(firstStretch(answers, run.idv));
    this.explain(run, ratios);
  }

  private countKnown(run: LabelledRun, row: number, verdict: DiagnosisVerdict, answer: number): void {
    const truth = labelOf(run, row);
    this.confusion[truth][answer]++;
    const { confidence, likeliest } = mostProbable(verdict);
    this.reliability.add(confidence, likeliest === truth);
    if (truth > 0 && row < run.onsetRow + ROWS_PER_HOUR)
      this.firstHourOfFault.add(confidence, likeliest === truth);
  }

  private countDetected(
    run: LabelledRun,
    trace: DiagnosisTrace,
    row: number,
    alarmRows: number,
    verdict: DiagnosisVerdict,
    answer: number,
  ): void {
    const known = run.idv < DIAGNOSIS_CLASSES;
    this.strangeness[known ? 'known' : 'unknown'].push(trace.strangeness(row, alarmRows));
    if (!known) {
      this.calledUnknown += answer === UNKNOWN ? 1 : 0;
      return;
    }
    const early = alarmRows <= ROWS_PER_HOUR;
    const counts = this.detected[early ? 'firstHour' : 'later'];
    counts[0]++;
    counts[1] += answer === UNKNOWN ? 1 : 0;
    const { confidence, likeliest } = mostProbable(verdict);
    if (early) this.firstHourOfAlarm.add(confidence, likeliest === run.idv);
  }

  private explain(run: LabelledRun, ratios: Float64Array): void {
    const expected = DISTURBANCES.find(({ idv }) => idv === run.idv)?.expectedTags ?? [];
    const firstAlarm = ratios.findIndex((ratio, row) => row >= run.onsetRow && ratio > 1);
    if (firstAlarm < 0) return;
    const columns = this.model.features.tags;
    const end = firstAlarm + EXPLAINED_AFTER_ROWS + 1;
    if (end * columns > run.values.length) return;
    const window = run.values.subarray(Math.max(0, end - CONTEXT_ROWS) * columns, end * columns);
    const { attributions } = explainDiagnosis(this.model, this.model.features.transform(window), run.idv);
    this.hits.push(isTopHit(attributions.map(Math.abs), this.tagCodes, expected));
  }

  get figures(): GatedDiagnosisFigures {
    const { detected, strangeness, hits } = this;
    const auroc = areaUnderRoc(strangeness.unknown, strangeness.known);
    const rows = strangeness.unknown.length;
    return {
      ...ratesOf(this.confusion),
      ...overall(this.reliability),
      firstHourOfAlarm: this.firstHourOfAlarm.figures,
      firstHourOfFault: this.firstHourOfFault.figures,
      knownCalledUnknown: { firstHour: share(detected.firstHour), later: share(detected.later) },
      unknown: Number.isNaN(auroc) ? null : { rows, recall: this.calledUnknown / rows, auroc },
      rowsToName: this.namedAfter.map(medianOrNull),
      attributionHitRate: share([hits.length, hits.filter(Boolean).length]),
    };
  }
}

function emptyConfusion(): number[][] {
  return Array.from({ length: DIAGNOSIS_CLASSES }, () => new Array<number>(DIAGNOSIS_CLASSES + 1).fill(0));
}

function overall(table: ReliabilityTable): Pick<DiagnosisFigures, 'calibrationError' | 'reliability'> {
  const { calibrationError, bins } = table.figures;
  return { calibrationError, reliability: bins };
}

/** The answer at the top of the product's list. */
function mostProbable({ normal, unknown, disturbances }: DiagnosisVerdict): {
  confidence: number;
  likeliest: number;
} {
  const all = [...disturbances, unknown];
  all[0] = normal;
  const confidence = Math.max(...all);
  return { confidence, likeliest: all.indexOf(confidence) };
}

/** Start of the first six right answers in a row; Infinity when there are none. */
function firstStretch(answers: readonly number[], wanted: number): number {
  let inARow = 0;
  for (let row = 0; row < answers.length; row++) {
    inARow = answers[row] === wanted ? inARow + 1 : 0;
    if (inARow === CONSECUTIVE) return row - CONSECUTIVE + 1;
  }
  return Infinity;
}

function medianOrNull(rows: readonly number[]): number | null {
  if (rows.length === 0) return null;
  const median = [...rows].sort((a, b) => a - b)[Math.floor((rows.length - 1) / 2)];
  return Number.isFinite(median) ? median : null;
}

function share([all, some]: readonly number[]): number | null {
  return all === 0 ? null : some / all;
}

function ratesOf(confusion: readonly number[][]): Omit<DiagnosisFigures, 'calibrationError' | 'reliability'> {
  const totals = confusion.map((answers) => answers.reduce((sum, count) => sum + count, 0));
  const recall = confusion.map((answers, k) => (totals[k] > 0 ? answers[k] / totals[k] : null));
  const present = recall.filter((each) => each !== null);
  const faulty = totals.slice(1).reduce((sum, count) => sum + count, 0);
  const missed = confusion.slice(1).reduce((sum, answers) => sum + answers[0], 0);
  const named = confusion.reduce((sum, answers, k) => sum + (k > 0 ? answers[k] : 0), 0);
  return {
    confusion,
    recall,
    macroRecall: present.reduce((sum, each) => sum + each, 0) / present.length,
    truePositiveRate: 1 - missed / faulty,
    falsePositiveRate: 1 - confusion[0][0] / totals[0],
    correctDiagnosisRate: named / (faulty - missed),
  };
}
