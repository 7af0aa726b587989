import type { MigrationInterface, QueryRunner } from 'typeorm';
import { columnTypes, createTable, insertOnlyRow } from './schema.js';

/** What has changed in rows, numbered in the order of the commits, for streams of events. */
export class Events1700000000013 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    const types = columnTypes(queryRunner);
    await createTable(queryRunner, 'event_log', [
      types.bigint('id', { isPrimary: true }),
      types.text('topic', 20),
      types.text('subject', 64),
      types.text('scope', 64, { isNullable: true }),
      types.longText('data'),
      types.bigint('written_at'),
    ]);
    await createTable(queryRunner, 'event_log_state', [
      types.int('id', { isPrimary: true }),
      types.bigint('sequence'),
    ]);
    await insertOnlyRow(queryRunner, 'event_log_state', { id: 1, sequence: 0 });
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    for (const table of ['event_log_state', 'event_log']) await queryRunner.dropTable(table);
  }
}
