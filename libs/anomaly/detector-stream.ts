import {
  type AlarmEpisodeSnapshot,
  AlarmEpisodes,
  type DetectorSnapshot,
  type EpisodeChange,
  type LoadedDetector,
} from '#ml';

/** Plant samples come every three minutes; detectors are trained on that interval. */
export const SAMPLING_INTERVAL_MS = 180_000;
/** After a gap longer than this a detector starts afresh: what it remembers is not what happened before. */
export const LONGEST_GAP_MS = 10 * SAMPLING_INTERVAL_MS;

/** State of one detector and its episodes between two samples. */
export interface DetectorStreamSnapshot {
  version: string;
  detector: DetectorSnapshot;
  episodes: AlarmEpisodeSnapshot;
}

/** What a sample did in one stream; `statistic` is undefined while the detector is not ready. */
export interface StreamStep {
  statistic: number | undefined;
  change: EpisodeChange | undefined;
}

/** One detector running along the plant's samples, and the episodes it finds. */
export class DetectorStream {
  private readonly episodes = new AlarmEpisodes();

  constructor(readonly loaded: LoadedDetector) {}

  get tagCodes(): readonly string[] {
    return this.loaded.detector.tagCodes;
  }

  get limit(): number {
    return this.loaded.detector.limit;
  }

  /** @param values one sample in the order of `tagCodes`, NaN = missing */
  step(ts: number, values: Float64Array): StreamStep {
    const { statistic, limit, contributions, ready } = this.loaded.detector.step(values);
    if (!ready) return { statistic: undefined, change: undefined };
    return { statistic, change: this.episodes.step(ts, statistic, limit, contributions) };
  }

  /** The samples stop for longer than the detector remembers: an open episode ends and history is forgotten. */
  interrupt(ts: number): EpisodeChange | undefined {
    this.loaded.detector.reset();
    return this.episodes.interrupt(ts);
  }

  snapshot(): DetectorStreamSnapshot {
    return {
      version: this.loaded.version,
      detector: this.loaded.detector.snapshot(),
      episodes: this.episodes.snapshot(),
    };
  }

  /** @returns false when the snapshot is of another version of the detector; then the stream starts afresh */
  restore(snapshot: DetectorStreamSnapshot | undefined): boolean {
    this.loaded.detector.reset();
    this.episodes.restore(null);
    if (snapshot?.version !== this.loaded.version) return false;
    this.loaded.detector.restore(snapshot.detector);
    this.episodes.restore(snapshot.episodes);
    return true;
  }
}
