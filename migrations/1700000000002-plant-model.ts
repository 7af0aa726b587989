import type { MigrationInterface, QueryRunner } from 'typeorm';
import { columnTypes, createTable, insertOnlyRow } from './schema.js';

/** Equipment, sensor tags and lots. */
export class PlantModel1700000000002 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    const type = columnTypes(queryRunner);
    await createTable(
      queryRunner,
      'equipment',
      [
        type.id(),
        type.text('code', 40),
        type.text('name', 120),
        type.text('name_ko', 120, { isNullable: true }),
        type.text('kind', 40),
        type.int('position'),
        type.text('description', 1000, { isNullable: true }),
        type.int('version'),
        type.bigint('created_at'),
        type.bigint('updated_at'),
      ],
      { indices: [{ columnNames: ['code'], isUnique: true }] },
    );
    await createTable(
      queryRunner,
      'sensor_tag',
      [
        type.id(),
        type.text('code', 40),
        type.bigint('equipment_id'),
        type.text('name', 120),
        type.text('name_ko', 120, { isNullable: true }),
        type.text('unit', 30),
        type.text('role', 20),
        type.bigint('sampling_interval_ms'),
        type.double('range_low'),
        type.double('range_high'),
        type.double('limit_ll', { isNullable: true }),
        type.double('limit_l', { isNullable: true }),
        type.double('limit_h', { isNullable: true }),
        type.double('limit_hh', { isNullable: true }),
        type.double('deadband'),
        type.int('position'),
      ],
      {
        indices: [{ columnNames: ['code'], isUnique: true }, { columnNames: ['equipment_id'] }],
        references: [{ column: 'equipment_id', table: 'equipment' }],
      },
    );
    await createTable(
      queryRunner,
      'lot',
      [
        type.id(),
        type.text('lot_no', 60),
        type.text('grade', 40, { isNullable: true }),
        type.text('status', 20),
        type.bigint('started_at'),
        type.bigint('ended_at', { isNullable: true }),
        type.int('known_fault', { isNullable: true }),
        type.text('note', 1000, { isNullable: true }),
        type.int('version'),
        type.bigint('created_at'),
        type.bigint('updated_at'),
      ],
      { indices: [{ columnNames: ['lot_no'], isUnique: true }, { columnNames: ['started_at'] }] },
    );
    // Whoever changes the windows of lots locks this one row, so that no two changes can overlap unseen.
    await createTable(queryRunner, 'lot_timeline', [type.int('id', { isPrimary: true })]);
    await insertOnlyRow(queryRunner, 'lot_timeline', { id: 1 });
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    for (const table of ['lot_timeline', 'lot', 'sensor_tag', 'equipment'])
      await queryRunner.dropTable(table);
  }
}
