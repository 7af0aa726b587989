import type { SensorTag } from '#equipment';
import { RECORDING_INTERVAL_MS } from '#tep';

/**
 * How a tag's samples come, against the plant's recording interval which models learn at: `regular`; `faster`, so that
 * there is a sample at every instant of the plant's grid; `slower`; `off_grid`, faster but past those instants.
 */
export type SamplingState = 'regular' | 'faster' | UnwatchedState;

/** States in which nothing that has learnt at the plant's interval can evaluate a tag. */
export const UNWATCHED_STATES = ['never_sent', 'slower', 'off_grid'] as const;
export type UnwatchedState = (typeof UNWATCHED_STATES)[number];

export interface TagSampling {
  state: SamplingState;
  /** Usual time between two samples [ms]; null while there are too few. */
  intervalMs: number | null;
}

/** So many newest times of a tag are looked at. */
export const DECIDING_TIMES = 31;
/** So many newest intervals say how often it is sampled; the older ones only whether samples are lost. */
const RECENT_INTERVALS = 10;
/** Fewer intervals say nothing: one may be a sample that was lost. */
const LEAST_INTERVALS = 3;
/** An interval may differ by this share from the plant's, or a whole number of intervals from it by this share of one. */
const TOLERANCE = 0.05;
/** Below this interval clocks are not exact enough to see whether it divides the plant's. */
const SHORTEST_DIVIDING_MS = 5_000;
/** An analyser that is stored with each new analysis is late now and then. */
const ANALYSER_TOLERANCE = 1.5;

/**
 * Assesses a tag by its newest times. The lower median of the newest intervals counts, so that single samples may be
 * missing. Intervals of two or more times the plant's are taken for lost samples as long as some other was the plant's.
 * Analysers count as slower only beyond one and a half of their own interval.
 * @param newestFirst up to DECIDING_TIMES times, epoch milliseconds
 */
export function samplingOf(
  newestFirst: readonly number[],
  { samplingIntervalMs }: Pick<SensorTag, 'samplingIntervalMs'>,
): TagSampling {
  if (newestFirst.length === 0) return { state: 'never_sent', intervalMs: null };
  if (newestFirst.length <= LEAST_INTERVALS) return { state: 'regular', intervalMs: null };
  const intervals = newestFirst.slice(1).map((ts, i) => newestFirst[i] - ts);
  const recent = intervals.slice(0, RECENT_INTERVALS).sort((a, b) => a - b);
  const intervalMs = recent[Math.floor((recent.length - 1) / 2)];
  const state = stateOf(intervalMs, samplingIntervalMs);
  const losesSamples = isWhole(intervalMs / RECORDING_INTERVAL_MS) && intervals.some(isPlantInterval);
  return state === 'slower' && losesSamples ? { state: 'regular', intervalMs: null } : { state, intervalMs };
}

export function isUnwatched(state: SamplingState): state is UnwatchedState {
  return (UNWATCHED_STATES as readonly SamplingState[]).includes(state);
}

/** Why samples that come otherwise than learnt are not watched, in one sentence. */
export function samplingSentence({ intervalMs }: TagSampling): string {
  return `not watched: sampled every ${inSeconds(intervalMs ?? 0)} s, learnt at ${inSeconds(RECORDING_INTERVAL_MS)} s`;
}

function stateOf(intervalMs: number, ownIntervalMs: number): SamplingState {
  const perSample = RECORDING_INTERVAL_MS / intervalMs;
  const isAnalyser = ownIntervalMs > RECORDING_INTERVAL_MS;
  if (perSample < 1 - TOLERANCE)
    return isAnalyser && intervalMs <= ANALYSER_TOLERANCE * ownIntervalMs ? 'regular' : 'slower';
  if (intervalMs >= SHORTEST_DIVIDING_MS && !isWhole(perSample)) return 'off_grid';
  return isPlantInterval(intervalMs) ? 'regular' : 'faster';
}

function isWhole(ratio: number): boolean {
  return Math.abs(ratio - Math.round(ratio)) <= TOLERANCE;
}

function isPlantInterval(intervalMs: number): boolean {
  return Math.abs(RECORDING_INTERVAL_MS / intervalMs - 1) <= TOLERANCE;
}

function inSeconds(ms: number): number {
  return Math.round(ms / 100) / 10;
}
