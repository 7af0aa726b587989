import { Injectable } from '@nestjs/common';
import {
  addRollup,
  bucketOf,
  type BucketRange,
  bucketRanges,
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

  /** Follows a write in its transaction, once the samples are stored; sets `finestMs` of the quarters `after` it. */
  async follow(quarters: readonly WrittenQuarter[]): Promise<void> {
    const again: Pick<Rollup, 'tagId' | 'bucketMs' | 'bucket'>[] = [];
    const added: Rollup[] = [];
    const seams = new Map<string, Rollup>();
    for (const quarter of quarters) {
      const { column, start, end, before, after, overwrites } = quarter;
      after.finestMs = finestWorthwhile(after);
      const had = fineLevels(before?.finestMs ?? 0);
      for (const bucketMs of fineLevels(after.finestMs)) {
        if (before && !had.includes(bucketMs)) again.push(...bucketsBetween(bucketMs, after));
        else if (overwrites)
          again.push(
            ...bucketsBetween(bucketMs, { ...after, fromTs: column.ts[start], toTs: column.ts[end - 1] }),
          );
        else {
          const parts = rollupsOfColumn(column, bucketMs, start, end);
          added.push(...parts);
          if (before)
            for (const part of [parts[0], parts[parts.length - 1]])
              if (touches(before, part)) seams.set(keyOf(part), part);
        }
      }
    }
    for (const stored of await this.rollups.find(bucketRanges(seams.values()))) {
      const part = seams.get(keyOf(stored));
      if (part) addRollup(part, stored);
    }
    await this.rollups.upsert(added);
    if (again.length > 0) await this.computeAgain(bucketRanges(again));
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

function keyOf({ tagId, bucketMs, bucket }: Rollup): string {
  return rollupKey(tagId, bucketMs, bucket);
}

/** Whether the first or the last sample that was there before lies in the bucket. */
function touches(before: Rollup, { bucket, bucketMs }: Rollup): boolean {
  return [before.fromTs, before.toTs].some((ts) => bucketOf(ts, bucketMs) === bucket);
}

/** All buckets of one length that hold some of the quarter's time between its first and its last sample. */
function bucketsBetween(
  bucketMs: number,
  { tagId, bucket: quarter, fromTs, toTs }: Rollup,
): Pick<Rollup, 'tagId' | 'bucketMs' | 'bucket'>[] {
  const first = Math.max(bucketOf(fromTs, bucketMs), quarter);
  const last = Math.min(bucketOf(toTs, bucketMs), quarter + QUARTER_MS - bucketMs);
  const buckets = [];
  for (let bucket = first; bucket <= last; bucket += bucketMs) buckets.push({ tagId, bucketMs, bucket });
  return buckets;
}
