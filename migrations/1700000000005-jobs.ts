import type { MigrationInterface, QueryRunner } from 'typeorm';
import { columnTypes, type ColumnTypes, createTable } from './schema.js';

/** Predictions, reports with their files, and the state of the live plant. */
export class Jobs1700000000005 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    const type = columnTypes(queryRunner);
    await createTable(
      queryRunner,
      'prediction',
      [
        ...jobColumns(type),
        type.bigint('equipment_id', { isNullable: true }),
        type.bigint('lot_id', { isNullable: true }),
        type.bigint('at'),
        type.int('horizon_steps'),
        type.text('model_name', 60, { isNullable: true }),
        type.text('model_version', 40, { isNullable: true }),
        type.double('fault_probability', { isNullable: true }),
        type.longText('result', { isNullable: true }),
      ],
      {
        indices: [{ columnNames: ['created_at', 'job_id'] }, { columnNames: ['status'] }],
        references: [
          { column: 'equipment_id', table: 'equipment' },
          { column: 'lot_id', table: 'lot' },
        ],
      },
    );
    await createTable(queryRunner, 'report_file', [
      type.id(),
      type.text('sha256', 64),
      type.int('size'),
      type.bytes('content'),
      type.bigint('created_at'),
    ]);
    await createTable(
      queryRunner,
      'report',
      [
        ...jobColumns(type),
        type.text('type', 20),
        type.text('lang', 5),
        type.bigint('period_from'),
        type.bigint('period_to'),
        type.bigint('lot_id', { isNullable: true }),
        type.bigint('equipment_id', { isNullable: true }),
        type.bigint('anomaly_id', { isNullable: true }),
        type.text('filename', 200, { isNullable: true }),
        type.int('pages', { isNullable: true }),
        type.bigint('file_id', { isNullable: true }),
      ],
      {
        indices: [{ columnNames: ['created_at', 'job_id'] }, { columnNames: ['status'] }],
        references: [
          { column: 'equipment_id', table: 'equipment' },
          { column: 'lot_id', table: 'lot' },
          { column: 'anomaly_id', table: 'anomaly' },
          { column: 'file_id', table: 'report_file', onDelete: 'SET NULL' },
        ],
      },
    );
    await createPlant(queryRunner, type);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    for (const table of ['plant_command', 'plant_state', 'report', 'report_file', 'prediction'])
      await queryRunner.dropTable(table);
  }
}

/** The live plant: the one row it continues from, and the commands on their way to it. */
async function createPlant(queryRunner: QueryRunner, type: ColumnTypes): Promise<void> {
  await createTable(queryRunner, 'plant_state', [
    type.int('id', { isPrimary: true }),
    type.bigint('first_ms'),
    type.bigint('origin_ms'),
    type.bigint('time_ms'),
    type.bigint('seed'),
    type.int('reseeds'),
    type.longText('disturbances'),
    type.longText('trip', { isNullable: true }),
    type.longText('snapshot'),
    type.boolean('live'),
    type.double('speed'),
    type.double('actual_speed'),
    type.boolean('paused'),
    type.bigint('lot_id', { isNullable: true }),
    type.bigint('lot_due_ms'),
    type.bigint('records'),
    type.bigint('reported_at'),
  ]);
  await createTable(
    queryRunner,
    'plant_command',
    [
      type.id(),
      type.text('kind', 20),
      type.longText('body'),
      type.text('requested_by', 60),
      type.bigint('requested_at'),
      type.text('outcome', 40, { isNullable: true }),
    ],
    { indices: [{ columnNames: ['outcome', 'id'] }] },
  );
}

/** What every job row has; times are wall-clock epoch milliseconds. */
export function jobColumns(type: ColumnTypes): ReturnType<ColumnTypes['bigint']>[] {
  return [
    type.text('job_id', 36, { isPrimary: true }),
    type.text('status', 20),
    type.int('progress'),
    type.int('attempts'),
    type.text('requested_by', 60),
    type.text('error_code', 60, { isNullable: true }),
    type.text('error_message', 1000, { isNullable: true }),
    type.bigint('created_at'),
    type.bigint('started_at', { isNullable: true }),
    type.bigint('finished_at', { isNullable: true }),
    type.bigint('updated_at'),
  ];
}
