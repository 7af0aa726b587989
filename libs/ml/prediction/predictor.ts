import { DISTURBANCES, TAGS, type TagDefinition, tagIndex } from '#tep';
import { crossingProbability } from '../math/crossing-probability.js';
import type { LoadedDetector } from '../detectors/loading.js';
import { DIAGNOSIS_CLASSES } from '../diagnosis/classes.js';
import { explainDiagnosis } from '../diagnosis/explanation.js';
import type { DiagnosisModel } from '../diagnosis/model.js';
import { type DiagnosisVerdict, likeliestDisturbance } from '../diagnosis/verdict.js';
import { FORECAST_HORIZON } from '../forecast/horizon.js';
import type { ForecastModel } from '../forecast/model.js';
import type { ModelCard } from '../store/model-card.js';
import { contextRows, type PredictionWindow, SAMPLING_INTERVAL_MS } from '../window/prediction-window.js';

export interface ModelReference {
  readonly name: string;
  readonly version: string;
}

export interface FaultClass {
  readonly class: 'normal' | 'unknown' | 'disturbance';
  /** Number of the disturbance, 1 … 20; null for the other two. */
  readonly idv: number | null;
  readonly title: string;
  readonly title_ko: string;
  readonly probability: number;
  /** What happens in the plant, in plain words; null for the other two. */
  readonly cause: string | null;
  readonly cause_ko: string | null;
  readonly expected_tags: readonly string[];
}

export interface ForecastStep {
  /** ISO 8601, UTC. */
  readonly at: string;
  readonly value: number;
  /** 90 % interval, within what is possible: no flow below 0, no valve outside 0–100 %. */
  readonly low: number;
  readonly high: number;
}

export interface TagForecast {
  readonly tag: string;
  readonly unit: string;
  /** Probability of standing beyond an alarm limit at the worst step of the horizon. */
  readonly crossing_probability: number;
  readonly steps: readonly ForecastStep[];
}

export interface TagImportance {
  readonly tag: string;
  /** Signed part of the explained difference. */
  readonly attribution: number;
  /** Size of that part among the sizes of all parts, 0 … 1. */
  readonly share: number;
}

/** Everything the product says about the near future of the plant, as JSON. */
export interface PlantPrediction {
  /** Instant predicted from, ISO 8601, UTC. */
  readonly at: string;
  readonly context_rows: number;
  readonly models: {
    readonly detector: ModelReference;
    readonly diagnosis: ModelReference;
    readonly forecast: ModelReference;
  };
  readonly detector: { readonly statistic: number; readonly limit: number; readonly alarm: boolean };
  readonly fault_probability: number;
  /** Normal, unknown and all disturbances, the most probable first; the probabilities add up to 1. */
  readonly fault_classes: readonly FaultClass[];
  readonly forecast: readonly TagForecast[];
  readonly feature_importance: {
    readonly method: 'integrated_gradients';
    /** The class whose log-odds are explained. */
    readonly explains: string;
    /** Share of the explained difference that the attributions miss; at most 0.01 is aimed at. */
    readonly completeness_gap: number;
    /** Most important first. */
    readonly tags: readonly TagImportance[];
  };
}

export interface PredictionOptions {
  /** 1 … 20 steps of 3 min; default 20. */
  readonly horizonSteps?: number;
}

export interface PredictorParts {
  readonly detector: LoadedDetector;
  readonly diagnosis: { readonly card: ModelCard; readonly model: DiagnosisModel };
  readonly forecast: { readonly card: ModelCard; readonly model: ForecastModel };
}

/** Joins the detector, the diagnosis, the forecast and their explanation. Holds no state between two predictions. */
export class PlantPredictor {
  constructor(private readonly parts: PredictorParts) {}

  /**
   * @throws PredictionInputError when the window is too short, has gaps or misses tags
   * @throws RangeError when the horizon is not 1 … 20
   */
  predict(window: PredictionWindow, options: PredictionOptions = {}): PlantPrediction {
    const horizon = options.horizonSteps ?? FORECAST_HORIZON;
    if (!Number.isInteger(horizon) || horizon < 1 || horizon > FORECAST_HORIZON) {
      throw new RangeError(`the horizon must be 1 … ${FORECAST_HORIZON} steps, not ${horizon}`);
    }
    const { detector, diagnosis, forecast } = this.parts;
    const codes = detector.detector.tagCodes;
    const rows = contextRows(window, codes);
    const at = window.timestamps[window.timestamps.length - 1];
    const { alarmRows, ...reading } = this.detect(rows);
    const features = diagnosis.model.features.transform(rows);
    const trace = diagnosis.model.traceFeatures(features);
    const evidence = { alarmRatio: reading.statistic / reading.limit, alarmRows };
    const verdict = trace.verdict(trace.rows - 1, evidence);
    return {
      at: new Date(at).toISOString(),
      context_rows: rows.length / codes.length,
      models: {
        detector: referenceTo(detector),
        diagnosis: referenceTo(diagnosis.card),
        forecast: referenceTo(forecast.card),
      },
      detector: reading,
      fault_probability: 1 - verdict.normal,
      fault_classes: faultClasses(verdict),
      forecast: forecastTags(forecast.model, codes, rows, at, horizon),
      feature_importance: explain(
        diagnosis.model,
        features,
        codes,
        likeliestDisturbance(verdict.disturbances),
      ),
    };
  }

  /** The reading at the last row, and the number of rows in alarm. */
  private detect(rows: Float64Array): PlantPrediction['detector'] & { alarmRows: number } {
    const { detector } = this.parts.detector;
    const columns = detector.tagCodes.length;
    detector.reset();
    let statistic = 0;
    let alarmRows = 0;
    for (let at = 0; at < rows.length; at += columns) {
      const reading = detector.step(rows.subarray(at, at + columns));
      if (!reading.ready) continue;
      statistic = reading.statistic;
      alarmRows += statistic > detector.limit ? 1 : 0;
    }
    detector.reset();
    return { statistic, limit: detector.limit, alarm: statistic > detector.limit, alarmRows };
  }
}

function referenceTo({ name, version }: ModelReference): ModelReference {
  return { name, version };
}

function faultClasses({ normal, unknown, disturbances }: DiagnosisVerdict): FaultClass[] {
  const nameless = { idv: null, cause: null, cause_ko: null, expected_tags: [] };
  const classes: FaultClass[] = [
    {
      class: 'normal',
      title: 'Normal operation',
      title_ko: '정상 운전',
      probability: normal,
      ...nameless,
    },
    {
      class: 'unknown',
      title: 'Unknown disturbance',
      title_ko: '알 수 없는 이상',
      probability: unknown,
      ...nameless,
    },
  ];
  for (const { idv, title, titleKo, cause, causeKo, expectedTags } of DISTURBANCES) {
    if (idv >= DIAGNOSIS_CLASSES) continue;
    classes.push({
      class: 'disturbance',
      idv,
      title,
      title_ko: titleKo,
      probability: disturbances[idv],
      cause,
      cause_ko: causeKo,
      expected_tags: expectedTags,
    });
  }
  return classes.sort((a, b) => b.probability - a.probability);
}

function forecastTags(
  model: ForecastModel,
  codes: readonly string[],
  rows: Float64Array,
  at: number,
  horizon: number,
): TagForecast[] {
  const { scaler } = model.foundation;
  const { values, halfWidths } = model.forecastAdapted(scaler.transform(rows));
  const width = codes.length;
  const centre = scaler.inverse(Float64Array.from(values));
  const upper = scaler.inverse(Float64Array.from(values, (value, i) => value + halfWidths[i]));
  const times = Array.from({ length: horizon }, (_, step) =>
    new Date(at + (step + 1) * SAMPLING_INTERVAL_MS).toISOString(),
  );
  return codes.map((code, j) => {
    const tag = TAGS[tagIndex(code)];
    const own = Array.from({ length: horizon }, (_, step) => centre[step * width + j]);
    const half = own.map((value, step) => upper[step * width + j] - value);
    return {
      tag: code,
      unit: tag.unit,
      crossing_probability: crossingProbability(own, half, tag.alarmLimits),
      steps: own.map((value, step) => ({
        at: times[step],
        value: rounded(possible(value, tag)),
        low: rounded(possible(value - half[step], tag)),
        high: rounded(possible(value + half[step], tag)),
      })),
    };
  });
}

/** The nearest value that the tag can have. */
function possible(value: number, { possibleLow, possibleHigh }: TagDefinition): number {
  return Math.min(Math.max(value, possibleLow ?? -Infinity), possibleHigh ?? Infinity);
}

/** Six digits: one more than the measurements have. */
function rounded(value: number): number {
  return Number(value.toPrecision(6));
}

/** Log-odds of the likeliest disturbance, from a plant at rest to the last hours, divided among the tags. */
function explain(
  model: DiagnosisModel,
  features: Float32Array,
  codes: readonly string[],
  fault: number,
): PlantPrediction['feature_importance'] {
  const { attributions, completenessGap } = explainDiagnosis(model, features, fault);
  const total = attributions.reduce((sum, value) => sum + Math.abs(value), 0) || 1;
  const tags = codes.map((tag, j) => {
    return { tag, attribution: attributions[j], share: Math.abs(attributions[j]) / total };
  });
  return {
    method: 'integrated_gradients',
    explains: `IDV ${fault}`,
    completeness_gap: completenessGap,
    tags: tags.sort((a, b) => b.share - a.share),
  };
}
