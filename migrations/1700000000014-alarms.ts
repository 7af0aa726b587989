import type { MigrationInterface, QueryRunner } from 'typeorm';
import { columnTypes, type ColumnTypes, createTable } from './schema.js';

/** Alarms after ISA-18.2, their journal, and how far the samples have been followed. */
export class Alarms1700000000014 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    const type = columnTypes(queryRunner);
    await this.createAlarms(queryRunner, type);
    await this.createJournal(queryRunner, type);
    await createTable(queryRunner, 'alarm_checkpoint', [
      type.bigint('position_ts', { isPrimary: true }),
      type.bigint('feed_position'),
      type.boolean('is_hourly'),
      type.longText('snapshot'),
    ]);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    for (const table of ['alarm_checkpoint', 'alarm_journal', 'alarm']) await queryRunner.dropTable(table);
  }

  private createAlarms(queryRunner: QueryRunner, type: ColumnTypes): Promise<void> {
    return createTable(
      queryRunner,
      'alarm',
      [
        type.id(),
        type.text('kind', 10),
        type.bigint('tag_id', { isNullable: true }),
        type.text('limit_name', 2, { isNullable: true }),
        type.bigint('incident_id', { isNullable: true }),
        type.bigint('equipment_id', { isNullable: true }),
        type.text('priority', 20),
        type.boolean('active', { default: 0 }),
        type.bigint('active_since', { isNullable: true }),
        type.bigint('changed_at', { default: 0 }),
        type.double('value', { isNullable: true }),
        type.double('limit_value', { isNullable: true }),
        type.boolean('unacknowledged', { default: 0 }),
        type.longText('acknowledgement', { isNullable: true }),
        type.bigint('shelved_until', { isNullable: true }),
        type.bigint('shelved_until_wall', { isNullable: true }),
        type.longText('shelf', { isNullable: true }),
        type.boolean('suppressed', { default: 0 }),
        type.boolean('out_of_service', { default: 0 }),
        type.longText('out_of_service_note', { isNullable: true }),
      ],
      {
        indices: [
          { columnNames: ['tag_id', 'limit_name'], isUnique: true },
          { columnNames: ['incident_id'], isUnique: true },
          { columnNames: ['changed_at', 'id'] },
          { columnNames: ['shelved_until'] },
        ],
        references: [
          { column: 'tag_id', table: 'sensor_tag' },
          { column: 'equipment_id', table: 'equipment' },
        ],
      },
    );
  }

  private createJournal(queryRunner: QueryRunner, type: ColumnTypes): Promise<void> {
    return createTable(
      queryRunner,
      'alarm_journal',
      [
        type.id(),
        type.bigint('alarm_id'),
        type.text('event', 24),
        type.text('cause', 24),
        type.bigint('plant_at'),
        type.bigint('wall_at'),
        type.text('by_whom', 120, { isNullable: true }),
        type.text('comment', 2000, { isNullable: true }),
        type.text('state', 24),
        type.text('priority', 20),
        type.boolean('annunciated'),
        type.bigint('since', { isNullable: true }),
        type.bigint('until', { isNullable: true }),
        type.double('value', { isNullable: true }),
        type.double('limit_value', { isNullable: true }),
        type.bigint('corrects', { isNullable: true }),
      ],
      {
        indices: [
          { columnNames: ['alarm_id', 'id'] },
          { columnNames: ['plant_at', 'event'] },
          { columnNames: ['corrects'] },
        ],
        references: [{ column: 'alarm_id', table: 'alarm' }],
      },
    );
  }
}
