import { setImmediate } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { Database } from '#platform';
import { joinedSeries, type RawSeries } from './raw-series.js';
import { readGroups } from './read-plan.js';
import type { Rollup } from '../rollup/rollup.js';
import { RollupRepository } from '../rollup/rollup.repository.js';
import { GOOD_STATISTICS_SQL } from '../samples/good-statistics.js';
import { addSums, type StatisticSums } from './tag-statistics.js';
import { type WindowSegment, windowSegments } from './window-segments.js';

/** Keep one read near 10 ms on SQLite. */
const SAMPLES_PER_READ = 3_000;
const ROLLUPS_PER_READ = 1_500;

type SampleRow = Record<'tag_id' | 'ts' | 'value' | 'quality', string | number>;
type SumRow = Record<
  'tag_id' | 'count' | 'uncertain' | 'bad' | 'sum' | 'sum_squares' | 'min' | 'max',
  string | number | null
>;

@Injectable()
export class SeriesRepository {
  constructor(
    private readonly database: Database,
    private readonly rollups: RollupRepository,
  ) {}

  /** Sums over all samples of each tag in `[from, to)`, by tag id; from rollups but for the edges. */
  async sums(tagIds: readonly number[], from: number, to: number): Promise<Map<number, StatisticSums>> {
    const sums = new Map<number, StatisticSums>();
    const segments = tagIds.length === 0 ? [] : windowSegments(from, to);
    if (segments.length === 0) return sums;
    const rows = await this.database.query<SumRow>(
      segments.map((segment) => sumSql(segment, tagIds)).join(' UNION ALL '),
      segments.flatMap((segment) => [...tagIds, segment.from, segment.to]),
    );
    for (const row of rows) {
      const part = sumsOf(row);
      const known = sums.get(Number(row.tag_id));
      if (known) addSums(known, part);
      else sums.set(Number(row.tag_id), part);
    }
    return sums;
  }

  /**
   * Raw samples in `[from, to)`, tag by tag in the given order, in short statements.
   * @param countOf how many samples a tag is expected to have there
   */
  async *raw(
    tagIds: readonly number[],
    from: number,
    to: number,
    countOf: (tagId: number) => number,
  ): AsyncGenerator<[tagId: number, series: RawSeries]> {
    for (const { tagIds: group, paged } of readGroups(tagIds, countOf, SAMPLES_PER_READ)) {
      if (paged) {
        yield [group[0], await this.rawPages(group[0], from, to)];
        continue;
      }
      const rows = await this.rawRows(group, from, to);
      for (const tagId of group)
        yield [tagId, rawSeriesOf(rows.filter((row) => Number(row.tag_id) === tagId))];
      await setImmediate();
    }
  }

  /** Rollups with their buckets in the segment, tag by tag in the given order, in short statements. */
  async *rolledUp(
    tagIds: readonly number[],
    { bucketMs, from, to }: WindowSegment,
  ): AsyncGenerator<[tagId: number, rollups: Rollup[]]> {
    const bucketsPerRead = ROLLUPS_PER_READ * bucketMs;
    for (const { tagIds: group } of readGroups(tagIds, () => (to - from) / bucketMs, ROLLUPS_PER_READ)) {
      const rollups: Rollup[] = [];
      for (let start = from; start < to; start += bucketsPerRead) {
        const end = Math.min(start + bucketsPerRead, to) - bucketMs;
        rollups.push(...(await this.rollups.find([{ bucketMs, from: start, to: end, tagIds: group }])));
        await setImmediate();
      }
      rollups.sort((a, b) => a.bucket - b.bucket);
      for (const tagId of group) yield [tagId, rollups.filter((rollup) => rollup.tagId === tagId)];
    }
  }

  private async rawPages(tagId: number, from: number, to: number): Promise<RawSeries> {
    const pages: RawSeries[] = [];
    for (let next = from; ;) {
      const rows = await this.rawRows([tagId], next, to, SAMPLES_PER_READ);
      const page = rawSeriesOf(rows);
      pages.push(page);
      if (rows.length < SAMPLES_PER_READ) return joinedSeries(pages);
      next = page.times[page.times.length - 1] + 1;
      await setImmediate();
    }
  }

  private rawRows(tagIds: number[], from: number, to: number, limit?: number): Promise<SampleRow[]> {
    return this.database.query<SampleRow>(
      `SELECT tag_id, ts, value, quality FROM timeseries_sample
       WHERE tag_id IN (${marks(tagIds)}) AND ts >= ? AND ts < ?
       ORDER BY tag_id, ts ${limit === undefined ? '' : `LIMIT ${limit}`}`,
      [...tagIds, from, to],
    );
  }
}

function sumSql({ bucketMs }: WindowSegment, tagIds: readonly number[]): string {
  return bucketMs === 0
    ? `SELECT tag_id, ${GOOD_STATISTICS_SQL}
       FROM timeseries_sample WHERE tag_id IN (${marks(tagIds)}) AND ts >= ? AND ts < ? GROUP BY tag_id`
    : `SELECT tag_id, SUM(count) AS count, SUM(uncertain) AS uncertain, SUM(bad) AS bad,
         MIN(CASE WHEN count > 0 THEN min END) AS min, MAX(CASE WHEN count > 0 THEN max END) AS max,
         SUM(sum) AS sum, SUM(sum_squares) AS sum_squares
       FROM timeseries_rollup
       WHERE tag_id IN (${marks(tagIds)}) AND bucket_ms = ${bucketMs} AND bucket >= ? AND bucket < ? GROUP BY tag_id`;
}

function sumsOf(row: SumRow): StatisticSums {
  return {
    count: Number(row.count),
    uncertain: Number(row.uncertain),
    bad: Number(row.bad),
    sum: Number(row.sum),
    sumSquares: Number(row.sum_squares),
    min: Number(row.min ?? Infinity),
    max: Number(row.max ?? -Infinity),
  };
}

function rawSeriesOf(rows: SampleRow[]): RawSeries {
  return {
    times: Float64Array.from(rows, ({ ts }) => Number(ts)),
    values: Float64Array.from(rows, ({ value }) => Number(value)),
    qualities: Uint8Array.from(rows, ({ quality }) => Number(quality)),
  };
}

function marks(values: readonly unknown[]): string {
  return values.map(() => '?').join(', ');
}
