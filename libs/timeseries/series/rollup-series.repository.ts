import { setImmediate } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { Database } from '#platform';
import {
  type BucketRange,
  bucketOf,
  coarsen,
  finestWorthwhile,
  QUARTER_MS,
  type Rollup,
} from '../rollup/rollup.js';
import { RollupRepository, type SampleStretch } from '../rollup/rollup.repository.js';
import type { RollupForm, RollupRow } from './rollup-points.js';
import { windowSegments } from './window-segments.js';

/** Keeps one read below 20 ms on SQLite. */
const ROLLUPS_PER_READ = 6_000;

/** Rollups wanted for a chart. */
export interface RollupRequest extends SampleStretch {
  bucketMs: number;
  form: RollupForm;
  /** Before this time raw samples, and the finer rollups with them, may be gone. */
  sweptBefore: number;
}

/**
 * Reads rollups of one length for charts, those with a good sample. Where the window cuts a bucket, or no rollups of that
 * length are kept, they are computed, so that all of the window is equally fine.
 */
@Injectable()
export class RollupSeriesRepository {
  constructor(
    private readonly database: Database,
    private readonly rollups: RollupRepository,
  ) {}

  /** Rollups by tag id, in ascending order of time; a tag without any is missing. */
  async read(request: RollupRequest): Promise<Map<number, RollupRow[]>> {
    const { bucketMs, from, to } = request;
    const innerFrom = -bucketOf(-from, bucketMs);
    const innerTo = bucketOf(to, bucketMs);
    if (innerFrom >= innerTo) return byTag(await this.edge(request));
    // At once: a server answers one while another is on its way.
    const [whole, ...edges] = await Promise.all([
      this.whole({ ...request, from: innerFrom, to: innerTo }),
      this.edge({ ...request, to: innerFrom }),
      this.edge({ ...request, from: innerTo }),
    ]);
    return byTag([...edges[0], ...whole, ...edges[1]]);
  }

  /** Buckets cut by the ends of the window, of the samples inside of it. */
  private async edge(request: RollupRequest): Promise<RollupRow[]> {
    const { tagIds, bucketMs, form, from, to } = request;
    const parts: Rollup[] = [];
    for (const segment of windowSegments(from, to, bucketMs - 1))
      parts.push(
        ...(segment.bucketMs === 0
          ? await this.rollups.rollUpSamples([{ ...segment, tagIds }], bucketMs)
          : await this.rollups.find([rangeOf(segment.bucketMs, segment.from, segment.to, tagIds)])),
      );
    const cut = [...coarsen(parts, bucketMs).values()];
    return cut
      .filter(({ count }) => count > 0)
      .map((rollup) => form.rowOf({ ...rollup, bucket: Math.max(rollup.bucket, from) }));
  }

  /** Whole buckets. */
  private async whole(request: RollupRequest): Promise<RollupRow[]> {
    const stored = await this.stored(request);
    if (request.bucketMs >= QUARTER_MS) return stored;
    return [...stored, ...(await this.missing(request))];
  }

  private async stored({ tagIds, bucketMs, form, from, to }: RollupRequest): Promise<RollupRow[]> {
    const rows: RollupRow[] = [];
    const bucketsPerRead = Math.max(1, Math.floor(ROLLUPS_PER_READ / tagIds.length));
    for (let start = from; start < to; start += bucketsPerRead * bucketMs) {
      const end = Math.min(start + bucketsPerRead * bucketMs, to);
      const found = await this.database.queryNumbers<RollupRow>(
        `SELECT tag_id, bucket, ${form.columns.join(', ')} FROM timeseries_rollup
         WHERE tag_id IN (${tagIds.map(() => '?').join(', ')}) AND bucket_ms = ? AND bucket >= ? AND bucket < ?
           AND count > 0`,
        [...tagIds, bucketMs, start, end],
      );
      for (const row of found) rows.push(row);
      await setImmediate();
    }
    return rows;
  }

  /**
   * Of quarters in which no rollups that fine are kept: rolled up from their samples, which are few; where these are gone,
   * or too many because nobody has got round to the finer rollups yet, the quarter itself.
   */
  private async missing({
    tagIds,
    bucketMs,
    form,
    from,
    to,
    sweptBefore,
  }: RollupRequest): Promise<RollupRow[]> {
    const stretch = { tagIds, from: bucketOf(from, QUARTER_MS), to };
    const rollups: Rollup[] = [];
    const sparse: SampleStretch[] = [];
    for (const quarter of await this.rollups.findQuartersWithout(bucketMs, stretch, sweptBefore)) {
      const isKept = quarter.bucket >= sweptBefore && isSparse(quarter, bucketMs);
      if (!isKept) {
        if (quarter.bucket >= from && quarter.bucket + QUARTER_MS <= to) rollups.push(quarter);
        continue;
      }
      const start = Math.max(quarter.bucket, from);
      const end = Math.min(quarter.bucket + QUARTER_MS, to);
      const last = sparse.at(-1);
      if (last?.tagIds[0] === quarter.tagId && last.to === start) last.to = end;
      else sparse.push({ tagIds: [quarter.tagId], from: start, to: end });
    }
    rollups.push(...(await this.rollups.rollUpSamples(sparse, bucketMs)));
    return rollups.filter(({ count }) => count > 0).map((rollup) => form.rowOf(rollup));
  }
}

/** Whether it holds so few samples that finer buckets than it has would not be worth their place. */
function isSparse(quarter: Rollup, bucketMs: number): boolean {
  const worthwhile = finestWorthwhile({ ...quarter, finestMs: 0 });
  return worthwhile === 0 || worthwhile > bucketMs;
}

function rangeOf(bucketMs: number, from: number, to: number, tagIds: readonly number[]): BucketRange {
  return { bucketMs, from, to: to - bucketMs, tagIds: [...tagIds] };
}

function byTag(rows: readonly RollupRow[]): Map<number, RollupRow[]> {
  const tags = new Map<number, RollupRow[]>();
  for (const row of rows) {
    const [tagId] = row;
    const known = tags.get(tagId);
    if (known) known.push(row);
    else tags.set(tagId, [row]);
  }
  for (const own of tags.values())
    if (own.some(([, bucket], i) => i > 0 && bucket < own[i - 1][1])) own.sort((a, b) => a[1] - b[1]);
  return tags;
}
