import type { QueryRunner } from 'typeorm';
import type { Database, RowMigration } from '#platform';
import { addColumns, columnTypes } from './schema.js';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const BUCKETS_MS = [900_000, HOUR_MS, DAY_MS];
/** Looked through at a time for samples that are not good. */
const LOOK_MS = 30 * DAY_MS;

const KEYS = ['tag_id', 'bucket_ms', 'bucket'];
const STATISTICS = ['count', 'min', 'max', 'sum', 'sum_squares', 'first_ts', 'first', 'last_ts', 'last'];
const QUALITY_COLUMNS = ['uncertain', 'bad', 'from_ts', 'to_ts'];

type TagDay = [tagId: number, day: number];
type Numbers<Column extends string> = Record<Column, string | number>;

/**
 * Rollups count good, uncertain and bad samples and have statistics of good ones only; `from_ts` and `to_ts` are those of
 * all samples, null where `first_ts` and `last_ts` are. Those made until now hold all qualities together: where raw samples
 * tell that some are not good, they are made again, day by day and tag by tag, and whoever follows the samples is told. Where
 * raw samples are gone, everything keeps counting as good.
 */
export class Quality1700000000009 implements RowMigration {
  async up(queryRunner: QueryRunner): Promise<void> {
    const type = columnTypes(queryRunner);
    await addColumns(queryRunner, 'timeseries_rollup', [
      type.int('uncertain', { default: 0 }),
      type.int('bad', { default: 0 }),
      type.bigint('from_ts', { isNullable: true }),
      type.bigint('to_ts', { isNullable: true }),
    ]);
  }

  async rewriteRows(database: Database): Promise<void> {
    const [state] = await database.query<Numbers<'swept_before'>>(
      'SELECT swept_before FROM timeseries_state WHERE id = 1',
    );
    for (const { id } of await database.query<Numbers<'id'>>('SELECT id FROM sensor_tag ORDER BY id'))
      for await (const day of daysToRebuild(database, Number(id), Number(state.swept_before)))
        await database.transaction(async () => {
          await rebuildDay(database, [Number(id), day]);
          await forgetKpiHours(database, [Number(id), day]);
          await tellFollowers(database, [Number(id), day]);
        });
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    for (const column of QUALITY_COLUMNS)
      await queryRunner.query(`ALTER TABLE timeseries_rollup DROP COLUMN ${column}`);
  }
}

/** Days of a tag with samples that are not good, of which the rollup of the day does not know yet. */
async function* daysToRebuild(database: Database, tagId: number, from: number): AsyncGenerator<number> {
  const [{ first, last }] = await database.query<Record<'first' | 'last', string | number | null>>(
    `SELECT (SELECT MIN(ts) FROM timeseries_sample WHERE tag_id = ? AND ts >= ?) AS first,
       (SELECT MAX(ts) FROM timeseries_sample WHERE tag_id = ?) AS last`,
    [tagId, from, tagId],
  );
  if (first === null || last === null) return;
  for (let start = Number(first); start <= Number(last); start += LOOK_MS) {
    const days = await database.query<Numbers<'day'>>(
      `SELECT DISTINCT s.ts - s.ts % ${DAY_MS} AS day FROM timeseries_sample s
       WHERE s.tag_id = ? AND s.ts >= ? AND s.ts < ? AND s.quality <> 0 AND NOT EXISTS (
         SELECT 1 FROM timeseries_rollup r WHERE r.tag_id = s.tag_id AND r.bucket_ms = ${DAY_MS}
           AND r.bucket = s.ts - s.ts % ${DAY_MS} AND r.uncertain + r.bad > 0)`,
      [tagId, start, start + LOOK_MS],
    );
    for (const { day } of days) yield Number(day);
  }
}

async function rebuildDay(database: Database, [tagId, day]: TagDay): Promise<void> {
  const good = (what: string): string => `CASE WHEN quality = 0 THEN ${what} END`;
  const columns = [...KEYS, ...STATISTICS, ...QUALITY_COLUMNS];
  for (const bucketMs of BUCKETS_MS) {
    const rollups = await database.query<Record<string, string | number | null>>(
      `SELECT a.*, ${bucketMs} AS bucket_ms, f.value AS first, l.value AS last
       FROM (
         SELECT tag_id, ts - ts % ${bucketMs} AS bucket, SUM(CASE WHEN quality = 0 THEN 1 ELSE 0 END) AS count,
           MIN(${good('value')}) AS min, MAX(${good('value')}) AS max, SUM(${good('value')}) AS sum,
           SUM(${good('value * value')}) AS sum_squares, MIN(${good('ts')}) AS first_ts, MAX(${good('ts')}) AS last_ts,
           SUM(CASE WHEN quality = 1 THEN 1 ELSE 0 END) AS uncertain,
           SUM(CASE WHEN quality = 2 THEN 1 ELSE 0 END) AS bad, MIN(ts) AS from_ts, MAX(ts) AS to_ts
         FROM timeseries_sample WHERE tag_id = ? AND ts >= ? AND ts < ?
         GROUP BY tag_id, ts - ts % ${bucketMs}
       ) a
       LEFT JOIN timeseries_sample f ON f.tag_id = a.tag_id AND f.ts = a.first_ts
       LEFT JOIN timeseries_sample l ON l.tag_id = a.tag_id AND l.ts = a.last_ts`,
      [tagId, day, day + DAY_MS],
    );
    await database.upsert({
      table: 'timeseries_rollup',
      columns,
      keys: KEYS,
      update: columns.slice(KEYS.length),
      // Without a good sample there is no statistic; its columns hold 0.
      rows: rollups.map((rollup) => columns.map((column) => rollup[column] ?? 0)),
    });
  }
}

async function forgetKpiHours(database: Database, [tagId, day]: TagDay): Promise<void> {
  await database.query(
    `DELETE FROM kpi_hour WHERE hour IN (
       SELECT ts - ts % ${HOUR_MS} FROM timeseries_sample WHERE tag_id = ? AND ts >= ? AND ts < ? AND quality <> 0)`,
    [tagId, day, day + DAY_MS],
  );
}

/** As a late write would: KPI hours are condensed and the newest samples scored again. */
async function tellFollowers(database: Database, [tagId, day]: TagDay): Promise<void> {
  await database.query('UPDATE timeseries_state SET ingest_sequence = ingest_sequence + 1 WHERE id = 1');
  await database.query(
    `INSERT INTO ingest_log (id, from_ts, to_ts, samples, written_at)
     SELECT t.ingest_sequence, s.from_ts, s.to_ts, s.samples, ? FROM timeseries_state t, (
       SELECT MIN(ts) AS from_ts, MAX(ts) AS to_ts, COUNT(*) AS samples
       FROM timeseries_sample WHERE tag_id = ? AND ts >= ? AND ts < ? AND quality <> 0
     ) s WHERE t.id = 1`,
    [Date.now(), tagId, day, day + DAY_MS],
  );
}
