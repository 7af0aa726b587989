import { AdaptiveInterval } from './conformal.js';
import { FORECAST_HORIZON } from './forecast-blend.js';

/** Coverages whose half-widths are tabulated; between them the table is interpolated. */
export const COVERAGE_LEVELS = [0.5, 0.6, 0.7, 0.8, 0.85, 0.9, 0.93, 0.96, 0.98, 0.99] as const;
/** Share of values that may fall outside an interval. */
export const INTERVAL_ALPHA = 0.1;
/** Intervals are adapted at these steps of the horizon; the adapted levels of the others lie between. */
export const ADAPTED_STEPS = [1, 3, 5, 10, 15, 20] as const;
/** Forecasts at every so many rows are judged for the adaptation; their neighbours say much the same. */
export const ADAPTATION_STRIDE = 2;
/** How far the level moves per judged forecast. */
const GAMMA = 0.01;

/** Half-width of a forecast made at a row that misses in a share α of cases; position = (step − 1) · tags + tag. */
export type HalfWidthTable = (row: number, position: number, alpha: number) => number;

/** Forecasts for {@link ADAPTED_STEPS} made at some rows, in the form the adaptation needs. */
export interface PastForecasts {
  readonly tags: number;
  /** Standardised values of all rows. */
  readonly truth: Float64Array;
  /** steps · tags values per row of `rowOf`. */
  readonly values: Float32Array;
  /** Which forecast in `values` was made at a row; undefined: none. */
  readonly indexOf: ReadonlyMap<number, number>;
  readonly halfWidth: HalfWidthTable;
}

/**
 * Levels α for the forecast made at row `now`, by adaptive conformal inference over the forecasts made since row `from`:
 * horizon × tags. A forecast is judged once its instant has come.
 */
export function adaptedLevels(past: PastForecasts, from: number, now: number): Float64Array {
  const { tags } = past;
  const first = from + ((now - from) % ADAPTATION_STRIDE);
  const adapted = ADAPTED_STEPS.map((step, n) =>
    Float64Array.from({ length: tags }, (_, tag) => levelOf(past, first, now, step, n, tag)),
  );
  const levels = new Float64Array(FORECAST_HORIZON * tags);
  for (let step = 1; step <= FORECAST_HORIZON; step++) {
    const above = ADAPTED_STEPS.findIndex((each) => each >= step);
    const below = Math.max(0, above - 1);
    const gap = ADAPTED_STEPS[above] - ADAPTED_STEPS[below];
    const share = gap === 0 ? 0 : (step - ADAPTED_STEPS[below]) / gap;
    for (let tag = 0; tag < tags; tag++) {
      levels[(step - 1) * tags + tag] = (1 - share) * adapted[below][tag] + share * adapted[above][tag];
    }
  }
  return levels;
}

function levelOf(
  past: PastForecasts,
  first: number,
  now: number,
  step: number,
  n: number,
  tag: number,
): number {
  const { tags, truth, values, indexOf, halfWidth } = past;
  const position = (step - 1) * tags + tag;
  const delay = Math.ceil(step / ADAPTATION_STRIDE);
  let at = first;
  const interval = new AdaptiveInterval((alpha) => halfWidth(at, position, alpha), {
    alpha: INTERVAL_ALPHA,
    gamma: GAMMA,
    horizonSteps: delay,
  });
  for (; at <= now; at += ADAPTATION_STRIDE) {
    const made = at - delay * ADAPTATION_STRIDE;
    const index = indexOf.get(made);
    const residual =
      index === undefined
        ? undefined
        : truth[(made + step) * tags + tag] - values[(index * ADAPTED_STEPS.length + n) * tags + tag];
    interval.step(residual);
  }
  return interval.alpha;
}

/** Straight lines between the tabulated coverages; beyond them the first stretch from 0 and the last one go on. */
export function interpolatedHalfWidth(table: Float32Array, from: number, coverage: number): number {
  const levels = COVERAGE_LEVELS;
  let above = levels.findIndex((level) => level >= coverage);
  if (above < 0) above = levels.length - 1;
  const [low, high] = above === 0 ? [0, levels[0]] : [levels[above - 1], levels[above]];
  const [narrow, wide] = above === 0 ? [0, table[from]] : [table[from + above - 1], table[from + above]];
  return Math.max(0, narrow + ((coverage - low) / (high - low)) * (wide - narrow));
}
