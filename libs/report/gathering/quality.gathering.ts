import { Injectable } from '@nestjs/common';
import type { SensorTag } from '#equipment';
import { SeriesReader, TagDirectory } from '#timeseries';
import { namedOf } from './plant-names.js';
import type { DataQuality } from './content.js';

/** Gaps are looked for sample by sample, which a longer period would make too dear. */
const LONGEST_PERIOD_MS = 48 * 3_600_000;
/** Missing samples in a row that make a gap. */
const GAP_INTERVALS = 3;
const RECORDED_INTERVAL_MS = 180_000;

/** Gathers how much of the expected data arrived. */
@Injectable()
export class QualityGathering {
  constructor(
    private readonly reader: SeriesReader,
    private readonly tags: TagDirectory,
  ) {}

  /** @returns undefined for periods longer than 48 h */
  async inPeriod(from: number, to: number): Promise<DataQuality | undefined> {
    if (to - from > LONGEST_PERIOD_MS) return undefined;
    const tags = new Map([...(await this.tags.all()).values()].map((tag) => [tag.id, tag]));
    const longestOf = (tagId: number): number => GAP_INTERVALS * intervalOf(tags.get(tagId));
    const presence = await this.reader.presence({ tagIds: [...tags.keys()], from, to }, longestOf);
    const quality = { expectedSamples: 0, receivedSamples: 0, badSamples: 0 };
    const gaps: DataQuality['gaps'][number][] = [];
    for (const [tagId, own] of presence) {
      const tag = tags.get(tagId);
      if (!tag) continue;
      const expected = Math.floor((to - from) / intervalOf(tag));
      quality.expectedSamples += expected;
      quality.receivedSamples += Math.min(own.usable, expected);
      quality.badSamples += own.bad;
      for (const gap of own.gaps) gaps.push({ ...namedOf(tag), fromMs: gap.from, toMs: gap.to });
    }
    return { ...quality, gaps };
  }
}

function intervalOf(tag: SensorTag | undefined): number {
  return Math.max(tag?.samplingIntervalMs ?? 0, RECORDED_INTERVAL_MS);
}
