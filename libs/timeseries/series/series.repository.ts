import { setImmediate } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { Database } from '#platform';
import { joinedSeries, NO_SAMPLES, type RawSeries } from './raw-series.js';
import { readGroups } from './read-plan.js';
import { bucketOf, BUCKETS_MS, QUARTER_MS } from '../rollup/rollup.js';
import { GOOD_STATISTICS_SQL } from '../samples/good-statistics.js';
import { addSums, type StatisticSums } from './tag-statistics.js';
import { type WindowSegment, windowSegments } from './window-segments.js';

/** Keeps one read below 20 ms on SQLite. */
const SAMPLES_PER_READ = 10_000;
/** Enough to say about how many samples there are. */
const BUCKETS_PER_COUNT = 12;

type SampleRow = [tagId: number | string, ts: number | string, value: number | string, quality: number];
type SumRow = (string | number | null)[];

@Injectable()
export class SeriesRepository {
  constructor(private readonly database: Database) {}

  /** Sums over all samples of each tag in `[from, to)`, by tag id; from rollups but for the edges. */
  async sums(tagIds: readonly number[], from: number, to: number): Promise<Map<number, StatisticSums>> {
    const sums = new Map<number, StatisticSums>();
    const segments = tagIds.length === 0 ? [] : windowSegments(from, to);
    if (segments.length === 0) return sums;
    const rows = await this.database.queryArrays<SumRow>(
      segments.map((segment) => sumSql(segment, tagIds)).join(' UNION ALL '),
      segments.flatMap((segment) => [...tagIds, segment.from, segment.to]),
    );
    for (const row of rows) {
      const part = sumsOf(row);
      const known = sums.get(Number(row[0]));
      if (known) addSums(known, part);
      else sums.set(Number(row[0]), part);
    }
    return sums;
  }

  /** How many samples of any quality each tag has in `[from, to)`, by tag id. */
  async counts(tagIds: readonly number[], from: number, to: number): Promise<Map<number, number>> {
    const counts = new Map<number, number>();
    const segments = tagIds.length === 0 ? [] : windowSegments(from, to);
    if (segments.length === 0) return counts;
    const rows = await this.database.queryArrays<[number | string, number | string]>(
      segments.map((segment) => countSql(segment, tagIds)).join(' UNION ALL '),
      segments.flatMap((segment) => [...tagIds, segment.from, segment.to]),
    );
    for (const [tagId, count] of rows)
      counts.set(Number(tagId), (counts.get(Number(tagId)) ?? 0) + Number(count));
    return counts;
  }

  /** At most so many samples of any quality each tag has in `[from, to)`, by tag id: those of the buckets around the window. */
  async upperCounts(tagIds: readonly number[], from: number, to: number): Promise<Map<number, number>> {
    const bucketMs = BUCKETS_MS.findLast((length) => (to - from) / length >= BUCKETS_PER_COUNT) ?? QUARTER_MS;
    const rows = await this.database.queryArrays<[number | string, number | string]>(
      `SELECT tag_id, SUM(count + uncertain + bad) FROM timeseries_rollup
       WHERE tag_id IN (${marks(tagIds)}) AND bucket_ms = ? AND bucket >= ? AND bucket < ? GROUP BY tag_id`,
      [...tagIds, bucketMs, bucketOf(from, bucketMs), to],
    );
    return new Map(rows.map(([tagId, count]) => [Number(tagId), Number(count)]));
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
      const series = seriesByTag(await this.rawRows(group, from, to));
      for (const tagId of group) yield [tagId, series.get(tagId) ?? NO_SAMPLES];
      await setImmediate();
    }
  }

  private async rawPages(tagId: number, from: number, to: number): Promise<RawSeries> {
    const pages: RawSeries[] = [];
    for (let next = from; ;) {
      const rows = await this.rawRows([tagId], next, to, SAMPLES_PER_READ);
      const page = rawSeriesOf(rows, 0, rows.length);
      pages.push(page);
      if (rows.length < SAMPLES_PER_READ) return joinedSeries(pages);
      next = page.times[page.times.length - 1] + 1;
      await setImmediate();
    }
  }

  private rawRows(tagIds: number[], from: number, to: number, limit?: number): Promise<SampleRow[]> {
    return this.database.queryNumbers<SampleRow>(
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

function countSql({ bucketMs }: WindowSegment, tagIds: readonly number[]): string {
  return bucketMs === 0
    ? `SELECT tag_id, COUNT(*) FROM timeseries_sample
       WHERE tag_id IN (${marks(tagIds)}) AND ts >= ? AND ts < ? GROUP BY tag_id`
    : `SELECT tag_id, SUM(count + uncertain + bad) FROM timeseries_rollup
       WHERE tag_id IN (${marks(tagIds)}) AND bucket_ms = ${bucketMs} AND bucket >= ? AND bucket < ? GROUP BY tag_id`;
}

function sumsOf([, count, uncertain, bad, min, max, sum, sumSquares]: SumRow): StatisticSums {
  return {
    count: Number(count),
    uncertain: Number(uncertain),
    bad: Number(bad),
    sum: Number(sum),
    sumSquares: Number(sumSquares),
    min: Number(min ?? Infinity),
    max: Number(max ?? -Infinity),
  };
}

/** Rows in the order of the tags, parted. */
function seriesByTag(rows: readonly SampleRow[]): Map<number, RawSeries> {
  const series = new Map<number, RawSeries>();
  for (let start = 0, end = 0; start < rows.length; start = end) {
    const [tagId] = rows[start];
    while (end < rows.length && rows[end][0] === tagId) end++;
    series.set(Number(tagId), rawSeriesOf(rows, start, end));
  }
  return series;
}

function rawSeriesOf(rows: readonly SampleRow[], start: number, end: number): RawSeries {
  const times = new Float64Array(end - start);
  const values = new Float64Array(end - start);
  const qualities = new Uint8Array(end - start);
  for (let i = start; i < end; i++) {
    const [, ts, value, quality] = rows[i];
    times[i - start] = Number(ts);
    values[i - start] = Number(value);
    qualities[i - start] = quality;
  }
  return { times, values, qualities };
}

function marks(values: readonly unknown[]): string {
  return values.map(() => '?').join(', ');
}
