import { type Gap, windowAt } from './build-windows.js';

/** Rows a prediction looks back on: 12 h, by which the slowest chart has forgotten how it started. */
export const CONTEXT_ROWS = 240;
/** Rows a prediction needs at least: 4 h. */
export const MINIMUM_ROWS = 80;
export const SAMPLING_INTERVAL_MS = 180_000;
/** A tag's last value bridges at most so many missing rows. */
const BRIDGED_ROWS = 3;

export type PredictionInputErrorCode =
  'window_too_short' | 'window_has_gaps' | 'tag_missing' | 'window_malformed';

/** What is wrong with the window, in numbers that a caller can show. */
export interface PredictionInputDetails {
  readonly rows?: number;
  readonly needed_rows?: number;
  readonly gaps?: readonly { tag: string; from: string; to: string }[];
  readonly tags?: readonly string[];
}

/** The window can't be predicted from; `code` is stable. */
export class PredictionInputError extends Error {
  constructor(
    readonly code: PredictionInputErrorCode,
    message: string,
    readonly details: PredictionInputDetails = {},
  ) {
    super(message);
    this.name = 'PredictionInputError';
  }
}

/** Samples up to the instant of the prediction. */
export interface PredictionWindow {
  /** Epoch milliseconds, ascending; the last is the instant predicted from. */
  readonly timestamps: readonly number[];
  /** One array per tag code, one value per timestamp; NaN: none. Tags that the models don't know are left out. */
  readonly tags: Readonly<Record<string, ArrayLike<number>>>;
}

/** The same from rows in the order of `codes`. */
export function windowFromRows(
  values: Float64Array,
  codes: readonly string[],
  timestamps: readonly number[],
): PredictionWindow {
  if (values.length !== codes.length * timestamps.length) {
    throw new PredictionInputError(
      'window_malformed',
      `${values.length} values are not ${timestamps.length} rows of ${codes.length} tags`,
    );
  }
  const column = (j: number): Float64Array =>
    Float64Array.from(timestamps, (_, i) => values[i * codes.length + j]);
  return { timestamps, tags: Object.fromEntries(codes.map((code, j) => [code, column(j)])) };
}

/**
 * The newest unbroken stretch of the window on the sampling grid, at most 240 rows of `codes`, row-major. Up to three missing
 * rows of a tag are bridged by its last value; a longer gap ends the stretch.
 * @throws PredictionInputError when a tag is missing, times are out of order, or the stretch is shorter than 80 rows
 */
export function contextRows(window: PredictionWindow, codes: readonly string[]): Float64Array {
  const { timestamps } = window;
  const missing = codes.filter((code) => !(code in window.tags));
  if (missing.length > 0) {
    throw new PredictionInputError('tag_missing', `no values of ${missing.join(', ')}`, { tags: missing });
  }
  if (timestamps.length === 0) throw tooShort(0);
  const values = new Float64Array(timestamps.length * codes.length);
  codes.forEach((code, j) => {
    const column = window.tags[code];
    if (column.length !== timestamps.length) {
      throw new PredictionInputError(
        'window_malformed',
        `${code} has ${column.length} values for ${timestamps.length} times`,
      );
    }
    for (let i = 0; i < timestamps.length; i++) values[i * codes.length + j] = column[i];
  });
  if (timestamps.some((time, i) => i > 0 && !(time > timestamps[i - 1]))) {
    throw new PredictionInputError('window_malformed', 'timestamps must ascend');
  }
  const series = { times: Float64Array.from(timestamps), values, columns: codes.length };
  const end = timestamps[timestamps.length - 1];
  for (let length = CONTEXT_ROWS; ;) {
    const found = windowAt(series, end, {
      length,
      maxGap: BRIDGED_ROWS,
      samplingIntervalMs: SAMPLING_INTERVAL_MS,
    });
    if (found.gaps === undefined) return found.values;
    const lastGap = Math.max(...found.gaps.map((gap) => gap.to));
    const unbroken = Math.round((end - lastGap) / SAMPLING_INTERVAL_MS);
    if (unbroken < MINIMUM_ROWS) throw whyTooShort(found.gaps, unbroken, timestamps, codes);
    length = unbroken;
  }
}

/** Rows before the first sample are missing history; anything later is a gap. */
function whyTooShort(
  gaps: readonly Gap[],
  rows: number,
  timestamps: readonly number[],
  codes: readonly string[],
): PredictionInputError {
  const real = gaps.filter((gap) => gap.to >= timestamps[0]);
  if (real.length === 0) return tooShort(rows);
  const iso = (time: number): string => new Date(time).toISOString();
  const listed = real.map((gap) => ({
    tag: codes[gap.column],
    from: iso(Math.max(gap.from, timestamps[0])),
    to: iso(gap.to),
  }));
  return new PredictionInputError(
    'window_has_gaps',
    `only ${rows} unbroken rows before the instant of the prediction, ${MINIMUM_ROWS} are needed; ` +
      `${listed[0].tag} is missing from ${listed[0].from} to ${listed[0].to}`,
    { rows, needed_rows: MINIMUM_ROWS, gaps: listed },
  );
}

function tooShort(rows: number): PredictionInputError {
  return new PredictionInputError('window_too_short', `${rows} rows of history, ${MINIMUM_ROWS} are needed`, {
    rows,
    needed_rows: MINIMUM_ROWS,
  });
}
