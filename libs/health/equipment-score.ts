import type { DetectorName } from '#ml';
import type { LimitState } from '#timeseries';

export const REACHED_LIMITS = ['LL', 'L', 'H', 'HH'] as const satisfies LimitState[];
/** A limit that a value has reached. */
export type ReachedLimit = (typeof REACHED_LIMITS)[number];

export const HEALTH_REASONS = ['deviation', 'limit', 'stale', 'sampling', 'bad_quality'] as const;
/**
 * Detectors find a tag's behaviour abnormal, its value has reached an alarm limit, it sends nothing, it is sampled otherwise
 * than detectors have learnt, or it sends only values of bad quality.
 */
export type HealthReason = (typeof HEALTH_REASONS)[number];

/** What takes points from an equipment. */
export interface HealthDriver {
  reason: HealthReason;
  tag: string;
  /** Points it takes from 100. */
  points: number;
  /** Of a deviation: the detector that finds it most abnormal. */
  detector: DetectorName | null;
  /** Of a limit: which one. */
  limit: ReachedLimit | null;
  /** Of a limit: the value that has reached it. */
  value: number | null;
}

/** How well an equipment is. */
export interface Score {
  /** 0 (worst) to 100. */
  score: number;
  /** What takes half a point or more, the most expensive first. */
  drivers: HealthDriver[];
}

export const HEALTH_BANDS = ['good', 'fair', 'poor'] as const;
export type HealthBand = (typeof HEALTH_BANDS)[number];

/** From here on a score is good. */
export const GOOD_FROM = 80;
/** Below it is poor: a detector has been beyond its limit for a while, or a shutdown limit is reached. */
export const POOR_BELOW = 50;

export function bandOf(score: number): HealthBand {
  return score >= GOOD_FROM ? 'good' : score < POOR_BELOW ? 'poor' : 'fair';
}

const STEEPNESS = 4;

/**
 * Points a detector's reading takes from 100. With D = statistic ÷ limit and m its normal median,
 *
 *     e = max(0, (D − m) / (1 − m)),   health = 100 / (1 + e⁴),   points = 100 − health
 *
 * so health is 100 up to the normal median and 50 at the limit, and falls monotonically. Taking the median out makes
 * detectors comparable whose statistics have different tails. The fourth power leaves normal scatter alone: half-way
 * between median and limit costs 6 points.
 *
 * @param normalRatio m, below 1, as the detector's card has it
 */
export function deviationPoints(statistic: number, limit: number, normalRatio: number): number {
  const excess = Math.max(0, (statistic / limit - normalRatio) / (1 - normalRatio));
  return 100 * (1 - 1 / (1 + excess ** STEEPNESS));
}

/** A shutdown limit (LL, HH) costs as much as a detector at its limit; a warning limit (L, H) makes a unit fair at two. */
const LIMIT_POINTS: Readonly<Record<ReachedLimit, number>> = { LL: 50, L: 15, H: 15, HH: 50 };

export function limitPoints(limit: ReachedLimit): number {
  return LIMIT_POINTS[limit];
}

/** A unit half of whose sensors are silent or bad has lost 25 points; one without any other has no score at all. */
const POINTS_OF_ALL_SENSORS = 50;

/**
 * What a sensor costs that sends nothing, or nothing good enough to be used.
 * @param tags sensors of the unit
 */
export function stalePoints(tags: number): number {
  return POINTS_OF_ALL_SENSORS / tags;
}

/** Drivers that take less count, but are not worth a line. */
const LEAST_POINTS = 0.5;

/**
 * 100 less all points; drivers that would take more than 100 together are scaled down, so that they always explain what
 * is missing. Points and score are rounded to one decimal.
 */
export function scoreOf(drivers: readonly HealthDriver[]): Score {
  const total = drivers.reduce((sum, { points }) => sum + points, 0);
  const scale = total > 100 ? 100 / total : 1;
  const kept = drivers
    .map((driver) => ({ ...driver, points: oneDecimal(driver.points * scale) }))
    .filter(({ points }) => points >= LEAST_POINTS)
    .sort((a, b) => b.points - a.points);
  return { score: oneDecimal(Math.max(0, 100 - total)), drivers: kept };
}

function oneDecimal(value: number): number {
  return Math.round(value * 10) / 10;
}
