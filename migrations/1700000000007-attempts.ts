import type { MigrationInterface, QueryRunner } from 'typeorm';
import { addColumns, columnTypes } from './schema.js';

const TABLES = ['prediction', 'report', 'model_training'];
const COLUMNS = [
  'attempt',
  'max_attempts',
  'losses',
  'next_attempt_at',
  'last_error_code',
  'last_error_message',
];

/** Job rows count their attempts themselves and tell of them; `attempts` stays what it was, how often one was begun. */
export class Attempts1700000000007 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    const type = columnTypes(queryRunner);
    for (const table of TABLES) {
      await addColumns(queryRunner, table, [
        type.int('attempt', { default: 0 }),
        type.int('max_attempts', { default: 3 }),
        type.int('losses', { default: 0 }),
        type.bigint('next_attempt_at', { isNullable: true }),
        type.text('last_error_code', 60, { isNullable: true }),
        type.text('last_error_message', 1000, { isNullable: true }),
      ]);
      // What waits gets all its attempts; until now the queue alone knew how many were left.
      await queryRunner.query(
        `UPDATE ${table} SET attempt = CASE WHEN attempts > 3 THEN 3 ELSE attempts END WHERE status <> 'queued'`,
      );
    }
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    for (const table of TABLES)
      for (const column of COLUMNS) await queryRunner.query(`ALTER TABLE ${table} DROP COLUMN ${column}`);
  }
}
