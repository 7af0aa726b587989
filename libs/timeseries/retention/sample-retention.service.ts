import { setTimeout } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { Database, loggerOf, ProcessClock } from '#platform';
import { bucketOf, BUCKETS_MS, FINE_BUCKETS_MS } from '../rollup/rollup.js';
import { RollupRepository } from '../rollup/rollup.repository.js';
import { SampleFeed } from '../samples/sample-feed.service.js';
import { SampleRepository } from '../samples/sample.repository.js';
import { TimeseriesSettings } from '../timeseries.settings.js';

const DAY_MS = 86_400_000;
const INGEST_LOG_KEPT_MS = DAY_MS;
const ROWS_PER_DELETE = 2_000;
/** Between two deletes, so that writers and readers get their turn. */
const PAUSE_MS = 5;

/** Removes raw samples nobody needs any more and the finer rollups with them; the other rollups stay for good. */
@Injectable()
export class SampleRetention {
  private readonly logger = loggerOf('retention');

  constructor(
    private readonly database: Database,
    private readonly settings: TimeseriesSettings,
    private readonly clock: ProcessClock,
    private readonly samples: SampleRepository,
    private readonly rollups: RollupRepository,
    private readonly feed: SampleFeed,
  ) {}

  /**
   * Removes the raw samples of whole days that are older than RAW_RETENTION_DAYS of plant time, in many small
   * deletes. Meant for one process at a time; a second one does no harm.
   * @returns how many samples were removed
   */
  async sweep(): Promise<number> {
    const limit = bucketOf(this.clock.now() - this.settings.rawRetentionDays * DAY_MS, BUCKETS_MS[2]);
    await this.feed.forgetBefore(Date.now() - INGEST_LOG_KEPT_MS);
    await this.closeBefore(limit);
    let removed = 0;
    for (const tagId of await this.samples.tagsBefore(limit)) {
      // Before the samples: those that are left name the tags the next sweep looks at.
      for (const bucketMs of FINE_BUCKETS_MS)
        await inSmallParts((count) => this.rollups.deleteSome(tagId, bucketMs, limit, count));
      removed += await inSmallParts((count) => this.samples.deleteSome(tagId, 0, limit, count));
    }
    if (removed > 0)
      this.logger.info({ removed, before: new Date(limit).toISOString() }, 'raw samples removed');
    return removed;
  }

  /** From here on nobody writes before `limit`: what is removed there can no longer change a rollup. */
  private async closeBefore(limit: number): Promise<void> {
    await this.database.transaction(async () => {
      await this.samples.lockAllTags();
      if (limit > (await this.samples.sweptBefore())) await this.samples.setSweptBefore(limit);
    });
  }
}

/** @returns how many rows were removed */
async function inSmallParts(deleteSome: (count: number) => Promise<number>): Promise<number> {
  for (let removed = 0; ;) {
    const deleted = await deleteSome(ROWS_PER_DELETE);
    removed += deleted;
    if (deleted < ROWS_PER_DELETE) return removed;
    await setTimeout(PAUSE_MS);
  }
}
