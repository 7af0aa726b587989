/** How a detector's statistic becomes episodes; all counts are consecutive samples. */
export interface AlarmEpisodeOptions {
  /** Samples beyond the limit before an episode is reported; a single excursion is not an event. @default 6 */
  onDelay?: number;
  /** Samples below the lower threshold before it ends. @default 6 */
  offDelay?: number;
  /** The lower threshold as a share of the limit, so that a statistic at the limit does not chatter. @default 0.9 */
  hysteresis?: number;
}

export const SEVERITY_LEVELS = ['low', 'medium', 'high', 'critical'] as const;
export type SeverityLevel = (typeof SEVERITY_LEVELS)[number];

/** A stretch of time in alarm, as far as it is known. */
export interface AlarmEpisode {
  /** First sample beyond the limit, epoch ms. */
  startedAt: number;
  /** Sample with which the on-delay was over, epoch ms. */
  detectedAt: number;
  /** First sample below the lower threshold, epoch ms; null while it lasts. */
  endedAt: number | null;
  peakAt: number;
  /** Largest statistic. */
  peak: number;
  /** Samples since the start. */
  sampleCount: number;
  /** Share of each tag in all contributions since the start, 0 to 1. */
  shares: number[];
}

/** What a sample did to the episodes: one began, goes on, or is over. */
export interface EpisodeChange {
  kind: 'opened' | 'continued' | 'closed';
  episode: AlarmEpisode;
}

interface Run {
  episode: AlarmEpisode;
  /** Sum of the contributions, each sample scaled to 1. */
  shareSums: number[];
  above: number;
  below: number;
  belowSince: number;
}

/** State between two samples, JSON-serialisable; null when nothing is in sight. */
export type AlarmEpisodeSnapshot = Run | null;

/** Finds episodes in the statistic of one detector, sample by sample, with on-delay, off-delay and hysteresis. */
export class AlarmEpisodes {
  private readonly onDelay: number;
  private readonly offDelay: number;
  private readonly hysteresis: number;
  private run: Run | null = null;

  /** @throws RangeError when a delay is not a whole number ≥ 1 or the hysteresis not in (0, 1] */
  constructor({ onDelay = 6, offDelay = 6, hysteresis = 0.9 }: AlarmEpisodeOptions = {}) {
    if (!Number.isInteger(onDelay) || onDelay < 1)
      throw new RangeError(`onDelay ${onDelay} is not a whole number ≥ 1`);
    if (!Number.isInteger(offDelay) || offDelay < 1)
      throw new RangeError(`offDelay ${offDelay} is not a whole number ≥ 1`);
    if (!(hysteresis > 0 && hysteresis <= 1))
      throw new RangeError(`hysteresis ${hysteresis} is not in (0, 1]`);
    this.onDelay = onDelay;
    this.offDelay = offDelay;
    this.hysteresis = hysteresis;
  }

  /** Whether an episode has been reported and is not over. */
  get isOpen(): boolean {
    return this.run !== null && this.run.above >= this.onDelay;
  }

  /**
   * Takes the next sample.
   * @param contributions one number ≥ 0 per tag; copied
   * @returns what became of the episode, or undefined when there is none (yet)
   */
  step(ts: number, statistic: number, limit: number, contributions: Float64Array): EpisodeChange | undefined {
    if (this.run === null) {
      if (!(statistic > limit)) return undefined;
      this.run = newRun(ts, contributions.length);
    }
    const run = this.run;
    const open = run.above >= this.onDelay;
    if (!open && !(statistic > limit)) {
      this.run = null;
      return undefined;
    }
    addSample(run, ts, statistic, contributions);
    if (!open) return this.stepTowardsOpening(run, ts);
    return this.stepTowardsClosing(run, ts, statistic < this.hysteresis * limit);
  }

  /** Forgets what is in sight. @returns the open episode, closed at `ts`, if there was one */
  interrupt(ts: number): EpisodeChange | undefined {
    const run = this.run;
    this.run = null;
    if (run === null || run.above < this.onDelay) return undefined;
    run.episode.endedAt = ts;
    return { kind: 'closed', episode: withShares(run) };
  }

  snapshot(): AlarmEpisodeSnapshot {
    return structuredClone(this.run);
  }

  restore(snapshot: AlarmEpisodeSnapshot): void {
    this.run = structuredClone(snapshot);
  }

  private stepTowardsOpening(run: Run, ts: number): EpisodeChange | undefined {
    run.above++;
    if (run.above < this.onDelay) return undefined;
    run.episode.detectedAt = ts;
    return { kind: 'opened', episode: withShares(run) };
  }

  private stepTowardsClosing(run: Run, ts: number, isBelow: boolean): EpisodeChange {
    if (!isBelow) run.below = 0;
    else if (++run.below === 1) run.belowSince = ts;
    if (run.below < this.offDelay) return { kind: 'continued', episode: withShares(run) };
    run.episode.endedAt = run.belowSince;
    this.run = null;
    return { kind: 'closed', episode: withShares(run) };
  }
}

function newRun(ts: number, tags: number): Run {
  return {
    episode: {
      startedAt: ts,
      detectedAt: ts,
      endedAt: null,
      peakAt: ts,
      peak: -Infinity,
      sampleCount: 0,
      shares: [],
    },
    shareSums: new Array<number>(tags).fill(0),
    above: 0,
    below: 0,
    belowSince: 0,
  };
}

function addSample(
  { episode, shareSums }: Run,
  ts: number,
  statistic: number,
  contributions: Float64Array,
): void {
  episode.sampleCount++;
  if (statistic > episode.peak) {
    episode.peak = statistic;
    episode.peakAt = ts;
  }
  let total = 0;
  for (const contribution of contributions) total += contribution;
  if (total > 0) for (let i = 0; i < shareSums.length; i++) shareSums[i] += contributions[i] / total;
}

function withShares({ episode, shareSums }: Run): AlarmEpisode {
  const total = shareSums.reduce((sum, share) => sum + share, 0);
  return { ...episode, shares: shareSums.map((share) => (total > 0 ? share / total : 0)) };
}

const HOUR_MS = 3_600_000;

/**
 * Severity from how far the statistic went beyond its limit (2, 5 and 20 times) and, at least, from how long it has
 * lasted: medium after 2 h, high after 8 h.
 * @param peakRatio peak statistic over limit
 */
export function episodeSeverity(peakRatio: number, durationMs: number): SeverityLevel {
  const bySize = peakRatio >= 20 ? 3 : peakRatio >= 5 ? 2 : peakRatio >= 2 ? 1 : 0;
  const byDuration = durationMs >= 8 * HOUR_MS ? 2 : durationMs >= 2 * HOUR_MS ? 1 : 0;
  return SEVERITY_LEVELS[Math.max(bySize, byDuration)];
}
