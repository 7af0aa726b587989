import {
  DIAGNOSIS_MODEL,
  type EvaluatedSetKind,
  FORECAST_MODEL,
  type HeadlineFigure,
  type IncidentFigures,
  type Interval,
  type JsonValue,
  type ModelEvaluation,
  type StoredEvaluation,
} from '#ml';
import { headlineOf } from './headline.js';

/** One set of runs and what was measured on it. */
export interface EvaluatedSet {
  readonly kind: EvaluatedSetKind;
  readonly description: string;
  readonly evaluation: ModelEvaluation;
}

export interface EvaluationRun {
  /** By model name. */
  readonly versions: Readonly<Record<string, string>>;
  readonly seed: number;
  readonly seeds: number;
  readonly sets: readonly EvaluatedSet[];
  /** For each hold time; none where nothing was simulated. */
  readonly incidents: readonly IncidentFigures[];
}

const DIGITS = 5;

/** Everything measured, as JSON in snake case with five digits. */
export function evaluationJson({ versions, seed, seeds, sets, incidents }: EvaluationRun): string {
  const measured = sets.map(({ kind, description, evaluation }) => ({
    set: kind,
    description,
    ...evaluation,
  }));
  return `${JSON.stringify({ versions, seed, seeds, sets: wireForm(measured), incidents: wireForm(incidents) }, null, 1)}\n`;
}

/** What goes beside the card of one model: its own part of the figures. */
export function storedEvaluation(
  model: string,
  { seed, seeds, sets }: Omit<EvaluationRun, 'versions' | 'incidents'>,
): StoredEvaluation {
  return {
    seed,
    seeds,
    headline: sets.flatMap(({ kind, evaluation }) =>
      Object.entries(headlineOf(model, evaluation)).flatMap(([figure, interval]) =>
        interval === null ? [] : [{ figure, set: kind, ...rounded(interval) }],
      ),
    ),
    sets: sets.map(({ kind, description, evaluation }) => ({
      set: kind,
      description,
      runs: evaluation.runs,
      rows: evaluation.rows,
      figures: wireForm(partOf(model, evaluation)),
    })),
  };
}

function partOf(model: string, evaluation: ModelEvaluation): unknown {
  if (model === DIAGNOSIS_MODEL) return { ...evaluation.diagnosis, unknownAuroc: evaluation.unknownAuroc };
  if (model === FORECAST_MODEL) return evaluation.forecast;
  return evaluation.detectors.find(({ detector }) => detector === model) ?? null;
}

function rounded({ mean, low, high }: Interval): Pick<HeadlineFigure, 'value' | 'low' | 'high'> {
  const [value, from, to] = [mean, low, high].map((each) => Number(each.toPrecision(DIGITS)));
  return { value, low: from, high: to };
}

/** Keys in snake case; counts as they are, other numbers with five digits, NaN as null. */
function wireForm(value: unknown): JsonValue {
  if (typeof value === 'number' && !Number.isInteger(value))
    return Number.isFinite(value) ? Number(value.toPrecision(DIGITS)) : null;
  if (Array.isArray(value)) return value.map(wireForm);
  if (typeof value === 'object' && value !== null)
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [snakeCase(key), wireForm(inner)]));
  return value as JsonValue;
}

function snakeCase(key: string): string {
  return key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
