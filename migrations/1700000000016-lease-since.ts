import type { MigrationInterface, QueryRunner } from 'typeorm';
import { addColumns, columnTypes } from './schema.js';

/** Leases know since when they are held, or free. */
export class LeaseSince1700000000016 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    const type = columnTypes(queryRunner);
    await addColumns(queryRunner, 'lease', [type.bigint('since', { isNullable: true })]);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('ALTER TABLE lease DROP COLUMN since');
  }
}
