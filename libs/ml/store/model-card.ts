export type ModelKind = 'detector' | 'diagnosis' | 'forecast';

export type JsonValue =
  string | number | boolean | null | readonly JsonValue[] | { readonly [key: string]: JsonValue };

/** A figure that a version has to reach before the product uses it. */
export interface ModelGate {
  readonly figure: string;
  readonly value: number;
  readonly bound: number;
  /** `min`: the value must be at least the bound; `max`: at most. */
  readonly direction: 'min' | 'max';
  readonly passed: boolean;
}

export interface ModelFile {
  readonly sha256: string;
  readonly bytes: number;
}

/** What a person needs to know before trusting a model; card.json as it is stored and served. */
export interface ModelCard {
  readonly name: string;
  /** A whole number counted up from 1. */
  readonly version: string;
  readonly kind: ModelKind;
  /** ISO 8601, UTC. */
  readonly created_at: string;
  /** What the model learnt from. */
  readonly data: { readonly source: string; readonly [detail: string]: JsonValue };
  /** Everything random about the training follows from this number. */
  readonly seed: number;
  /** Commit of the code that trained it, when known. */
  readonly git: string | null;
  readonly training: { readonly [detail: string]: JsonValue };
  readonly gates: readonly ModelGate[];
  /** Measured figures, with what they were measured on. */
  readonly quality: { readonly [figure: string]: JsonValue };
  /** What the model can't do, in plain sentences. */
  readonly limits: readonly string[];
  readonly licence: string;
  readonly files: { readonly [file: string]: ModelFile };
}

/** How the samples lay in time that a version has learnt from: the value at an instant, so many seconds apart. */
export const LEARNT_SAMPLING = { interval_s: 180, value: 'at the instant' } as const;

/** Whether a version has learnt from samples as the product brings them; cards of early versions don't say. */
export function learntAsSampled({ data: { sampling } }: Pick<ModelCard, 'data'>): boolean {
  if (sampling === undefined) return true;
  const { interval_s, value } = (sampling ?? {}) as Readonly<Record<string, JsonValue>>;
  return interval_s === LEARNT_SAMPLING.interval_s && value === LEARNT_SAMPLING.value;
}

/** A card before the store has given it a version and counted its files. */
export type ModelCardDraft = Omit<ModelCard, 'version' | 'files'>;

/** A NaN figure passes no gate. */
export function gate(figure: string, value: number, direction: 'min' | 'max', bound: number): ModelGate {
  const passed = direction === 'min' ? value >= bound : value <= bound;
  return { figure, value, bound, direction, passed };
}

export function passesItsGates(card: ModelCard): boolean {
  return card.gates.every((each) => each.passed);
}
