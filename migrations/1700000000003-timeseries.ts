import type { MigrationInterface, QueryRunner } from 'typeorm';
import { columnTypes, createTable, insertOnlyRow } from './schema.js';

/**
 * Samples and rollups are clustered by tag and time: one tag's hour is one stretch of pages. SQLite needs
 * WITHOUT ROWID for that, which the table builder cannot say, hence plain SQL.
 */
export class Timeseries1700000000003 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    const types = columnTypes(queryRunner);
    const bigint = types.bigint('').type;
    const double = types.double('').type;
    const clustered = queryRunner.connection.options.type === 'mysql' ? '' : 'WITHOUT ROWID';
    await queryRunner.query(`
      CREATE TABLE IF NOT EXISTS timeseries_sample (
        tag_id ${bigint} NOT NULL, ts ${bigint} NOT NULL, value ${double} NOT NULL, quality int NOT NULL,
        PRIMARY KEY (tag_id, ts), CONSTRAINT fk_sample_tag FOREIGN KEY (tag_id) REFERENCES sensor_tag (id)
      ) ${clustered}`);
    await queryRunner.query(`
      CREATE TABLE IF NOT EXISTS timeseries_rollup (
        tag_id ${bigint} NOT NULL, bucket_ms ${bigint} NOT NULL, bucket ${bigint} NOT NULL,
        count int NOT NULL, min ${double} NOT NULL, max ${double} NOT NULL, sum ${double} NOT NULL,
        sum_squares ${double} NOT NULL, first_ts ${bigint} NOT NULL, first ${double} NOT NULL,
        last_ts ${bigint} NOT NULL, last ${double} NOT NULL,
        PRIMARY KEY (tag_id, bucket_ms, bucket), CONSTRAINT fk_rollup_tag FOREIGN KEY (tag_id) REFERENCES sensor_tag (id)
      ) ${clustered}`);
    // One row per transaction that wrote samples, numbered in the order of the commits: a reader that remembers
    // the last number it saw misses none.
    await createTable(queryRunner, 'ingest_log', [
      types.bigint('id', { isPrimary: true }),
      types.bigint('from_ts'),
      types.bigint('to_ts'),
      types.int('samples'),
      types.bigint('written_at'),
    ]);
    await createTable(queryRunner, 'timeseries_state', [
      types.int('id', { isPrimary: true }),
      types.bigint('ingest_sequence'),
      types.bigint('swept_before'),
    ]);
    await insertOnlyRow(queryRunner, 'timeseries_state', { id: 1, ingest_sequence: 0, swept_before: 0 });
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    for (const table of ['timeseries_state', 'ingest_log', 'timeseries_rollup', 'timeseries_sample'])
      await queryRunner.dropTable(table);
  }
}
