import { DISTURBANCES } from '#tep';
import { type DetectionAssessment, assessDetection } from './detection-assessment.js';
import type { StreamingDetector } from '../detectors/detector.js';
import { detectorAlarms } from './alarms.js';
import { type DetectorFigures, type RunIdentity, summariseDetection } from './detector-evaluation.js';
import type { LoadedDetector } from '../detectors/loading.js';
import { DIAGNOSIS_CLASSES } from '../diagnosis/classes.js';
import {
  type DiagnosisFigures,
  evaluateDiagnosis,
  evaluateGatedDiagnosis,
  type TracedRun,
  traceRuns,
} from './diagnosis-evaluation.js';
import type { DiagnosisModel } from '../diagnosis/model.js';
import { alarmRowsOf } from '../diagnosis/verdict.js';
import { type DiagnosisSummary, summariseDiagnosis, unknownSeparation } from './diagnosis-summary.js';
import type { Interval } from '../math/bootstrap.js';
import { evaluateForecast, type ForecastFigures } from './forecast-evaluation.js';
import type { ForecastModel } from '../forecast/model.js';
import { type ForecastSummary, summariseForecast } from './forecast-summary.js';
import { type LabelledRun, untilFrozen } from '../window/labelled-run.js';

/** The models that are assessed together, as predictions use them. */
export interface AssessedModels {
  readonly detectors: readonly LoadedDetector[];
  /** Gates the diagnosis. */
  readonly gate: LoadedDetector;
  readonly diagnosis: { readonly version: string; readonly model: DiagnosisModel };
  readonly forecast: { readonly version: string; readonly model: ForecastModel };
  /** Detectors that belong to no version, by the name to print. */
  readonly compared?: Readonly<Record<string, StreamingDetector>>;
}

/** A run to assess models on. */
export interface RunToAssess extends LabelledRun, RunIdentity {
  /** Its normal rows stand in another run, too, and have been counted there. */
  readonly repeatedNormal?: boolean;
}

/** What all models made of one run: a few kilobytes, so that sets of any size can be assessed run by run. */
export interface RunAssessment extends RunIdentity {
  readonly rows: number;
  readonly detectors: Readonly<Record<string, DetectionAssessment>>;
  /** Null for a fault that the diagnosis does not know. */
  readonly diagnosis: { readonly alone: DiagnosisFigures; readonly gated: DiagnosisFigures } | null;
  /** Strangeness of the rows in alarm under the fault, ascending, thinned out. */
  readonly strangeness: Float64Array;
  /** Null when the plant stood still too soon. */
  readonly forecast: ForecastFigures | null;
}

/** Everything measured on one set of runs. */
export interface ModelEvaluation {
  readonly runs: number;
  readonly rows: number;
  readonly detectors: readonly DetectorFigures[];
  /** Closed-set: faults outside 1 … 20 are left out. */
  readonly diagnosis: { readonly alone: DiagnosisSummary | null; readonly gated: DiagnosisSummary | null };
  /** Area under the ROC of strangeness, faults outside 1 … 20 against the others; null when there are none. */
  readonly unknownAuroc: Interval | null;
  readonly forecast: { readonly normal: ForecastSummary | null; readonly fault: ForecastSummary | null };
}

/** Every so many rows in alarm are kept: neighbours hardly differ. */
const STRANGENESS_STRIDE = 8;

/**
 * @param run which none of the models has seen
 * @param assessedTags columns that forecast figures are averaged over
 */
export function assessRun(
  models: AssessedModels,
  run: RunToAssess,
  assessedTags: readonly number[],
): RunAssessment {
  const { name, idv, seed, repeatedNormal } = run;
  const columns = models.gate.detector.tagCodes.length;
  const expectedTags = DISTURBANCES.find((each) => each.idv === idv)?.expectedTags ?? [];
  const assessed = [
    ...models.detectors.map((each) => [each.name, each.detector] as const),
    ...Object.entries(models.compared ?? {}),
  ].map(
    ([label, detector]) => [label, assessDetection(detector, run, { expectedTags, repeatedNormal })] as const,
  );
  const { model } = models.diagnosis;
  const gate = models.gate.detector;
  const traced = traceRuns(model, [run]);
  const isKnown = idv < DIAGNOSIS_CLASSES;
  return {
    name,
    idv,
    seed,
    rows: run.values.length / columns,
    detectors: Object.fromEntries(assessed),
    diagnosis: isKnown
      ? { alone: evaluateDiagnosis(traced), gated: evaluateGatedDiagnosis(model, traced, gate) }
      : null,
    strangeness: idv > 0 ? strangenessOf(traced[0], detectorAlarms(gate, run.values)) : new Float64Array(),
    forecast: forecastOf(models.forecast.model, untilFrozen(run, columns), assessedTags),
  };
}

/** @param assessments of the runs of one set, in a fixed order */
export function summariseAssessments(assessments: readonly RunAssessment[]): ModelEvaluation {
  const labels = Object.keys(assessments.at(0)?.detectors ?? {});
  const diagnosed = assessments.flatMap(({ idv, diagnosis }) => (diagnosis ? [{ idv, diagnosis }] : []));
  const forecasts = assessments.flatMap(({ idv, forecast }) =>
    forecast ? [{ idv, figures: forecast }] : [],
  );
  const faulty = assessments.filter(({ idv }) => idv > 0);
  const strangeness = (known: boolean): Float64Array[] =>
    faulty.filter(({ idv }) => idv < DIAGNOSIS_CLASSES === known).map((run) => run.strangeness);
  return {
    runs: assessments.length,
    rows: assessments.reduce((sum, { rows }) => sum + rows, 0),
    detectors: labels.map((label) =>
      summariseDetection(
        label,
        assessments.map(({ name, idv, seed, detectors }) => ({ name, idv, seed, ...detectors[label] })),
      ),
    ),
    diagnosis: {
      alone: summariseDiagnosis(diagnosed.map(({ idv, diagnosis }) => ({ idv, figures: diagnosis.alone }))),
      gated: summariseDiagnosis(diagnosed.map(({ idv, diagnosis }) => ({ idv, figures: diagnosis.gated }))),
    },
    unknownAuroc: unknownSeparation(strangeness(false), strangeness(true)),
    forecast: {
      normal: summariseForecast(forecasts.filter(({ idv }) => idv === 0)),
      fault: summariseForecast(forecasts.filter(({ idv }) => idv > 0)),
    },
  };
}

function strangenessOf({ run, trace }: TracedRun, alarms: readonly boolean[]): Float64Array {
  const alarmRows = alarmRowsOf(alarms);
  const kept: number[] = [];
  let inAlarm = 0;
  for (let row = run.onsetRow; row < trace.rows; row++) {
    if (alarms[row] && inAlarm++ % STRANGENESS_STRIDE === 0)
      kept.push(trace.strangeness(row, alarmRows[row]));
  }
  return Float64Array.from(kept).sort();
}

function forecastOf(
  model: ForecastModel,
  run: LabelledRun,
  assessedTags: readonly number[],
): ForecastFigures | null {
  try {
    return evaluateForecast(model, [run], assessedTags);
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}
