import type { MigrationInterface, QueryRunner } from 'typeorm';
import { addColumns, columnTypes, createTable } from './schema.js';

const COLUMNS = ['on_delay_ms', 'off_delay_ms', 'priority'];

/** What people decide about a tag's alarms, and a journal of who decided what. */
export class TagSettings1700000000010 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    const type = columnTypes(queryRunner);
    await addColumns(queryRunner, 'sensor_tag', [
      type.bigint('on_delay_ms', { default: 0 }),
      type.bigint('off_delay_ms', { default: 0 }),
      type.text('priority', 20, { default: "'medium'" }),
    ]);
    await createTable(
      queryRunner,
      'tag_change',
      [
        type.id(),
        type.bigint('tag_id'),
        type.bigint('changed_at'),
        type.text('changed_by', 120),
        type.longText('settings_before'),
        type.longText('settings_after'),
      ],
      {
        indices: [{ columnNames: ['tag_id', 'id'] }],
        references: [{ column: 'tag_id', table: 'sensor_tag' }],
      },
    );
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.dropTable('tag_change');
    for (const column of COLUMNS) await queryRunner.query(`ALTER TABLE sensor_tag DROP COLUMN ${column}`);
  }
}
