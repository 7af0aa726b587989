import { setImmediate } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { Database } from '#platform';
import { joinedSeries, NO_SAMPLES, type RawSeries } from './raw-series.js';
import { readGroups } from './read-plan.js';
import { bucketOf, BUCKETS_MS, QUARTER_MS } from '../rollup/rollup.js';
import { BAD_QUALITY } from '../samples/sample-columns.js';
import { GOOD_STATISTICS_SQL } from '../samples/good-statistics.js';
import { addSums, type StatisticSums } from './tag-statistics.js';
import { type WindowSegment, windowSegments } from './window-segments.js';

/** Keeps one read below 20 ms on SQLite. */
const SAMPLES_PER_READ = 10_000;
/** Enough to say about how many samples there are. */
const BUCKETS_PER_COUNT = 12;

type SampleRow = [tagId: number | string, ts: number | string, value: number | string, quality: number];
type SumRow = (string | number | null)[];

/** How many samples of a tag came in a window, and when none did for long. */
export interface SamplePresence {
  usable: number;
  bad: number;
  /** Stretches without a usable sample, from the one before to the one behind, or to an end of the window. */
  gaps: { from: number; to: number }[];
}

/** In a part of the window; the ends are the first and the last usable sample, 0 without any. */
interface PresencePart extends SamplePresence {
  first: number;
  last: number;
}

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
   * How many samples each tag has in `[from, to)` and where none came for longer than `longestOf` it, by tag id; a tag without
   * samples is missing. In short statements.
   * @param countOf how many samples a tag is expected to have there
   */
  async presence(
    { tagIds, from, to }: { tagIds: readonly number[]; from: number; to: number },
    countOf: (tagId: number) => number,
    longestOf: (tagId: number) => number,
  ): Promise<Map<number, SamplePresence>> {
    const found = new Map<number, SamplePresence>();
    for (const { tagIds: group, paged } of readGroups(tagIds, countOf, SAMPLES_PER_READ)) {
      const parts = paged ? Math.ceil(countOf(group[0]) / SAMPLES_PER_READ) : 1;
      const edge = (part: number): number => from + Math.floor(((to - from) * part) / parts);
      const known = new Map<number, PresencePart[]>();
      for (let part = 0; part < parts; part++)
        for (const [tagId, own] of await this.presenceIn(group, edge(part), edge(part + 1), longestOf))
          known.set(tagId, [...(known.get(tagId) ?? []), own]);
      for (const [tagId, own] of known) found.set(tagId, joinedPresence(own, { from, to }, longestOf(tagId)));
    }
    return found;
  }

  private async presenceIn(
    tagIds: readonly number[],
    from: number,
    to: number,
    longestOf: (tagId: number) => number,
  ): Promise<Map<number, PresencePart>> {
    const isUsable = `quality < ${BAD_QUALITY}`;
    const usableTs = `CASE WHEN ${isUsable} THEN ts END`;
    // Between two stretches next to each other that have a sample each, no pause is longer than both together.
    const stretchMs = Math.floor(Math.min(...tagIds.map(longestOf)) / 2);
    const counts = await this.database.queryArrays<(number | string | null)[]>(
      `SELECT tag_id, COUNT(${usableTs}), COUNT(*), MIN(${usableTs}), MAX(${usableTs}),
         COUNT(DISTINCT CASE WHEN ${isUsable} THEN ts - ts % ${stretchMs} END)
       FROM timeseries_sample WHERE tag_id IN (${marks(tagIds)}) AND ts >= ? AND ts < ? GROUP BY tag_id`,
      [...tagIds, from, to],
    );
    const pausing: number[] = [];
    const parts = new Map(
      counts.map((row): [number, PresencePart] => {
        const [tagId, usable, all, first, last, filled] = row.map(Number);
        if (Math.floor(last / stretchMs) - Math.floor(first / stretchMs) >= filled) pausing.push(tagId);
        return [tagId, { usable, bad: all - usable, first, last, gaps: [] }];
      }),
    );
    if (pausing.length === 0) return parts;
    const pauses = await this.database.queryArrays<(number | string)[]>(
      `SELECT tag_id, earlier, ts FROM (
         SELECT tag_id, ts, LAG(ts) OVER (PARTITION BY tag_id ORDER BY ts) AS earlier FROM timeseries_sample
         WHERE tag_id IN (${marks(pausing)}) AND ts >= ? AND ts < ? AND ${isUsable}
       ) usable WHERE ts - earlier > ? ORDER BY tag_id, ts`,
      [...pausing, from, to, 2 * stretchMs],
    );
    for (const row of pauses) {
      const [tagId, earlier, ts] = row.map(Number);
      parts.get(tagId)?.gaps.push({ from: earlier, to: ts });
    }
    return parts;
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

function joinedPresence(
  parts: readonly PresencePart[],
  { from, to }: { from: number; to: number },
  longestMs: number,
): SamplePresence {
  const joined: SamplePresence = { usable: 0, bad: 0, gaps: [] };
  let last = from;
  const endAt = (ts: number): number => joined.gaps.push({ from: last, to: ts });
  for (const part of parts) {
    joined.usable += part.usable;
    joined.bad += part.bad;
    if (part.usable === 0) continue;
    endAt(part.first);
    joined.gaps.push(...part.gaps);
    last = part.last;
  }
  endAt(to);
  return { ...joined, gaps: joined.gaps.filter((gap) => gap.to - gap.from > longestMs) };
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
