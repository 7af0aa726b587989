import { Injectable } from '@nestjs/common';
import type { SensorTag } from '#equipment';
import { SampleRepository } from './sample.repository.js';
import { SampleFeed } from './sample-feed.service.js';
import { DECIDING_TIMES, samplingOf, type TagSampling } from './sampling.js';
import { TagDirectory } from './tag-directory.service.js';

/** How far back the times lie that decide. */
export const LOOK_BACK_MS = 24 * 3_600_000;
/** Without a new sample the answer is the same for moments so close together. */
const SAME_FOR_MS = 180_000;

interface Answer {
  /** Of the feed, when it was made. */
  position: number;
  until: number;
  samplings: Promise<Map<string, TagSampling>>;
}

/** Finds out how often the tags are sampled, from what is stored. */
@Injectable()
export class SamplingSurvey {
  private newest: Answer | undefined;

  constructor(
    private readonly samples: SampleRepository,
    private readonly tags: TagDirectory,
    private readonly feed: SampleFeed,
  ) {}

  /** How every tag was sampled up to a moment of plant time, by tag code; found out once for each write of samples. */
  async at(until: number): Promise<Map<string, TagSampling>> {
    const position = await this.feed.position();
    const known = this.newest;
    if (known?.position === position && until >= known.until && until - known.until < SAME_FOR_MS)
      return known.samplings;
    const answer = { position, until, samplings: this.findOut(until) };
    answer.samplings.catch(() => {
      if (this.newest === answer) this.newest = undefined;
    });
    if (known === undefined || position >= known.position) this.newest = answer;
    return answer.samplings;
  }

  private async findOut(until: number): Promise<Map<string, TagSampling>> {
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
