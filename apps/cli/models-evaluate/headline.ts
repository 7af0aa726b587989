import { DIAGNOSIS_MODEL, FORECAST_MODEL, type Interval, type ModelEvaluation } from '#ml';

const MINUTES_PER_SAMPLE = 3;
const DAYS_PER_MONTH = 30;

/** The few figures of a model that a person asks for first, by their stable key; null where the set does not show them. */
export function headlineOf(model: string, evaluation: ModelEvaluation): Record<string, Interval | null> {
  if (model === DIAGNOSIS_MODEL) return diagnosisHeadline(evaluation);
  if (model === FORECAST_MODEL) return forecastHeadline(evaluation);
  const figures = evaluation.detectors.find(({ detector }) => detector === model);
  if (figures === undefined) return {};
  return {
    detection_rate: figures.detectionRate.all,
    detection_rate_without_3_9_15: figures.detectionRate.without_3_9_15,
    detection_delay_minutes: scaled(figures.delaySamples, MINUTES_PER_SAMPLE),
    false_alarm_rate: figures.falseAlarmRate,
    false_episodes_per_30_days: scaled(figures.falseEpisodesPerDay, DAYS_PER_MONTH),
    top_3_hit_rate: figures.topHitRate.all,
  };
}

function diagnosisHeadline({ diagnosis, unknownAuroc }: ModelEvaluation): Record<string, Interval | null> {
  const { gated } = diagnosis;
  return {
    macro_recall: gated?.macroRecall ?? null,
    correct_diagnosis_rate: gated?.correctDiagnosisRate ?? null,
    false_positive_rate: gated?.falsePositiveRate ?? null,
    calibration_error: diagnosis.alone?.calibrationError ?? null,
    unknown_auroc: unknownAuroc,
  };
}

/** Of the last horizon. */
function forecastHeadline({ forecast }: ModelEvaluation): Record<string, Interval | null> {
  const normal = forecast.normal?.horizons.at(-1)?.figures ?? {};
  const fault = forecast.fault?.horizons.at(-1)?.figures ?? {};
  const named = (name: string, figure: Interval | undefined): Record<string, Interval> =>
    figure === undefined ? {} : { [name]: figure };
  return {
    ...named('rmse_normal', normal['rmse.lstm']),
    ...named('rmse_fault', fault['rmse.lstm']),
    ...named('coverage_normal', normal.coverage),
    ...named('coverage_fault', fault.coverage),
  };
}

function scaled(interval: Interval | null, factor: number): Interval | null {
  if (interval === null) return null;
  const { mean, low, high } = interval;
  return { mean: mean * factor, low: low * factor, high: high * factor };
}
