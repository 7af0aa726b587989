import { Injectable } from '@nestjs/common';
import {
  addRollup,
  bucketOf,
  type BucketRange,
  bucketRanges,
  FINE_BUCKETS_MS,
  fineLevels,
  finestWorthwhile,
  QUARTER_MS,
  type Rollup,
  rollupKey,
  rollupsOfColumn,
} from './rollup.js';
import { RollupRepository } from './rollup.repository.js';
import type { SampleColumn } from '../samples/sample-columns.js';

/** A quarter into which samples are being written. */
export interface WrittenQuarter {
  /** Its samples of this write, those `[start, end)` of the column. */
  column: SampleColumn;
  start: number;
  end: number;
  /** As it was before the write, and as it is after it. */
  before: Rollup | undefined;
  after: Rollup;
  /** Whether a sample of the write may have replaced another. */
  overwrites: boolean;
}

/**
 * Keeps the buckets of 10 seconds and 1 minute within quarters of tags that are sampled often. A quarter says which it has
 * (`finestMs`), so that readers need not guess, and gets finer ones, never coarser, as samples come.
 */
@Injectable()
export class FineRollups {
  constructor(private readonly rollups: RollupRepository) {}

  /**
   * Follows a write in its transaction, once the samples are stored; sets `finestMs` of the quarters `after` it.
   * @param stored by key, what was stored before, the buckets of `seamBuckets` among it
   * @returns rollups to store; those that have to be computed from samples are stored already
   */
  async follow(quarters: readonly WrittenQuarter[], stored: ReadonlyMap<string, Rollup>): Promise<Rollup[]> {
    const again: BucketStart[] = [];
    const changed: Rollup[] = [];
    for (const { column, start, end, before, after, overwrites } of quarters) {
      after.finestMs = finestWorthwhile(after);
      const had = fineLevels(before?.finestMs ?? 0);
      for (const bucketMs of fineLevels(after.finestMs)) {
        if (before && !had.includes(bucketMs)) again.push(...bucketsBetween(bucketMs, after));
        else if (overwrites) {
          const written = { ...after, fromTs: column.ts[start], toTs: column.ts[end - 1] };
          again.push(...bucketsBetween(bucketMs, written));
        } else {
          const parts = rollupsOfColumn(column, bucketMs, start, end);
          // Nothing is stored between the first and the last of them, but perhaps around.
          for (const part of new Set([parts[0], parts[parts.length - 1]])) {
            const known = stored.get(rollupKey(part.tagId, bucketMs, part.bucket));
            if (known) addRollup(part, known);
          }
          for (const part of parts) changed.push(part);
        }
      }
    }
    if (again.length > 0) await this.computeAgain(bucketRanges(again));
    return changed;
  }

  /** Makes the finer buckets of stored quarters from their samples, those that have some already included. */
  async build(quarters: readonly Rollup[]): Promise<void> {
    const wanted = quarters.map((quarter) => ({ ...quarter, finestMs: finestWorthwhile(quarter) }));
    const fine = wanted.filter(({ finestMs }) => finestMs > 0);
    if (fine.length === 0) return;
    const buckets = fine.flatMap((quarter) =>
      fineLevels(quarter.finestMs).flatMap((bucketMs) => bucketsBetween(bucketMs, quarter)),
    );
    await this.computeAgain(bucketRanges(buckets));
    await this.rollups.setFinest(fine);
  }

  private async computeAgain(ranges: BucketRange[]): Promise<void> {
    await this.rollups.upsert(await this.rollups.computeFromSamples(ranges));
  }
}

type BucketStart = Pick<Rollup, 'tagId' | 'bucketMs' | 'bucket'>;

/** The finer buckets at the ends of what is written into a quarter: they may hold stored samples, too. */
export function seamBuckets({
  column,
  start,
  end,
}: Pick<WrittenQuarter, 'column' | 'start' | 'end'>): BucketStart[] {
  const ends = [column.ts[start], column.ts[end - 1]];
  return FINE_BUCKETS_MS.flatMap((bucketMs) =>
    ends.map((ts) => ({ tagId: column.tagId, bucketMs, bucket: bucketOf(ts, bucketMs) })),
  );
}

/** All buckets of one length that hold some of the quarter's time between its first and its last sample. */
function bucketsBetween(bucketMs: number, { tagId, bucket: quarter, fromTs, toTs }: Rollup): BucketStart[] {
  const first = Math.max(bucketOf(fromTs, bucketMs), quarter);
  const last = Math.min(bucketOf(toTs, bucketMs), quarter + QUARTER_MS - bucketMs);
  const buckets = [];
  for (let bucket = first; bucket <= last; bucket += bucketMs) buckets.push({ tagId, bucketMs, bucket });
  return buckets;
}
