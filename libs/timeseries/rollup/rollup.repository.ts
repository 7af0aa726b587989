import { setImmediate } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { Database } from '#platform';
import { type BucketRange, coarsen, type Rollup } from './rollup.js';

const COLUMNS = [
  'tag_id',
  'bucket_ms',
  'bucket',
  'count',
  'min',
  'max',
  'sum',
  'sum_squares',
  'first_ts',
  'first',
  'last_ts',
  'last',
];
type RollupRow = Record<(typeof COLUMNS)[number], string | number>;

/** SQLite allows 500 parts of a UNION; a tenth keeps a statement short. */
const RANGES_PER_STATEMENT = 50;
const ROWS_PER_STATEMENT = 300;

@Injectable()
export class RollupRepository {
  constructor(private readonly database: Database) {}

  /** The stored rollups in those ranges. */
  async find(ranges: BucketRange[]): Promise<Rollup[]> {
    return this.inParts(ranges, (range) => ({
      sql: `SELECT ${COLUMNS.join(', ')} FROM timeseries_rollup
        WHERE tag_id IN (${marks(range.tagIds)}) AND bucket_ms = ? AND bucket >= ? AND bucket <= ?`,
      parameters: [...range.tagIds, range.bucketMs, range.from, range.to],
    }));
  }

  /** The rollups of those ranges as the raw samples say. */
  async computeFromSamples(ranges: BucketRange[]): Promise<Rollup[]> {
    return this.inParts(ranges, ({ bucketMs, from, to, tagIds }) => ({
      sql: `SELECT a.tag_id, ${bucketMs} AS bucket_ms, a.bucket, a.count, a.min, a.max, a.sum, a.sum_squares,
          a.first_ts, f.value AS first, a.last_ts, l.value AS last
        FROM (
          SELECT tag_id, ts - ts % ${bucketMs} AS bucket, COUNT(*) AS count, MIN(value) AS min, MAX(value) AS max,
            SUM(value) AS sum, SUM(value * value) AS sum_squares, MIN(ts) AS first_ts, MAX(ts) AS last_ts
          FROM timeseries_sample
          WHERE tag_id IN (${marks(tagIds)}) AND ts >= ? AND ts < ?
          GROUP BY tag_id, ts - ts % ${bucketMs}
        ) a
        JOIN timeseries_sample f ON f.tag_id = a.tag_id AND f.ts = a.first_ts
        JOIN timeseries_sample l ON l.tag_id = a.tag_id AND l.ts = a.last_ts`,
      parameters: [...tagIds, from, to + bucketMs],
    }));
  }

  /** The rollups of ranges, all of one length, as the stored rollups of length `finerMs` say. */
  async computeFromFiner(ranges: BucketRange[], finerMs: number): Promise<Rollup[]> {
    const parts = await this.find(
      ranges.map((range) => ({ ...range, bucketMs: finerMs, to: range.to + range.bucketMs - finerMs })),
    );
    return [...coarsen(parts, ranges[0].bucketMs).values()];
  }

  async delete({ bucketMs, from, to, tagIds }: BucketRange): Promise<void> {
    await this.database.query(
      `DELETE FROM timeseries_rollup
       WHERE tag_id IN (${marks(tagIds)}) AND bucket_ms = ? AND bucket >= ? AND bucket <= ?`,
      [...tagIds, bucketMs, from, to],
    );
  }

  async upsert(rollups: Rollup[]): Promise<void> {
    for (let start = 0; start < rollups.length; start += ROWS_PER_STATEMENT) {
      await setImmediate();
      await this.database.upsert({
        table: 'timeseries_rollup',
        columns: COLUMNS,
        keys: COLUMNS.slice(0, 3),
        update: COLUMNS.slice(3),
        rows: rollups.slice(start, start + ROWS_PER_STATEMENT).map(rowOf),
      });
    }
  }

  private async inParts(
    ranges: BucketRange[],
    partOf: (range: BucketRange) => { sql: string; parameters: unknown[] },
  ): Promise<Rollup[]> {
    const found: Rollup[] = [];
    for (let start = 0; start < ranges.length; start += RANGES_PER_STATEMENT) {
      await setImmediate();
      const parts = ranges.slice(start, start + RANGES_PER_STATEMENT).map(partOf);
      const rows = await this.database.query<RollupRow>(
        parts.map(({ sql }) => sql).join(' UNION ALL '),
        parts.flatMap(({ parameters }) => parameters),
      );
      for (const row of rows) found.push(rollupOf(row));
    }
    return found;
  }
}

function marks(values: unknown[]): string {
  return values.map(() => '?').join(', ');
}

function rollupOf(row: RollupRow): Rollup {
  return {
    tagId: Number(row.tag_id),
    bucketMs: Number(row.bucket_ms),
    bucket: Number(row.bucket),
    count: Number(row.count),
    min: Number(row.min),
    max: Number(row.max),
    sum: Number(row.sum),
    sumSquares: Number(row.sum_squares),
    firstTs: Number(row.first_ts),
    first: Number(row.first),
    lastTs: Number(row.last_ts),
    last: Number(row.last),
  };
}

function rowOf(rollup: Rollup): number[] {
  return [
    rollup.tagId,
    rollup.bucketMs,
    rollup.bucket,
    rollup.count,
    rollup.min,
    rollup.max,
    rollup.sum,
    rollup.sumSquares,
    rollup.firstTs,
    rollup.first,
    rollup.lastTs,
    rollup.last,
  ];
}
