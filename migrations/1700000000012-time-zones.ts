import type { MigrationInterface, QueryRunner } from 'typeorm';
import { addColumns, columnTypes } from './schema.js';

/**
 * Reports know whose days and clocks they speak of; acknowledgements are noted in plant time too; hours of KPIs are also
 * kept by the quarter, so that the days of every zone can be cut out of them. What raw samples are there is condensed
 * anew, for that: the condenser begins from the start when it has no cursor.
 */
export class TimeZones1700000000012 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    const type = columnTypes(queryRunner);
    await addColumns(queryRunner, 'report', [type.text('time_zone', 64, { default: "'UTC'" })]);
    await addColumns(queryRunner, 'anomaly', [type.bigint('acknowledged_plant_at', { isNullable: true })]);
    await addColumns(queryRunner, 'kpi_hour', [type.longText('quarters', { isNullable: true })]);
    await queryRunner.query('DELETE FROM kpi_cursor');
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('ALTER TABLE kpi_hour DROP COLUMN quarters');
    await queryRunner.query('ALTER TABLE anomaly DROP COLUMN acknowledged_plant_at');
    await queryRunner.query('ALTER TABLE report DROP COLUMN time_zone');
  }
}
