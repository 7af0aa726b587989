import {
  type AlarmEpisodeSnapshot,
  AlarmEpisodes,
  type DetectorReading,
  type DetectorSnapshot,
  type EpisodeChange,
  type LoadedDetector,
} from '#ml';
import { RECORDING_INTERVAL_MS } from '#tep';

/** Plant samples come every three minutes; detectors are trained on that interval. */
export const SAMPLING_INTERVAL_MS = RECORDING_INTERVAL_MS;
/** After a gap longer than this a detector starts afresh: what it remembers is not what happened before. */
export const LONGEST_GAP_MS = 10 * SAMPLING_INTERVAL_MS;

/** Plant samples of some tags in order of time: `values[row * tags + tag]`, NaN = missing. */
export interface SampleBatch {
  timestamps: Float64Array;
  values: Float64Array;
  /** 1 where the value is missing because the tag's sample is bad; absent when there is none, or nobody asked. */
  bad?: Uint8Array;
}

/** State of one detector and its episodes between two samples. */
export interface DetectorStreamSnapshot {
  version: string;
  detector: DetectorSnapshot;
  episodes: AlarmEpisodeSnapshot;
}

/** What a sample did in one stream. */
export interface StreamStep {
  /** Undefined while the detector is not ready; its buffer is reused by the next step. */
  reading: DetectorReading | undefined;
  change: EpisodeChange | undefined;
}

/** One detector running along the plant's samples, and the episodes it finds. */
export class DetectorStream {
  private readonly episodes = new AlarmEpisodes();
  private readonly values: Float64Array;
  /** Where each tag of the detector stands in a sample; -1 when samples don't have it. */
  private columns: Int32Array;

  constructor(readonly loaded: LoadedDetector) {
    this.values = new Float64Array(this.tagCodes.length);
    this.columns = Int32Array.from(this.tagCodes, (_, i) => i);
  }

  get tagCodes(): readonly string[] {
    return this.loaded.detector.tagCodes;
  }

  get limit(): number {
    return this.loaded.detector.limit;
  }

  /** From now on samples come with these tags, in this order; without it they come with the detector's own. */
  takeFrom(sampleTags: readonly string[]): void {
    this.columns = Int32Array.from(this.tagCodes, (code) => sampleTags.indexOf(code));
  }

  /** @param sample one value for each tag that samples have, NaN = missing */
  step(ts: number, sample: Float64Array): StreamStep {
    for (let i = 0; i < this.values.length; i++) {
      const column = this.columns[i];
      this.values[i] = column < 0 ? NaN : sample[column];
    }
    const reading = this.loaded.detector.step(this.values);
    if (!reading.ready) return { reading: undefined, change: undefined };
    const { statistic, limit, contributions } = reading;
    return { reading, change: this.episodes.step(ts, statistic, limit, contributions) };
  }

  /** Spreads the contributions of a reading over the tags that samples have; 0 for those the detector lacks. */
  contributionsBySampleTag({ contributions }: DetectorReading, sampleTags: number): Float64Array {
    const spread = new Float64Array(sampleTags);
    this.columns.forEach((column, i) => {
      if (column >= 0) spread[column] = contributions[i];
    });
    return spread;
  }

  /** The samples stop for longer than the detector remembers: an open episode ends and history is forgotten. */
  interrupt(ts: number): EpisodeChange | undefined {
    this.loaded.detector.reset();
    return this.episodes.interrupt(ts);
  }

  /** Whether an episode goes on. */
  get inAlarm(): boolean {
    return this.episodes.isOpen;
  }

  /** Whether a snapshot is of this version of the detector. */
  fits(snapshot: DetectorStreamSnapshot | undefined): boolean {
    return snapshot?.version === this.loaded.version;
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
    if (snapshot === undefined || !this.fits(snapshot)) return false;
    this.loaded.detector.restore(snapshot.detector);
    this.episodes.restore(snapshot.episodes);
    return true;
  }

  /**
   * Takes in samples that were scored before this version was in use, so that it scores the next one as if it had always
   * been; nothing is reported of them.
   */
  warmUp({ timestamps, values, afresh }: SampleBatch & { afresh: Uint8Array }): void {
    const tags = timestamps.length === 0 ? 0 : values.length / timestamps.length;
    timestamps.forEach((ts, row) => {
      if (row > 0 && (ts - timestamps[row - 1] > LONGEST_GAP_MS || afresh[row] === 1))
        this.interrupt(timestamps[row - 1]);
      this.step(ts, values.subarray(row * tags, (row + 1) * tags));
    });
  }
}

/** Every tag that one of the streams looks at, once. */
export function tagsOfStreams(streams: readonly DetectorStream[]): string[] {
  return [...new Set(streams.flatMap(({ tagCodes }) => tagCodes))];
}
