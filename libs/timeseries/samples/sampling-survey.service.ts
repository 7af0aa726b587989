import { Injectable } from '@nestjs/common';
import type { SensorTag } from '#equipment';
import { SampleRepository } from './sample.repository.js';
import { DECIDING_TIMES, samplingOf, type TagSampling } from './sampling.js';
import { TagDirectory } from './tag-directory.service.js';

/** How far back the times lie that decide. */
const LOOK_BACK_MS = 24 * 3_600_000;

/** Finds out how often the tags are sampled, from what is stored. */
@Injectable()
export class SamplingSurvey {
  constructor(
    private readonly samples: SampleRepository,
    private readonly tags: TagDirectory,
  ) {}

  /** How every tag was sampled up to a moment of plant time, by tag code. */
  async at(until: number): Promise<Map<string, TagSampling>> {
    const tags = [...(await this.tags.all()).values()];
    const times = await this.newestTimes(tags, until);
    const silent = tags.filter(({ id }) => !times.has(id)).map(({ id }) => id);
    const before = silent.length > 0 ? await this.samples.findLatest(silent, { until }) : new Map();
    return new Map(
      tags.map((tag) => {
        const known = times.get(tag.id) ?? [];
        const hasSpoken = known.length > 0 || before.has(tag.id);
        return [tag.code, hasSpoken && known.length === 0 ? SILENT : samplingOf(known, tag)];
      }),
    );
  }

  /** The newest times of tags at or before a moment, newest first, by tag id; older than a day they don't count. */
  async newestTimes(tags: readonly Pick<SensorTag, 'id'>[], until: number): Promise<Map<number, number[]>> {
    if (tags.length === 0) return new Map();
    const ids = tags.map(({ id }) => id);
    return this.samples.findNewestTimes(ids, until - LOOK_BACK_MS, until, DECIDING_TIMES);
  }
}

/** It has spoken, but too long ago to say how often. */
const SILENT: TagSampling = { state: 'regular', intervalMs: null };
