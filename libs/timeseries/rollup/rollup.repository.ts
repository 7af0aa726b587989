import { setImmediate } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { Database } from '#platform';
import { GOOD_QUALITY } from '../samples/sample-columns.js';
import { GOOD_STATISTICS_SQL } from '../samples/good-statistics.js';
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
] as const;
/** Beyond their defaults only where not all samples are good; their times are null where the good ones' hold for all. */
const QUALITY_COLUMNS = ['uncertain', 'bad', 'from_ts', 'to_ts'] as const;
const ALL_COLUMNS = [...COLUMNS, ...QUALITY_COLUMNS];
type RollupRow = Record<(typeof ALL_COLUMNS)[number], string | number | null>;

/** SQLite allows 500 parts of a UNION; a tenth keeps a statement short. */
const RANGES_PER_STATEMENT = 50;
const ROWS_PER_STATEMENT = 300;

@Injectable()
export class RollupRepository {
  constructor(private readonly database: Database) {}

  /** The stored rollups in those ranges. */
  async find(ranges: BucketRange[]): Promise<Rollup[]> {
    return this.inParts(ranges, (range) => ({
      sql: `SELECT ${ALL_COLUMNS.join(', ')} FROM timeseries_rollup
        WHERE tag_id IN (${marks(range.tagIds)}) AND bucket_ms = ? AND bucket >= ? AND bucket <= ?`,
      parameters: [...range.tagIds, range.bucketMs, range.from, range.to],
    }));
  }

  /** The rollups of those ranges as the raw samples say. */
  async computeFromSamples(ranges: BucketRange[]): Promise<Rollup[]> {
    return this.inParts(ranges, ({ bucketMs, from, to, tagIds }) => ({
      sql: `SELECT a.*, ${bucketMs} AS bucket_ms, f.value AS first, l.value AS last
        FROM (
          SELECT tag_id, ts - ts % ${bucketMs} AS bucket, MIN(ts) AS from_ts, MAX(ts) AS to_ts, ${GOOD_STATISTICS_SQL},
            MIN(CASE WHEN quality = ${GOOD_QUALITY} THEN ts END) AS first_ts,
            MAX(CASE WHEN quality = ${GOOD_QUALITY} THEN ts END) AS last_ts
          FROM timeseries_sample
          WHERE tag_id IN (${marks(tagIds)}) AND ts >= ? AND ts < ?
          GROUP BY tag_id, ts - ts % ${bucketMs}
        ) a
        LEFT JOIN timeseries_sample f ON f.tag_id = a.tag_id AND f.ts = a.first_ts
        LEFT JOIN timeseries_sample l ON l.tag_id = a.tag_id AND l.ts = a.last_ts`,
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
    const mixed = rollups.filter(({ uncertain, bad }) => uncertain + bad > 0);
    const good = mixed.length > 0 ? rollups.filter(({ uncertain, bad }) => uncertain + bad === 0) : rollups;
    await this.upsertRows([...COLUMNS], good.map(rowOf));
    await this.upsertRows(
      [...ALL_COLUMNS],
      mixed.map((rollup) => [
        ...rowOf(rollup),
        rollup.uncertain,
        rollup.bad,
        rollup.fromTs === rollup.firstTs ? null : rollup.fromTs,
        rollup.toTs === rollup.lastTs ? null : rollup.toTs,
      ]),
    );
  }

  /** Columns that are left out are set to their defaults. */
  private async upsertRows(columns: string[], rows: (number | null)[][]): Promise<void> {
    for (let start = 0; start < rows.length; start += ROWS_PER_STATEMENT) {
      await setImmediate();
      await this.database.upsert({
        table: 'timeseries_rollup',
        columns,
        keys: COLUMNS.slice(0, 3),
        update: ALL_COLUMNS.slice(3),
        rows: rows.slice(start, start + ROWS_PER_STATEMENT),
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
  const count = Number(row.count);
  const hasGood = count > 0;
  return {
    tagId: Number(row.tag_id),
    bucketMs: Number(row.bucket_ms),
    bucket: Number(row.bucket),
    count,
    uncertain: Number(row.uncertain),
    bad: Number(row.bad),
    fromTs: Number(row.from_ts ?? row.first_ts),
    toTs: Number(row.to_ts ?? row.last_ts),
    min: hasGood ? Number(row.min) : Infinity,
    max: hasGood ? Number(row.max) : -Infinity,
    sum: Number(row.sum),
    sumSquares: Number(row.sum_squares),
    firstTs: hasGood ? Number(row.first_ts) : Infinity,
    first: hasGood ? Number(row.first) : NaN,
    lastTs: hasGood ? Number(row.last_ts) : -Infinity,
    last: hasGood ? Number(row.last) : NaN,
  };
}

/** Without a good sample there is no statistic; its columns hold 0. */
function rowOf(rollup: Rollup): number[] {
  const statistics = [
    rollup.min,
    rollup.max,
    rollup.sum,
    rollup.sumSquares,
    rollup.firstTs,
    rollup.first,
    rollup.lastTs,
    rollup.last,
  ];
  return [
    rollup.tagId,
    rollup.bucketMs,
    rollup.bucket,
    rollup.count,
    ...(rollup.count > 0 ? statistics : statistics.fill(0)),
  ];
}
