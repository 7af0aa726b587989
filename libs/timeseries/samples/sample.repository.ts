import { Injectable } from '@nestjs/common';
import { Database, type NumberGroup } from '#platform';
import { BAD_QUALITY, type LatestSample, type SampleColumn } from './sample-columns.js';

/** SQLite allows 500 parts of a UNION; a tenth keeps a statement short. */
const STRETCHES_PER_STATEMENT = 50;

/** The newest sample of a tag at a moment. */
export interface SampleAtMoment extends LatestSample {
  tagId: number;
  moment: number;
}

/** Which samples may be the latest. */
export interface LatestBounds {
  /** Bounds of their time, both included. */
  since?: number;
  until: number;
  /** The worst quality, an index of QUALITIES; any by default. */
  worst?: number;
}

@Injectable()
export class SampleRepository {
  constructor(private readonly database: Database) {}

  /**
   * Makes other writers of these tags wait until the open transaction ends, so that samples and rollups of a tag
   * change together. In the order of the ids: two writers cannot wait for each other.
   * @returns how many of the tags exist
   */
  async lockTags(tagIds: number[]): Promise<number> {
    const rows = await this.database.query(
      `SELECT id FROM sensor_tag WHERE id IN (${tagIds.map(() => '?').join(', ')}) ORDER BY id ${this.database.forUpdateSql}`,
      tagIds,
    );
    return rows.length;
  }

  /** Makes all writers wait until the open transaction ends. */
  async lockAllTags(): Promise<void> {
    await this.database.query(`SELECT id FROM sensor_tag ORDER BY id ${this.database.forUpdateSql}`);
  }

  /** Of tags that the open transaction has locked. */
  upsert(columns: readonly SampleColumn[]): Promise<void> {
    return this.database.upsertNumbers({
      table: 'timeseries_sample',
      constants: ['tag_id', 'quality'],
      columns: ['ts', 'value'],
      keys: ['tag_id', 'ts'],
      update: ['value', 'quality'],
      groups: columns.flatMap(groupsByQuality),
      wholeRows: true,
      referencesLocked: true,
    });
  }

  /** Which tags have a sample in a stretch of theirs, as `tagId:from:to`. */
  async findOccupied(
    stretches: readonly { tagIds: readonly number[]; from: number; to: number }[],
  ): Promise<Set<string>> {
    const occupied = new Set<string>();
    for (let start = 0; start < stretches.length; start += STRETCHES_PER_STATEMENT) {
      const part = stretches.slice(start, start + STRETCHES_PER_STATEMENT);
      const rows = await this.database.queryArrays<(number | string)[]>(
        part
          .map(
            ({ tagIds, from, to }) =>
              `SELECT t.id, ${from}, ${to} FROM sensor_tag t WHERE t.id IN (${tagIds.map(() => '?').join(', ')}) AND EXISTS (
                 SELECT 1 FROM timeseries_sample s WHERE s.tag_id = t.id AND s.ts >= ${from} AND s.ts < ${to})`,
          )
          .join(' UNION ALL '),
        part.flatMap(({ tagIds }) => tagIds),
      );
      for (const row of rows) occupied.add(row.join(':'));
    }
    return occupied;
  }

  /** The newest sample of each tag within the bounds. One seek per tag, in one statement. */
  async findLatest(
    tagIds: number[],
    { since = 0, until, worst = BAD_QUALITY }: LatestBounds,
  ): Promise<Map<number, LatestSample>> {
    const rows = await this.database.query<Record<'tag_id' | 'ts' | 'value' | 'quality', string | number>>(
      `SELECT s.tag_id, s.ts, s.value, s.quality
       FROM (
         SELECT t.id AS tag_id,
           (SELECT x.ts FROM timeseries_sample x
            WHERE x.tag_id = t.id AND x.ts >= ? AND x.ts <= ? AND x.quality <= ? ORDER BY x.ts DESC LIMIT 1) AS ts
         FROM sensor_tag t WHERE t.id IN (${tagIds.map(() => '?').join(', ')})
       ) newest
       JOIN timeseries_sample s ON s.tag_id = newest.tag_id AND s.ts = newest.ts`,
      [since, until, worst, ...tagIds],
    );
    return new Map(
      rows.map((row) => [
        Number(row.tag_id),
        { ts: Number(row.ts), value: Number(row.value), quality: Number(row.quality) },
      ]),
    );
  }

  /** The newest `count` times of each tag in `(after, until]`, newest first, by tag id. One seek per tag. */
  async findNewestTimes(
    tagIds: readonly number[],
    after: number,
    until: number,
    count: number,
  ): Promise<Map<number, number[]>> {
    const one = (_: unknown, i: number): string =>
      `SELECT tag_id, ts FROM (SELECT tag_id, ts FROM timeseries_sample WHERE tag_id = ? AND ts > ? AND ts <= ?
       ORDER BY ts DESC LIMIT ${count}) newest${i}`;
    const rows = await this.database.query<Record<'tag_id' | 'ts', string | number>>(
      tagIds.map(one).join(' UNION ALL '),
      tagIds.flatMap((tagId) => [tagId, after, until]),
    );
    const times = new Map<number, number[]>();
    for (const row of rows) {
      const known = times.get(Number(row.tag_id));
      if (known) known.push(Number(row.ts));
      else times.set(Number(row.tag_id), [Number(row.ts)]);
    }
    for (const known of times.values()) known.sort((a, b) => b - a);
    return times;
  }

  /** The newest sample of each tag in `(moment − reachMs, moment]`, for each of the moments. One seek each. */
  async findAt(
    tagIds: readonly number[],
    moments: readonly number[],
    reachMs: number,
  ): Promise<SampleAtMoment[]> {
    const rows = await this.database.query<
      Record<'tag_id' | 'moment' | 'ts' | 'value' | 'quality', string | number>
    >(
      `SELECT s.tag_id, newest.moment, s.ts, s.value, s.quality
       FROM (
         SELECT t.id AS tag_id, m.moment,
           (SELECT x.ts FROM timeseries_sample x WHERE x.tag_id = t.id AND x.ts > m.moment - ${reachMs}
              AND x.ts <= m.moment ORDER BY x.ts DESC LIMIT 1) AS ts
         FROM sensor_tag t CROSS JOIN (${moments.map(() => 'SELECT ? AS moment').join(' UNION ALL ')}) m
         WHERE t.id IN (${tagIds.map(() => '?').join(', ')})
       ) newest
       JOIN timeseries_sample s ON s.tag_id = newest.tag_id AND s.ts = newest.ts`,
      [...moments, ...tagIds],
    );
    return rows.map(({ tag_id, moment, ts, value, quality }) => ({
      tagId: Number(tag_id),
      moment: Number(moment),
      ts: Number(ts),
      value: Number(value),
      quality: Number(quality),
    }));
  }

  /** Time of a tag's first sample in `(after, until]`, null when there is none. */
  async findFirstTs(tagId: number, after: number, until: number): Promise<number | null> {
    const [row] = await this.database.query<{ ts: string | number | null }>(
      `SELECT MIN(ts) AS ts FROM timeseries_sample
       WHERE tag_id = ? AND ts > ? AND ts <= ? AND quality < ${BAD_QUALITY}`,
      [tagId, after, until],
    );
    return row.ts === null ? null : Number(row.ts);
  }

  /** Neighbouring samples of a tag in `(after, until]` whose values differ, of any of the tags, the newest first. */
  async findChanges(
    tagIds: readonly number[],
    after: number,
    until: number,
  ): Promise<{ from: number; to: number }[]> {
    const neighbour = (column: string): string => `LAG(${column}) OVER (PARTITION BY tag_id ORDER BY ts)`;
    const rows = await this.database.query<Record<'ts' | 'before_ts', string | number>>(
      `SELECT ts, before_ts FROM (
         SELECT ts, value, ${neighbour('ts')} AS before_ts, ${neighbour('value')} AS before_value
         FROM timeseries_sample WHERE tag_id IN (${tagIds.map(() => '?').join(', ')}) AND ts > ? AND ts <= ?
           AND quality < ${BAD_QUALITY}
       ) neighbours WHERE value <> before_value ORDER BY ts DESC`,
      [...tagIds, after, until],
    );
    return rows.map((row) => ({ from: Number(row.before_ts), to: Number(row.ts) }));
  }

  /** Time of the oldest sample of any of the tags, undefined when there is none. */
  async findEarliestTs(tagIds: number[]): Promise<number | undefined> {
    const [row] = await this.database.query<{ ts: string | number | null }>(
      `SELECT MIN(oldest.ts) AS ts FROM (
         SELECT (SELECT x.ts FROM timeseries_sample x WHERE x.tag_id = t.id ORDER BY x.ts LIMIT 1) AS ts
         FROM sensor_tag t WHERE t.id IN (${tagIds.map(() => '?').join(', ')})
       ) oldest`,
      tagIds,
    );
    return row.ts === null ? undefined : Number(row.ts);
  }

  /** Everything before this time may have lost its raw samples; its rollups are final. */
  async sweptBefore(): Promise<number> {
    const [row] = await this.database.query<{ swept_before: string | number }>(
      'SELECT swept_before FROM timeseries_state WHERE id = 1',
    );
    return Number(row.swept_before);
  }

  async setSweptBefore(ts: number): Promise<void> {
    await this.database.query('UPDATE timeseries_state SET swept_before = ? WHERE id = 1', [ts]);
  }

  /** Tags with samples before that time. One seek per tag: for an EXISTS, MariaDB reads the keys of all samples. */
  async tagsBefore(ts: number): Promise<number[]> {
    const rows = await this.database.query<{ id: string | number }>(
      `SELECT t.id FROM sensor_tag t
       WHERE (SELECT s.ts FROM timeseries_sample s WHERE s.tag_id = t.id ORDER BY s.ts LIMIT 1) < ?`,
      [ts],
    );
    return rows.map(({ id }) => Number(id));
  }

  /**
   * Removes up to about `count` of a tag's samples in `[from, to)`, the oldest first.
   * @returns how many were removed; fewer than `count` when no more are left
   */
  async deleteSome(tagId: number, from: number, to: number, count: number): Promise<number> {
    const oldest = await this.database.query<{ ts: string | number }>(
      `SELECT ts FROM timeseries_sample WHERE tag_id = ? AND ts >= ? AND ts < ? ORDER BY ts LIMIT ${count}`,
      [tagId, from, to],
    );
    const last = oldest.at(-1);
    if (last)
      await this.database.query('DELETE FROM timeseries_sample WHERE tag_id = ? AND ts >= ? AND ts <= ?', [
        tagId,
        from,
        Number(last.ts),
      ]);
    return oldest.length;
  }

  /** @returns how many samples of these tags were removed in `[from, to)` */
  async deleteIn(tagIds: number[], from: number, to: number): Promise<number> {
    const where = `tag_id IN (${tagIds.map(() => '?').join(', ')}) AND ts >= ? AND ts < ?`;
    const [row] = await this.database.query<{ count: string | number }>(
      `SELECT COUNT(*) AS count FROM timeseries_sample WHERE ${where}`,
      [...tagIds, from, to],
    );
    await this.database.query(`DELETE FROM timeseries_sample WHERE ${where}`, [...tagIds, from, to]);
    return Number(row.count);
  }
}

function groupsByQuality({ tagId, ts, values, qualities }: SampleColumn): NumberGroup[] {
  const groups: NumberGroup[] = [];
  for (let i = 0; i < ts.length; i++) {
    const quality = qualities[i];
    (groups[quality] ??= { constants: [tagId, quality], values: [] }).values.push(ts[i], values[i]);
  }
  return Object.values(groups);
}
