import { TAGS } from '../catalogue/tags.js';
import { SHUTDOWN_LIMITS, type ShutdownCause } from '../plant/shutdown.js';
import type { TagValues } from './operating-cost.js';
import { isFrozen } from './plant-window.js';

/** What the plant measured at an instant. */
export interface MeasuredInstant {
  /** Epoch milliseconds. */
  readonly ts: number;
  readonly values: TagValues;
}

/** A stretch in which the plant stood still. */
export interface Standstill {
  /** Its first sample, epoch milliseconds. */
  readonly from: number;
  /** The first sample after it in which the plant ran again; null when the samples end before. */
  readonly to: number | null;
  /** The shutdown limit that its measurements stand at; null when they stand at none. */
  readonly cause: ShutdownCause | null;
}

/**
 * Where the plant stood still, in samples in order of time: measurements that all repeat exactly, from the first of them
 * on, as for the running time of {@link summarisePlantWindow}. A stretch that goes on over missing samples is one.
 */
export function standstillsIn(samples: Iterable<MeasuredInstant>): Standstill[] {
  const found: Standstill[] = [];
  let previous: MeasuredInstant | null = null;
  let begin: MeasuredInstant | null = null;
  for (const sample of samples) {
    const repeats = previous !== null && isFrozen(previous.values, sample.values);
    if (repeats) begin ??= previous;
    else if (begin !== null) {
      found.push({ from: begin.ts, to: sample.ts, cause: shutdownCauseSeenIn(begin.values) });
      begin = null;
    }
    previous = sample;
  }
  if (begin !== null) found.push({ from: begin.ts, to: null, cause: shutdownCauseSeenIn(begin.values) });
  return found;
}

const CUBIC_FEET_PER_CUBIC_METRE = 35.3145;

/** Reading of a level in per cent at a limit of its volume, from the zero and the span of its scale in cubic feet (Downs and Vogel's model). */
const levelPercent = (cause: ShutdownCause, zero: number, span: number): number =>
  (100 * (SHUTDOWN_LIMITS[cause].limit * CUBIC_FEET_PER_CUBIC_METRE - zero)) / span;

/** What each limit reads on the measurement of its quantity, and on which side of it the plant trips. */
const LIMIT_READINGS: readonly (readonly [ShutdownCause, tag: string, reading: number, side: 1 | -1])[] = [
  ['reactor-pressure-high', 'XMEAS_07', SHUTDOWN_LIMITS['reactor-pressure-high'].limit, 1],
  ['reactor-level-high', 'XMEAS_08', levelPercent('reactor-level-high', 84.6, 666.7), 1],
  ['reactor-level-low', 'XMEAS_08', levelPercent('reactor-level-low', 84.6, 666.7), -1],
  ['reactor-temperature-high', 'XMEAS_09', SHUTDOWN_LIMITS['reactor-temperature-high'].limit, 1],
  ['separator-level-high', 'XMEAS_12', levelPercent('separator-level-high', 27.5, 290), 1],
  ['separator-level-low', 'XMEAS_12', levelPercent('separator-level-low', 27.5, 290), -1],
  ['stripper-level-high', 'XMEAS_15', levelPercent('stripper-level-high', 78.25, 156.5), 1],
  ['stripper-level-low', 'XMEAS_15', levelPercent('stripper-level-low', 78.25, 156.5), -1],
];

/** A measurement at its limit may read this much short of it, for its noise. */
const NOISE_SIGMAS = 4;

/** The shutdown limit that the measurements of a plant at rest stand at or beyond, the farthest beyond first; null: none. */
export function shutdownCauseSeenIn(values: TagValues): ShutdownCause | null {
  let farthest: { cause: ShutdownCause; sigmas: number } | null = null;
  for (const [cause, code, reading, side] of LIMIT_READINGS) {
    const sigma = TAGS.find((tag) => tag.code === code)?.noiseSigma ?? 1;
    const sigmas = (side * ((values[code] ?? NaN) - reading)) / sigma;
    if (sigmas >= -NOISE_SIGMAS && (farthest === null || sigmas > farthest.sigmas))
      farthest = { cause, sigmas };
  }
  return farthest?.cause ?? null;
}
