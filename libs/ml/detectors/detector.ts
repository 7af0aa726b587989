/**
 * The detectors the product knows, by the name that the API, the tables and the shipped models use. The order is a rank:
 * of several whose versions a prediction asks for the first gates it; lists, tables and plots keep the order.
 */
export const DETECTOR_NAMES = [
  'innovation_bank',
  'zscore',
  'pca_t2',
  'pca_spe',
  'cva',
  'isolation_forest',
  'isolation_forest_charts',
] as const;

export type DetectorName = (typeof DETECTOR_NAMES)[number];

/** Detectors learn from normal operation alone. */
export function isDetectorName(name: unknown): name is DetectorName {
  return (DETECTOR_NAMES as readonly unknown[]).includes(name);
}

/** What a detector says about one sample. The object and its buffer are reused: valid until the next `step`. */
export interface DetectorReading {
  /** Grows with abnormality; alarm condition: `statistic > limit`. Never NaN. */
  readonly statistic: number;
  /** Constant for a fitted detector. */
  readonly limit: number;
  /** One number ≥ 0 per tag, in the order of `tagCodes`: how much each tag speaks for the abnormality. */
  readonly contributions: Float64Array;
  /** False while the detector lacks history or sees too few tags; its statistic must then be ignored. */
  readonly ready: boolean;
}

/** State of a streaming detector between two samples, JSON-serialisable. Fitted parameters are not part of it. */
export interface DetectorSnapshot {
  readonly detector: DetectorName;
  readonly state: Readonly<Record<string, number | readonly number[]>>;
}

/**
 * Parameters of a fitted detector: `meta` goes to model.json as it is, each tensor to the binary sidecar. A Float32Array
 * is stored with four bytes a number.
 */
export interface DetectorArtifact {
  readonly meta: DetectorMeta;
  readonly tensors: Readonly<Record<string, Float64Array | Float32Array>>;
}

export interface DetectorMeta {
  readonly detector: DetectorName;
  readonly tagCodes: readonly string[];
  readonly limit: number;
  readonly [parameter: string]: unknown;
}

/** Scores one plant sample after the other. One instance holds the state of one stream. */
export interface StreamingDetector {
  readonly name: DetectorName;
  readonly tagCodes: readonly string[];
  readonly limit: number;
  /**
   * @param values one sample in the order of `tagCodes`; NaN = missing (each detector states its policy)
   * @throws RangeError when the number of values differs from the number of tags, or a value is infinite
   */
  step(values: Float64Array): DetectorReading;
  /** Forgets all history: as after construction. */
  reset(): void;
  snapshot(): DetectorSnapshot;
  /** @throws RangeError when the snapshot belongs to another detector or to other dimensions */
  restore(snapshot: DetectorSnapshot): void;
  toArtifact(): DetectorArtifact;
}

/** Runs are consecutive samples, row-major, one row per sampling instant, one column per tag; NaN is not allowed. */
export interface DetectorFitInput {
  readonly tagCodes: readonly string[];
  /** Normal operation that the model is fitted on. */
  readonly trainingRuns: readonly Float64Array[];
  /** Normal operation that the limit is set on; must be other runs than the training runs. */
  readonly calibrationRuns: readonly Float64Array[];
}

/** @throws RangeError naming what is wrong with the sample */
export function assertSample(values: Float64Array, tagCodes: readonly string[]): void {
  if (values.length !== tagCodes.length) {
    throw new RangeError(`expected ${tagCodes.length} values, one per tag, got ${values.length}`);
  }
  for (let i = 0; i < values.length; i++) {
    if (values[i] === Infinity || values[i] === -Infinity) {
      throw new RangeError(`value of ${tagCodes[i]} is infinite`);
    }
  }
}

/** @throws RangeError when runs are missing, ragged or hold anything but finite numbers */
export function assertRuns(runs: readonly Float64Array[], columns: number, what: string): void {
  if (runs.length === 0) throw new RangeError(`${what}: no runs`);
  runs.forEach((run, index) => {
    if (run.length === 0 || run.length % columns !== 0) {
      throw new RangeError(`${what} ${index}: ${run.length} values are not rows of ${columns}`);
    }
    const bad = run.findIndex((value) => !Number.isFinite(value));
    if (bad >= 0) {
      throw new RangeError(
        `${what} ${index}: row ${Math.floor(bad / columns)}, column ${bad % columns} is not a finite number`,
      );
    }
  });
}
