import { setImmediate } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { Database } from '#platform';
import { FineRollups } from '../rollup/fine-rollups.service.js';
import { bucketOf, BUCKETS_MS, FINE_BUCKETS_MS, QUARTER_MS } from '../rollup/rollup.js';
import { RollupRepository } from '../rollup/rollup.repository.js';
import { SampleFeed } from '../samples/sample-feed.service.js';
import { SampleRepository } from '../samples/sample.repository.js';
import { TagDirectory } from '../samples/tag-directory.service.js';

/** Erased in one transaction: an hour of all tags. */
const SLICE_MS = 3_600_000;

/** Takes samples back out of the database, and their rollups with them. */
@Injectable()
export class SampleEraser {
  constructor(
    private readonly database: Database,
    private readonly samples: SampleRepository,
    private readonly rollups: RollupRepository,
    private readonly fine: FineRollups,
    private readonly feed: SampleFeed,
    private readonly tags: TagDirectory,
  ) {}

  /**
   * Removes every sample in `[from, to)`, hour by hour: when it is interrupted, samples and rollups still agree.
   * Where raw samples were swept away already, the rollups are final and stay.
   * @returns how many were removed
   */
  async erase(from: number, to: number): Promise<number> {
    const tagIds = [...(await this.tags.all()).values()].map(({ id }) => id);
    let removed = 0;
    for (let start = from; start < to; start = bucketOf(start, SLICE_MS) + SLICE_MS) {
      const end = Math.min(bucketOf(start, SLICE_MS) + SLICE_MS, to);
      removed += await this.database.transaction(() => this.eraseSlice(tagIds, start, end));
      await setImmediate();
    }
    return removed;
  }

  private async eraseSlice(tagIds: number[], sliceFrom: number, to: number): Promise<number> {
    await this.samples.lockAllTags();
    const from = Math.max(sliceFrom, await this.samples.sweptBefore());
    if (from >= to) return 0;
    const removed = await this.samples.deleteIn(tagIds, from, to);
    if (removed === 0) return 0;
    for (const [depth, bucketMs] of BUCKETS_MS.entries()) {
      const range = { bucketMs, from: bucketOf(from, bucketMs), to: bucketOf(to - 1, bucketMs), tagIds };
      await this.rollups.delete(range);
      const left =
        depth === 0
          ? await this.rollups.computeFromSamples([range])
          : await this.rollups.computeFromFiner([range], BUCKETS_MS[depth - 1]);
      await this.rollups.upsert(left);
      if (depth > 0) continue;
      for (const fineMs of FINE_BUCKETS_MS)
        await this.rollups.delete({ ...range, bucketMs: fineMs, to: range.to + QUARTER_MS - fineMs });
      await this.fine.build(left);
    }
    await this.feed.append(from, to - 1, removed);
    return removed;
  }
}
