import type { DetectorName } from '#ml';
import { Injectable } from '@nestjs/common';

/** What one detector says of one sample. */
export interface DetectorScore {
  detector: DetectorName;
  statistic: number;
  limit: number;
  /** Median of statistic ÷ limit in normal operation, below 1. */
  normalRatio: number;
  /** One number ≥ 0 for each tag of the batch; 0 for tags the detector does not look at. */
  contributions: Float64Array;
}

/** One plant sample with what the detectors say of it. */
export interface ScoredSample {
  /** Plant time, epoch milliseconds. */
  ts: number;
  /** One value for each tag of the batch, NaN = missing. */
  values: Float64Array;
  /** One mark for each tag of the batch: 1 where it is sampled otherwise than the detectors have learnt. */
  unwatched: Uint8Array;
  /** Whether that holds for so many tags that no detector can score the plant. */
  isBlind: boolean;
  /** 1 for each tag whose value is missing because its sample is bad; absent when there is none. */
  bad?: Uint8Array;
  /** Of the detectors that are ready; none where no tag has a value. */
  scores: DetectorScore[];
}

/** Consecutive samples: all that the plant has in `(after, to]`. */
export interface ScoredBatch {
  tagCodes: readonly string[];
  /** In use, the primary one first, ready or not. */
  detectors: readonly DetectorName[];
  samples: ScoredSample[];
  after: number;
  to: number;
}

/** Who draws conclusions from scored samples, in step with the scorer. */
export interface SampleFollower {
  /** Under this name its state is kept. */
  readonly name: string;
  /**
   * Takes samples in, inside the transaction that commits their scores. After late samples the same stretch of time
   * comes again, with the state from before it: what was concluded from `(after, to]` has to be replaced.
   * @param state what the call for the samples before returned; undefined at the beginning
   * @returns its state after these samples, JSON-serialisable
   */
  follow(batch: ScoredBatch, state: unknown): Promise<unknown>;
}

/** Where those who follow the scored samples of this process are known. */
@Injectable()
export class ScoredSamples {
  private readonly followers: SampleFollower[] = [];

  /** To be called before the application has started: the scorer begins with its bootstrap. */
  register(follower: SampleFollower): void {
    this.followers.push(follower);
  }

  /** @returns the state of every follower after the batch */
  async follow(
    batch: ScoredBatch,
    states: Readonly<Record<string, unknown>>,
  ): Promise<Record<string, unknown>> {
    const next: Record<string, unknown> = {};
    for (const follower of this.followers)
      next[follower.name] = await follower.follow(batch, states[follower.name]);
    return next;
  }
}
