import type { MigrationInterface, QueryRunner } from 'typeorm';
import { addColumns, columnTypes } from './schema.js';

const DAY_MS = 86_400_000;

/**
 * Quarters of tags that are sampled often have rollups of 10 seconds and 1 minute besides: `finest_ms` of a quarter's rollup
 * says which are there, 0 none. Those of samples that are stored already are made bit by bit while the product runs, the
 * newest first: `fine_before` is the time before which nobody has looked yet.
 */
export class FineRollups1700000000015 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    const type = columnTypes(queryRunner);
    await addColumns(queryRunner, 'timeseries_rollup', [type.int('finest_ms', { default: 0 })]);
    await addColumns(queryRunner, 'timeseries_state', [type.bigint('fine_before', { default: 0 })]);
    await queryRunner.query(
      `UPDATE timeseries_state SET fine_before = COALESCE((
         SELECT MAX(newest.day) + ${DAY_MS} FROM (
           SELECT (SELECT MAX(r.bucket) FROM timeseries_rollup r
                   WHERE r.tag_id = t.id AND r.bucket_ms = ${DAY_MS}) AS day FROM sensor_tag t
         ) newest), 0)`,
    );
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DELETE FROM timeseries_rollup WHERE bucket_ms < 900000');
    await queryRunner.query('ALTER TABLE timeseries_rollup DROP COLUMN finest_ms');
    await queryRunner.query('ALTER TABLE timeseries_state DROP COLUMN fine_before');
  }
}
