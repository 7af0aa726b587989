import type { JsonValue } from './model-card.js';

/** Kinds of data that models are measured on after their training. */
export const EVALUATED_SETS = ['test_files', 'training_files', 'simulated'] as const;
export type EvaluatedSetKind = (typeof EVALUATED_SETS)[number];

/** One of the few figures that a person asks for first. */
export interface HeadlineFigure {
  /** Stable key, e.g. `detection_rate`. */
  readonly figure: string;
  readonly set: EvaluatedSetKind;
  readonly value: number;
  /** 95 % bootstrap interval over runs. */
  readonly low: number;
  readonly high: number;
}

/**
 * What a version was measured at after its training, on data that served nothing else: evaluation.json beside its card,
 * as it is stored and served.
 */
export interface StoredEvaluation {
  /** The simulated runs follow from it. */
  readonly seed: number;
  /** Simulated runs of normal operation and of each disturbance. */
  readonly seeds: number;
  readonly headline: readonly HeadlineFigure[];
  readonly sets: readonly {
    readonly set: EvaluatedSetKind;
    readonly description: string;
    readonly runs: number;
    readonly rows: number;
    readonly figures: JsonValue;
  }[];
}

/** Whether a parsed file is one; what an older or newer version wrote may not be. */
export function isStoredEvaluation(value: unknown): value is StoredEvaluation {
  if (typeof value !== 'object' || value === null) return false;
  const { headline, sets } = value as Partial<Record<keyof StoredEvaluation, unknown>>;
  return Array.isArray(headline) && Array.isArray(sets) && headline.every(isHeadlineFigure);
}

function isHeadlineFigure(value: unknown): value is HeadlineFigure {
  if (typeof value !== 'object' || value === null) return false;
  const { figure, set, value: number } = value as Partial<Record<keyof HeadlineFigure, unknown>>;
  return (
    typeof figure === 'string' &&
    typeof number === 'number' &&
    (EVALUATED_SETS as readonly unknown[]).includes(set)
  );
}
