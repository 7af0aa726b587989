import { type DetectorFigures, evaluateDetector } from './detector-evaluation.js';
import type { LoadedDetector } from './detector-loading.js';
import {
  type DiagnosisFigures,
  evaluateDiagnosis,
  evaluateGatedDiagnosis,
  type GatedDiagnosisFigures,
  traceRuns,
} from './diagnosis-evaluation.js';
import type { DiagnosisModel } from './diagnosis-model.js';
import { evaluateForecast, type ForecastFigures } from './forecast-evaluation.js';
import type { ForecastModel } from './forecast-model.js';
import { type LabelledRun, untilFrozen } from './labelled-run.js';

/** The models that are judged together, as predictions use them. */
export interface JudgedModels {
  readonly detectors: readonly LoadedDetector[];
  /** Gates the diagnosis. */
  readonly gate: LoadedDetector;
  readonly diagnosis: { readonly version: string; readonly model: DiagnosisModel };
  readonly forecast: { readonly version: string; readonly model: ForecastModel };
}

/** Everything measured on one set of runs. */
export interface ModelEvaluation {
  readonly runs: number;
  readonly rows: number;
  readonly detectors: readonly DetectorFigures[];
  /** The network alone leaves out faults outside 1 … 20; gated by the detector they should come out as unknown. */
  readonly diagnosis: { readonly alone: DiagnosisFigures; readonly gated: GatedDiagnosisFigures };
  readonly forecast: { readonly normal: ForecastFigures | null; readonly fault: ForecastFigures | null };
}

/**
 * @param runs none of which any of the models has seen
 * @param judgedTags columns that forecast figures are averaged over
 */
export function evaluateModels(
  models: JudgedModels,
  runs: readonly LabelledRun[],
  judgedTags: readonly number[],
): ModelEvaluation {
  const columns = models.gate.detector.tagCodes.length;
  const traced = traceRuns(models.diagnosis.model, runs);
  const running = runs.map((run) => untilFrozen(run, columns));
  const forecast = (wanted: readonly LabelledRun[]): ForecastFigures | null =>
    wanted.length === 0 ? null : evaluateForecast(models.forecast.model, wanted, judgedTags);
  return {
    runs: runs.length,
    rows: runs.reduce((sum, run) => sum + run.values.length / columns, 0),
    detectors: models.detectors.map(({ detector }) => evaluateDetector(detector, runs)),
    diagnosis: {
      alone: evaluateDiagnosis(traced),
      gated: evaluateGatedDiagnosis(models.diagnosis.model, traced, models.gate.detector),
    },
    forecast: {
      normal: forecast(running.filter((run) => run.idv === 0)),
      fault: forecast(running.filter((run) => run.idv > 0)),
    },
  };
}
