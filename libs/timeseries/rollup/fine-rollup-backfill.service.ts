import { setTimeout } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { Database, loggerOf } from '#platform';
import { FineRollups } from './fine-rollups.service.js';
import { bucketOf, FINE_BUCKETS_MS, finestWorthwhile, type Rollup } from './rollup.js';
import { RollupRepository } from './rollup.repository.js';
import { SampleRepository } from '../samples/sample.repository.js';
import { TagDirectory } from '../samples/tag-directory.service.js';

const LONGEST_FINE_MS = Math.max(...FINE_BUCKETS_MS);
/** Looked through at a time. */
const SLICE_MS = 86_400_000;
/** Of one tag, made in one transaction. */
const HOUR_MS = 3_600_000;
/** In one go; the rest is for the next time. */
const LONGEST_RUN_MS = 20_000;
/** Between two transactions, so that writers and readers get their turn. */
const PAUSE_MS = 5;

/**
 * Makes the finer rollups of samples that were stored before there were any, day by day, the newest first. How far it has
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
      built += await this.buildSlice(tagIds, before - SLICE_MS);
      before -= SLICE_MS;
      await this.rollups.setFineBefore(before);
    }
    if (before <= end) await this.rollups.setFineBefore(0);
    if (built > 0) this.logger.info({ quarters: built }, 'finer rollups made of stored samples');
    return built;
  }

  private async buildSlice(tagIds: number[], from: number): Promise<number> {
    const wanting = await this.quartersWanting(tagIds, from, from + SLICE_MS);
    const hours = new Map(
      wanting.map(({ tagId, bucket }) => {
        const hour = bucketOf(bucket, HOUR_MS);
        return [`${tagId}@${hour}`, { tagId, hour }];
      }),
    );
    for (const { tagId, hour } of hours.values()) {
      await this.database.transaction(async () => {
        await this.samples.lockTags([tagId]);
        await this.fine.build(await this.quartersWanting([tagId], hour, hour + HOUR_MS));
      });
      await setTimeout(PAUSE_MS);
    }
    return wanting.length;
  }

  /** Quarters without any finer buckets that would be worth them, and have their samples. */
  private async quartersWanting(tagIds: number[], from: number, to: number): Promise<Rollup[]> {
    const swept = await this.samples.sweptBefore();
    const stretch = { tagIds, from: Math.max(from, swept), to };
    const quarters = await this.rollups.findQuartersWithout(LONGEST_FINE_MS, stretch, swept);
    return quarters.filter((quarter) => finestWorthwhile(quarter) > 0);
  }
}
