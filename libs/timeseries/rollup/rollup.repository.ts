import { setImmediate } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { Database, type NumberGroup, type NumberUpsert } from '#platform';
import { GOOD_QUALITY } from '../samples/sample-columns.js';
import { GOOD_STATISTICS_SQL } from '../samples/good-statistics.js';
import { type BucketRange, coarsen, QUARTER_MS, type Rollup } from './rollup.js';

const KEYS = ['tag_id', 'bucket_ms', 'bucket'] as const;
const STATISTICS = [
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
/** Beyond its default only in quarters with finer buckets. */
const FINEST_COLUMN = 'finest_ms';
const ALL_COLUMNS = [...KEYS, ...STATISTICS, ...QUALITY_COLUMNS, FINEST_COLUMN];
/** In the order of ALL_COLUMNS. */
type RollupRow = (string | number | null)[];

/** SQLite allows 500 parts of a UNION; a tenth keeps a statement short. */
const RANGES_PER_STATEMENT = 50;

/** A stretch of time `[from, to)`, epoch milliseconds, of some tags. */
export interface SampleStretch {
  tagIds: readonly number[];
  from: number;
  to: number;
}

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

  /**
   * Quarters with their begin in `[from, to)` within which no buckets of `bucketMs` are kept: none that fine were made, or
   * they are gone because they lie before `sweptBefore`.
   */
  async findQuartersWithout(
    bucketMs: number,
    { tagIds, from, to }: SampleStretch,
    sweptBefore: number,
  ): Promise<Rollup[]> {
    const rows = await this.database.queryArrays<RollupRow>(
      `SELECT ${ALL_COLUMNS.join(', ')} FROM timeseries_rollup
       WHERE tag_id IN (${marks(tagIds)}) AND bucket_ms = ? AND bucket >= ? AND bucket < ?
         AND (finest_ms = 0 OR finest_ms > ? OR bucket < ?)
       ORDER BY tag_id, bucket`,
      [...tagIds, QUARTER_MS, from, to, bucketMs, sweptBefore],
    );
    return rows.map(rollupOf);
  }

  /** The rollups of those ranges as the raw samples say. */
  async computeFromSamples(ranges: BucketRange[]): Promise<Rollup[]> {
    return this.inParts(ranges, ({ bucketMs, from, to, tagIds }) =>
      rollUpSql(bucketMs, { tagIds, from, to: to + bucketMs }),
    );
  }

  /** Rolls the raw samples of those stretches up, and no others: buckets at their ends may be rolled up in part. */
  async rollUpSamples(stretches: SampleStretch[], bucketMs: number): Promise<Rollup[]> {
    return this.inParts(stretches, (stretch) => rollUpSql(bucketMs, stretch));
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

  /**
   * Removes up to about `count` of a tag's rollups of one length before that time, the oldest first.
   * @returns how many were removed; fewer than `count` when no more are left
   */
  async deleteSome(tagId: number, bucketMs: number, before: number, count: number): Promise<number> {
    const oldest = await this.database.queryArrays<[number | string]>(
      `SELECT bucket FROM timeseries_rollup WHERE tag_id = ? AND bucket_ms = ? AND bucket < ?
       ORDER BY bucket LIMIT ${count}`,
      [tagId, bucketMs, before],
    );
    const last = oldest.at(-1);
    if (last) await this.delete({ tagIds: [tagId], bucketMs, from: 0, to: Number(last[0]) });
    return oldest.length;
  }

  /** Notes which finer buckets there are within stored quarters. */
  async setFinest(quarters: readonly Rollup[]): Promise<void> {
    for (const { tagId, bucket, finestMs } of quarters)
      await this.database.query(
        'UPDATE timeseries_rollup SET finest_ms = ? WHERE tag_id = ? AND bucket_ms = ? AND bucket = ?',
        [finestMs, tagId, QUARTER_MS, bucket],
      );
  }

  /** The time before which nobody has looked yet for quarters that want finer buckets. */
  async fineBefore(): Promise<number> {
    const [[fineBefore]] = await this.database.queryArrays<[number | string]>(
      'SELECT fine_before FROM timeseries_state WHERE id = 1',
    );
    return Number(fineBefore);
  }

  async setFineBefore(ts: number): Promise<void> {
    await this.database.query('UPDATE timeseries_state SET fine_before = ? WHERE id = 1', [ts]);
  }

  /** @param tagsLocked whether the open transaction has locked their tags */
  async upsert(rollups: readonly Rollup[], { tagsLocked = false } = {}): Promise<void> {
    const isPlain = ({ uncertain, bad, finestMs }: Rollup): boolean => uncertain + bad + finestMs === 0;
    await this.upsertColumns(STATISTICS, rollups.filter(isPlain), pushStatistics, {
      wholeRows: true,
      referencesLocked: tagsLocked,
    });
    await this.upsertColumns(
      ALL_COLUMNS.slice(KEYS.length),
      rollups.filter((rollup) => !isPlain(rollup)),
      (values, rollup) => {
        pushStatistics(values, rollup);
        const { uncertain, bad, fromTs, firstTs, toTs, lastTs, finestMs } = rollup;
        values.push(
          uncertain,
          bad,
          fromTs === firstTs ? null : fromTs,
          toTs === lastTs ? null : toTs,
          finestMs,
        );
      },
    );
  }

  /** Columns that are left out are set to their defaults. */
  private async upsertColumns(
    columns: readonly string[],
    rollups: readonly Rollup[],
    pushColumns: (values: (number | null)[], rollup: Rollup) => void,
    options: Pick<NumberUpsert, 'wholeRows' | 'referencesLocked'> = {},
  ): Promise<void> {
    await this.database.upsertNumbers({
      table: 'timeseries_rollup',
      constants: ['tag_id', 'bucket_ms'],
      columns: ['bucket', ...columns],
      keys: [...KEYS],
      update: ALL_COLUMNS.slice(KEYS.length),
      groups: groupsOf(rollups, pushColumns),
      ...options,
    });
  }

  private async inParts<Range>(
    ranges: readonly Range[],
    partOf: (range: Range) => { sql: string; parameters: unknown[] },
  ): Promise<Rollup[]> {
    const found: Rollup[] = [];
    for (let start = 0; start < ranges.length; start += RANGES_PER_STATEMENT) {
      await setImmediate();
      const parts = ranges.slice(start, start + RANGES_PER_STATEMENT).map(partOf);
      const rows = await this.database.queryArrays<RollupRow>(
        parts.map(({ sql }) => sql).join(' UNION ALL '),
        parts.flatMap(({ parameters }) => parameters),
      );
      for (const row of rows) found.push(rollupOf(row));
    }
    return found;
  }
}

/** Rows of ALL_COLUMNS. */
function rollUpSql(
  bucketMs: number,
  { tagIds, from, to }: SampleStretch,
): { sql: string; parameters: unknown[] } {
  return {
    sql: `SELECT a.tag_id, ${bucketMs}, a.bucket, a.count, a.min, a.max, a.sum, a.sum_squares,
        a.first_ts, f.value, a.last_ts, l.value, a.uncertain, a.bad, a.from_ts, a.to_ts, 0
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
    parameters: [...tagIds, from, to],
  };
}

function marks(values: readonly unknown[]): string {
  return values.map(() => '?').join(', ');
}

function rollupOf(row: RollupRow): Rollup {
  const [tagId, bucketMs, bucket, count, min, max, sum, sumSquares, firstTs, first, lastTs, last] = row;
  const [uncertain, bad, fromTs, toTs, finestMs] = row.slice(KEYS.length + STATISTICS.length);
  const hasGood = Number(count) > 0;
  return {
    tagId: Number(tagId),
    bucketMs: Number(bucketMs),
    bucket: Number(bucket),
    count: Number(count),
    uncertain: Number(uncertain),
    bad: Number(bad),
    fromTs: Number(fromTs ?? firstTs),
    toTs: Number(toTs ?? lastTs),
    min: hasGood ? Number(min) : Infinity,
    max: hasGood ? Number(max) : -Infinity,
    sum: Number(sum),
    sumSquares: Number(sumSquares),
    firstTs: hasGood ? Number(firstTs) : Infinity,
    first: hasGood ? Number(first) : NaN,
    lastTs: hasGood ? Number(lastTs) : -Infinity,
    last: hasGood ? Number(last) : NaN,
    finestMs: Number(finestMs),
  };
}

/** A group for each run of rollups of one tag and length. */
function groupsOf(
  rollups: readonly Rollup[],
  pushColumns: (values: (number | null)[], rollup: Rollup) => void,
): NumberGroup[] {
  const groups: NumberGroup[] = [];
  let [tag, length] = [NaN, NaN];
  let values: (number | null)[] = [];
  for (const rollup of rollups) {
    if (rollup.tagId !== tag || rollup.bucketMs !== length) {
      [tag, length, values] = [rollup.tagId, rollup.bucketMs, []];
      groups.push({ constants: [tag, length], values });
    }
    values.push(rollup.bucket);
    pushColumns(values, rollup);
  }
  return groups;
}

/** In the order of STATISTICS; without a good sample there is none, and the columns hold 0. */
function pushStatistics(values: (number | null)[], rollup: Rollup): void {
  if (rollup.count === 0) values.push(0, 0, 0, 0, 0, 0, 0, 0, 0);
  else {
    const { count, min, max, sum, sumSquares, firstTs, first, lastTs, last } = rollup;
    values.push(count, min, max, sum, sumSquares, firstTs, first, lastTs, last);
  }
}
