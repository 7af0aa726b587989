import type { TagValues } from './operating-cost.js';
import { TAGS } from '../catalogue/tags.js';

/** What counts as good product: G in the product within a tolerance of its setpoint, mole per cent. */
export interface ProductSpecification {
  readonly gMolePercent: number;
  readonly toleranceMolePercent: number;
}

/**
 * Mode 1: 50/50 G/H by mass, which is 53.724 mole % of G at the base case. Downs and Vogel call variations of the
 * product beyond ±5 mole % of G harmful.
 */
export const MODE_1_SPECIFICATION: ProductSpecification = { gMolePercent: 53.724, toleranceMolePercent: 5 };

/** A stretch of plant time, condensed to what the indicators need. */
export interface PlantWindow {
  /** Mean of every tag over the samples in which the plant ran. */
  readonly means: TagValues;
  readonly plannedHours: number;
  readonly runningHours: number;
  /** Running samples with an analysis of G in the product, and those of them that meet the specification. */
  readonly assayedSamples: number;
  readonly inSpecificationSamples: number;
}

export interface PlantWindowOptions {
  /** Time one sample stands for; default 0.05 h, the recording interval. */
  readonly samplingIntervalHours?: number;
  /** Time the plant was meant to run; default: the time the samples stand for. Larger when samples are missing. */
  readonly plannedHours?: number;
  readonly specification?: ProductSpecification;
}

const CONTINUOUS_TAGS = TAGS.filter((tag) => tag.role === 'measurement').map((tag) => tag.code);
/** One repeated value may be chance; all of several noisy measurements repeating is not. */
const LEAST_COMMON_TAGS = 2;

/**
 * Whether the plant stands still between two consecutive samples: every continuous measurement they share
 * repeats exactly. Each of the 22 carries noise of its own while the plant runs; after a shutdown they freeze.
 */
export function isFrozen(previous: TagValues, current: TagValues): boolean {
  let shared = 0;
  for (const code of CONTINUOUS_TAGS) {
    const before = previous[code];
    const now = current[code];
    if (before === undefined || now === undefined) continue;
    if (before !== now) return false;
    shared++;
  }
  return shared >= LEAST_COMMON_TAGS;
}

/**
 * Condenses consecutive samples, in order of time. A sample counts as running when it differs from the one before
 * and from the one after it, so that the first sample of a standstill already counts as stopped. Non-finite values
 * are left out of the means.
 */
export function summarisePlantWindow(
  samples: Iterable<TagValues>,
  options: PlantWindowOptions = {},
): PlantWindow {
  const { samplingIntervalHours = 0.05, specification = MODE_1_SPECIFICATION } = options;
  const running = new RunningSamples(specification);
  let count = 0;
  let pending: TagValues | null = null;
  let pendingRepeats = false;
  for (const sample of samples) {
    count++;
    const repeats = pending !== null && isFrozen(pending, sample);
    if (pending !== null && !pendingRepeats && !repeats) running.add(pending);
    pending = sample;
    pendingRepeats = repeats;
  }
  if (pending !== null && !pendingRepeats) running.add(pending);
  return {
    means: running.means(),
    plannedHours: options.plannedHours ?? count * samplingIntervalHours,
    runningHours: running.count * samplingIntervalHours,
    assayedSamples: running.assayed,
    inSpecificationSamples: running.inSpecification,
  };
}

class RunningSamples {
  count = 0;
  assayed = 0;
  inSpecification = 0;
  private readonly sums = new Map<string, { sum: number; count: number }>();

  constructor(private readonly specification: ProductSpecification) {}

  add(sample: TagValues): void {
    this.count++;
    for (const [code, value] of Object.entries(sample)) {
      if (value === undefined || !Number.isFinite(value)) continue;
      const entry = this.sums.get(code) ?? { sum: 0, count: 0 };
      entry.sum += value;
      entry.count++;
      this.sums.set(code, entry);
    }
    const g = sample.XMEAS_40;
    if (g === undefined || !Number.isFinite(g)) return;
    this.assayed++;
    if (Math.abs(g - this.specification.gMolePercent) <= this.specification.toleranceMolePercent)
      this.inSpecification++;
  }

  means(): TagValues {
    return Object.fromEntries([...this.sums].map(([code, { sum, count }]) => [code, sum / count]));
  }
}
