import { Injectable } from '@nestjs/common';
import { ProcessClock } from '#platform';
import { SAMPLING_INTERVAL_MS } from './detection/detector-stream.js';
import { firstSamples, NO_POSITION, type PlantSamples, SAMPLE_WIDTH_MS } from './sampling/plant-sampler.js';
import { SampleSource } from './sampling/sample-source.service.js';
import type { Checkpoint } from './scorer-checkpoint.js';
import { ScorerStreams } from './scorer-streams.service.js';

/** The samples that the scorer comes to next; one that is still arriving is left for later. */
@Injectable()
export class ScorerSamples {
  constructor(
    private readonly source: SampleSource,
    private readonly streams: ScorerStreams,
    private readonly clock: ProcessClock,
  ) {}

  /** The next samples behind a checkpoint, `count` at the most. */
  async next({ positionTs, snapshot }: Checkpoint, count: number): Promise<PlantSamples> {
    const from = snapshot.lastTs === null ? positionTs + 1 : positionTs + SAMPLE_WIDTH_MS;
    const before =
      snapshot.lastTs === null ? NO_POSITION : { ts: snapshot.lastTs, onGrid: snapshot.lastOnGrid ?? false };
    const { tagCodes } = this.streams;
    const samples = await this.source.readNext(tagCodes, before, from, snapshot.horizonTs, count);
    const rows = samples.timestamps.length;
    return this.isStillArriving(samples) ? firstSamples(samples, rows - 1, tagCodes.length) : samples;
  }

  /** Whether a sample lacks tags of the detectors; a bad one has arrived, though it has no value. */
  lacksTags({ values, bad }: PlantSamples, row: number): boolean {
    const start = row * this.streams.tagCodes.length;
    return values
      .subarray(start, start + this.streams.detectorTags)
      .some((value, tag) => Number.isNaN(value) && bad?.[start + tag] !== 1);
  }

  /** The newest sample lacks tags and its interval is not over: the rest may be under way. */
  private isStillArriving(samples: PlantSamples): boolean {
    const last = samples.timestamps.at(-1);
    if (last === undefined || this.clock.now() - last >= SAMPLING_INTERVAL_MS) return false;
    return this.lacksTags(samples, samples.timestamps.length - 1);
  }
}
