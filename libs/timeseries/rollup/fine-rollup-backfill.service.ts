import { setTimeout } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { Database, loggerOf } from '#platform';
import { FineRollups } from './fine-rollups.service.js';
import { bucketOf, finestWorthwhile, QUARTER_MS, type Rollup } from './rollup.js';
import { RollupRepository } from './rollup.repository.js';
import { SampleRepository } from '../samples/sample.repository.js';
import { TagDirectory } from '../samples/tag-directory.service.js';

/** Looked through at a time; a tag's hour is one transaction. */
const SLICE_MS = 3_600_000;
/** In one go; the rest is for the next time. */
const LONGEST_RUN_MS = 20_000;
/** Between two hours, so that writers and readers get their turn. */
const PAUSE_MS = 5;

/**
 * Makes the finer rollups of samples that were stored before there were any, hour by hour, the newest first. How far it has
 * come is stored; what an interruption leaves undone is done the next time.
 */
@Injectable()
export class FineRollupBackfill {
  private readonly logger = loggerOf('rollups');

  constructor(
    private readonly database: Database,
    private readonly samples: SampleRepository,
    private readonly rollups: RollupRepository,
    private readonly fine: FineRollups,
    private readonly tags: TagDirectory,
  ) {}

  /**
   * Goes on for up to 20 s. Meant for one process at a time; a second one does no harm.
   * @returns how many quarters got finer rollups
   */
  async goOn(): Promise<number> {
    const began = performance.now();
    let before = await this.rollups.fineBefore();
    if (before === 0) return 0;
    const tagIds = [...(await this.tags.all()).values()].map(({ id }) => id);
    const earliest = tagIds.length === 0 ? undefined : await this.samples.findEarliestTs(tagIds);
    const end = Math.max(await this.samples.sweptBefore(), bucketOf(earliest ?? before, SLICE_MS));
    let built = 0;
    while (before > end && performance.now() - began < LONGEST_RUN_MS) {
      built += await this.buildHour(tagIds, before - SLICE_MS);
      before -= SLICE_MS;
      await this.rollups.setFineBefore(before);
      await setTimeout(PAUSE_MS);
    }
    if (before <= end) await this.rollups.setFineBefore(0);
    if (built > 0) this.logger.info({ quarters: built }, 'finer rollups made of stored samples');
    return built;
  }

  private async buildHour(tagIds: number[], hour: number): Promise<number> {
    const wanting = await this.quartersWanting(tagIds, hour);
    for (const tagId of new Set(wanting.map((quarter) => quarter.tagId)))
      await this.database.transaction(async () => {
        await this.samples.lockTags([tagId]);
        await this.fine.build(await this.quartersWanting([tagId], hour));
      });
    return wanting.length;
  }

  private async quartersWanting(tagIds: number[], hour: number): Promise<Rollup[]> {
    const to = hour + SLICE_MS - QUARTER_MS;
    const quarters = await this.rollups.find([{ tagIds, bucketMs: QUARTER_MS, from: hour, to }]);
    return quarters.filter((quarter) => finestWorthwhile(quarter) !== quarter.finestMs);
  }
}
