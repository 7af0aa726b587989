import { FORECAST_HORIZON } from './horizon.js';

/** Coverages whose half-widths are tabulated; between them the table is interpolated. */
export const COVERAGE_LEVELS = [0.5, 0.6, 0.7, 0.8, 0.85, 0.9, 0.93, 0.96, 0.98, 0.99] as const;
/** Share of values that may fall outside an interval. */
export const INTERVAL_ALPHA = 0.1;
/** Intervals are adapted at these steps of the horizon; the adapted levels of the others lie between. */
export const ADAPTED_STEPS = [1, 3, 5, 10, 15, 20] as const;
/** Forecasts at every so many rows are assessed for the adaptation; their neighbours say much the same. */
export const ADAPTATION_STRIDE = 2;
/**
 * How far the level moves per assessed forecast that is assessed at once. One that is assessed late moves it less, by the root of
 * the delay: what is corrected before the correction can show would overshoot.
 */
const GAMMA = 0.01;

/** How forecasts for {@link ADAPTED_STEPS} that were made at some rows fared. */
export interface AssessedForecasts {
  readonly tags: number;
  /**
   * Largest α whose interval still held the value that came, steps · tags per forecast; anything where none has come yet.
   */
  readonly heldUpTo: Float64Array;
  /** Which forecast was made at a row; undefined: none. */
  readonly indexOf: ReadonlyMap<number, number>;
}

/**
 * Levels α for the forecast made at row `now`, by adaptive conformal inference (Gibbs and Candès, 2021) over the forecasts
 * made since row `from`: horizon × tags. A forecast is assessed once its instant has come.
 */
export function adaptedLevels(assessed: AssessedForecasts, from: number, now: number): Float64Array {
  const { tags } = assessed;
  const first = from + ((now - from) % ADAPTATION_STRIDE);
  const adapted = ADAPTED_STEPS.map((step, n) =>
    Float64Array.from({ length: tags }, (_, tag) => adaptedLevel(assessed, first, now, step, n * tags + tag)),
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

/** @param at position in steps · tags */
function adaptedLevel(
  { tags, heldUpTo, indexOf }: AssessedForecasts,
  first: number,
  now: number,
  step: number,
  at: number,
): number {
  const width = ADAPTED_STEPS.length * tags;
  const delay = Math.ceil(step / ADAPTATION_STRIDE);
  const count = Math.floor((now - first) / ADAPTATION_STRIDE) + 1;
  const levels = new Float64Array(Math.max(count, 0));
  const gamma = GAMMA / Math.sqrt(delay);
  let level = INTERVAL_ALPHA;
  for (let n = 0; n < count; n++) {
    const due = n < delay ? undefined : indexOf.get(first + (n - delay) * ADAPTATION_STRIDE);
    if (due !== undefined) {
      const missed = heldUpTo[due * width + at] < levels[n - delay] ? 1 : 0;
      level += gamma * (INTERVAL_ALPHA - missed);
    }
    levels[n] = level;
  }
  return level;
}

/** Straight lines between the tabulated coverages; beyond them the first stretch from 0 and the last one go on. */
export function interpolatedHalfWidth(table: Float32Array, from: number, coverage: number): number {
  const levels = COVERAGE_LEVELS;
  let above = 0;
  while (above < levels.length - 1 && levels[above] < coverage) above++;
  const low = above === 0 ? 0 : levels[above - 1];
  const narrow = above === 0 ? 0 : table[from + above - 1];
  const slope = (table[from + above] - narrow) / (levels[above] - low);
  return Math.max(0, narrow + (coverage - low) * slope);
}

/** The inverse of {@link interpolatedHalfWidth}: the least coverage whose interval reaches so far; it may be above 1. */
export function coverageReaching(table: Float32Array, from: number, distance: number): number {
  const levels = COVERAGE_LEVELS;
  let above = 0;
  while (above < levels.length - 1 && table[from + above] < distance) above++;
  const low = above === 0 ? 0 : levels[above - 1];
  const narrow = above === 0 ? 0 : table[from + above - 1];
  const slope = (table[from + above] - narrow) / (levels[above] - low);
  return distance <= narrow ? low : low + (distance - narrow) / slope;
}
