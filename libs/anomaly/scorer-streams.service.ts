import { setImmediate } from 'node:timers/promises';
import type { DetectorName } from '#ml';
import { Injectable } from '@nestjs/common';
import { loggerOf } from '#platform';
import { TagDirectory } from '#timeseries';
import {
  type DetectorStream,
  type DetectorStreamSnapshot,
  SAMPLING_INTERVAL_MS,
  tagsOfStreams,
} from './detection/detector-stream.js';
import { Detectors } from './detection/detectors.service.js';
import { SampleSource } from './sampling/sample-source.service.js';
import type { Checkpoint } from './scorer-checkpoint.js';

/** How often the scorer asks which versions of the detectors are in use. */
const VERSION_CHECK_MS = 2_000;
/** Samples that a new version takes in before it scores: 25 h, several times the memory of the slowest chart. */
const WARM_UP_SAMPLES = 500;

/**
 * The detectors that the scorer runs and the tags its samples have. A version that comes into use takes over between two
 * samples, warmed up from what is stored; the other detectors keep their streams.
 */
@Injectable()
export class ScorerStreams {
  private readonly logger = loggerOf('scorer');
  private running: DetectorStream[] = [];
  private tags: string[] = [];
  private ofDetectors = 0;
  private versionsCheckedAt = -Infinity;
  private isStale = false;

  constructor(
    private readonly detectors: Detectors,
    private readonly source: SampleSource,
    private readonly directory: TagDirectory,
  ) {}

  /** In use, the primary one first. */
  get all(): readonly DetectorStream[] {
    return this.running;
  }

  get names(): DetectorName[] {
    return this.running.map(({ loaded }) => loaded.name);
  }

  /** The tags of a sample: what the detectors look at, then the other tags of the plant. */
  get tagCodes(): readonly string[] {
    return this.tags;
  }

  /** How many of the tags of a sample the detectors look at. */
  get detectorTags(): number {
    return this.ofDetectors;
  }

  /** Whether the streams' state is not that of the checkpoint the scorer goes on from. */
  get stale(): boolean {
    return this.isStale;
  }

  /** The checkpoint is another one than the streams have come to: it has to be restored. */
  invalidate(): void {
    this.isStale = true;
  }

  /** Loads the versions in use; their state is that of no checkpoint yet. */
  async open(): Promise<void> {
    this.running = await this.detectors.openStreams();
    this.tags = [];
    this.versionsCheckedAt = performance.now();
  }

  /**
   * Looks whether other versions have come into use and takes them up.
   * @param resume puts the new streams where the scorer is; when it fails, the old ones stay
   */
  async takeUpNewVersions(resume: () => Promise<void>): Promise<void> {
    if (performance.now() - this.versionsCheckedAt < VERSION_CHECK_MS) return;
    this.versionsCheckedAt = performance.now();
    const streams = await this.detectors.changedStreams(this.running);
    if (!streams) return;
    const before = this.running;
    this.running = streams;
    this.tags = [];
    try {
      await resume();
    } catch (error) {
      this.running = before;
      this.isStale = true;
      throw error;
    }
  }

  /** Tags may be registered while the scorer runs: samples have all of them, those of the detectors first. */
  async layOutSamples(): Promise<void> {
    const looksAt = tagsOfStreams(this.running);
    const tagCodes = [...new Set([...looksAt, ...(await this.directory.all()).keys()])];
    if (tagCodes.length === this.tags.length && tagCodes.every((code, i) => code === this.tags[i])) return;
    this.tags = tagCodes;
    this.ofDetectors = looksAt.length;
    for (const stream of this.running) stream.takeFrom(tagCodes);
  }

  /** Puts the streams where the checkpoint is; those it has no state for take in the samples before it. */
  async restore({ snapshot }: Checkpoint): Promise<void> {
    this.isStale = true;
    const fresh = this.running.filter((stream) => !stream.restore(snapshot.streams[stream.loaded.name]));
    if (fresh.length > 0 && snapshot.lastTs !== null) await this.warmUp(fresh, snapshot.lastTs);
    this.isStale = false;
  }

  /** State of each by its name. */
  snapshots(): Record<string, DetectorStreamSnapshot> {
    return Object.fromEntries(this.running.map((stream) => [stream.loaded.name, stream.snapshot()]));
  }

  private async warmUp(streams: readonly DetectorStream[], lastTs: number): Promise<void> {
    const tagCodes = tagsOfStreams(streams);
    const from = lastTs - WARM_UP_SAMPLES * SAMPLING_INTERVAL_MS;
    const samples = await this.source.readSamples(tagCodes, from, lastTs + 1);
    for (const stream of streams) {
      stream.takeFrom(tagCodes);
      stream.warmUp(samples);
      if (this.tags.length > 0) stream.takeFrom(this.tags);
      await setImmediate();
    }
    this.logger.info(
      {
        detectors: streams.map(({ loaded }) => `${loaded.name} ${loaded.version}`),
        samples: samples.timestamps.length,
      },
      'detectors warmed up from stored samples',
    );
  }
}
