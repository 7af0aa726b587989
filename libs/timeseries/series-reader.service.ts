import { setImmediate } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { AppError, Database } from '#platform';
import { MAX_TS } from './sample-columns.js';
import { type LatestSample, SampleRepository } from './sample.repository.js';
import { addSums, type StatisticSums, statisticsOf, type TagStatistics } from './tag-statistics.js';
import { type WindowSegment, windowSegments } from './window-segments.js';

/** Largest matrix: 53 tags of 180 s over 63 days, 13 MB. */
export const MAX_MATRIX_SAMPLES = 1_600_000;
/** Keeps one read near 10 ms on SQLite. */
const SAMPLES_PER_READ = 6_000;

export interface MatrixWindow {
  tagIds: readonly number[];
  /** `[from, to)`, epoch milliseconds. */
  from: number;
  to: number;
}

/** Values of some tags over time, row by row: `values[row * tags + tag]`, NaN where a tag has no sample. */
export interface SampleMatrix {
  /** Every time at which at least one of the tags has a sample, ascending. */
  timestamps: Float64Array;
  values: Float64Array;
}

type SumRow = Record<'tag_id' | 'count' | 'sum' | 'sum_squares' | 'min' | 'max', string | number>;

/** Reads samples for those who compute with them. */
@Injectable()
export class SeriesReader {
  constructor(
    private readonly database: Database,
    private readonly samples: SampleRepository,
  ) {}

  /**
   * All samples of a window as a matrix with the tags in the given order.
   * @throws AppError WINDOW_TOO_LARGE beyond MAX_MATRIX_SAMPLES samples
   */
  async readMatrix({ tagIds, from, to }: MatrixWindow): Promise<SampleMatrix> {
    const expected = await this.count([...tagIds], from, to);
    if (expected > MAX_MATRIX_SAMPLES)
      throw AppError.unprocessable(
        'WINDOW_TOO_LARGE',
        `The window holds ${expected} samples, more than ${MAX_MATRIX_SAMPLES}; choose a shorter one`,
      );
    const slices = Math.max(1, Math.ceil(expected / SAMPLES_PER_READ));
    const parts: SampleMatrix[] = [];
    for (let i = 0; i < slices; i++) {
      const sliceFrom = from + Math.floor(((to - from) * i) / slices);
      const sliceTo = from + Math.floor(((to - from) * (i + 1)) / slices);
      parts.push(...(await this.readSlice([...tagIds], sliceFrom, sliceTo)));
      if (i + 1 < slices) await setImmediate();
    }
    return joined(parts);
  }

  /** The newest sample of each tag at or before `until`, by tag id; a tag without samples is missing. */
  async latest(tagIds: readonly number[], until = MAX_TS): Promise<Map<number, LatestSample>> {
    return tagIds.length === 0 ? new Map() : this.samples.findLatest([...tagIds], until);
  }

  /**
   * Count, mean, standard deviation, lowest and highest value of each tag in `[from, to)`, by tag id; a tag without
   * samples is missing. Reads rollups and the raw samples at the edges, whatever the length of the window.
   */
  async statistics(tagIds: readonly number[], from: number, to: number): Promise<Map<number, TagStatistics>> {
    const sums = await this.sums([...tagIds], from, to);
    return new Map([...sums].map(([tagId, sum]) => [tagId, statisticsOf(sum)]));
  }

  /** How many samples the tags have in `[from, to)` together. */
  async count(tagIds: readonly number[], from: number, to: number): Promise<number> {
    let count = 0;
    for (const sum of (await this.sums(tagIds, from, to)).values()) count += sum.count;
    return count;
  }

  private async sums(
    tagIds: readonly number[],
    from: number,
    to: number,
  ): Promise<Map<number, StatisticSums>> {
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

  /** Samples that crowd together make a slice larger than planned: it is halved until it is not. */
  private async readSlice(tagIds: number[], from: number, to: number): Promise<SampleMatrix[]> {
    const rows = await this.samples.findIn(tagIds, from, to, 2 * SAMPLES_PER_READ);
    if (rows.length < 2 * SAMPLES_PER_READ || to - from <= 1) return [matrixOf(rows, tagIds)];
    await setImmediate();
    const middle = Math.floor((from + to) / 2);
    return [...(await this.readSlice(tagIds, from, middle)), ...(await this.readSlice(tagIds, middle, to))];
  }
}

function sumSql({ bucketMs }: WindowSegment, tagIds: readonly number[]): string {
  const tags = tagIds.map(() => '?').join(', ');
  return bucketMs === 0
    ? `SELECT tag_id, COUNT(*) AS count, SUM(value) AS sum, SUM(value * value) AS sum_squares, MIN(value) AS min,
         MAX(value) AS max FROM timeseries_sample WHERE tag_id IN (${tags}) AND ts >= ? AND ts < ? GROUP BY tag_id`
    : `SELECT tag_id, SUM(count) AS count, SUM(sum) AS sum, SUM(sum_squares) AS sum_squares, MIN(min) AS min,
         MAX(max) AS max FROM timeseries_rollup
       WHERE tag_id IN (${tags}) AND bucket_ms = ${bucketMs} AND bucket >= ? AND bucket < ? GROUP BY tag_id`;
}

function sumsOf(row: SumRow): StatisticSums {
  return {
    count: Number(row.count),
    sum: Number(row.sum),
    sumSquares: Number(row.sum_squares),
    min: Number(row.min),
    max: Number(row.max),
  };
}

function matrixOf(
  rows: Record<'tag_id' | 'ts' | 'value', string | number>[],
  tagIds: readonly number[],
): SampleMatrix {
  const columnOf = new Map(tagIds.map((tagId, i) => [tagId, i]));
  const timestamps = Float64Array.from(new Set(rows.map(({ ts }) => Number(ts)))).sort();
  const rowOf = new Map<number, number>();
  timestamps.forEach((ts, i) => rowOf.set(ts, i));
  const values = new Float64Array(timestamps.length * tagIds.length).fill(NaN);
  for (const { tag_id: tagId, ts, value } of rows) {
    const row = rowOf.get(Number(ts)) ?? 0;
    const column = columnOf.get(Number(tagId)) ?? 0;
    values[row * tagIds.length + column] = Number(value);
  }
  return { timestamps, values };
}

function joined(parts: SampleMatrix[]): SampleMatrix {
  if (parts.length === 1) return parts[0];
  const timestamps = new Float64Array(parts.reduce((sum, part) => sum + part.timestamps.length, 0));
  const values = new Float64Array(parts.reduce((sum, part) => sum + part.values.length, 0));
  let row = 0;
  let cell = 0;
  for (const part of parts) {
    timestamps.set(part.timestamps, row);
    values.set(part.values, cell);
    row += part.timestamps.length;
    cell += part.values.length;
  }
  return { timestamps, values };
}
