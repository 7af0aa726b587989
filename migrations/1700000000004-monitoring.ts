import type { MigrationInterface, QueryRunner } from 'typeorm';
import { columnTypes, createTable } from './schema.js';

/** Anomalies, the state of the streaming detectors, health scores and condensed hours of the KPIs. */
export class Monitoring1700000000004 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    const type = columnTypes(queryRunner);
    await createTable(
      queryRunner,
      'anomaly',
      [
        type.id(),
        type.text('detector', 40),
        type.text('model_version', 40),
        type.bigint('equipment_id', { isNullable: true }),
        type.bigint('lot_id', { isNullable: true }),
        type.text('state', 20),
        type.text('severity', 20),
        type.bigint('started_at'),
        type.bigint('detected_at'),
        type.bigint('ended_at', { isNullable: true }),
        type.bigint('peak_at'),
        type.double('peak_score'),
        type.double('threshold'),
        type.int('sample_count'),
        type.longText('contributions'),
        type.bigint('acknowledged_at', { isNullable: true }),
        type.text('acknowledged_by', 120, { isNullable: true }),
        type.text('comment', 2000, { isNullable: true }),
      ],
      {
        indices: [
          { columnNames: ['started_at', 'id'] },
          { columnNames: ['equipment_id', 'started_at'] },
          { columnNames: ['state'] },
        ],
        references: [
          { column: 'equipment_id', table: 'equipment' },
          { column: 'lot_id', table: 'lot' },
        ],
      },
    );
    await createTable(queryRunner, 'scorer_checkpoint', [
      type.bigint('position_ts', { isPrimary: true }),
      type.bigint('feed_position'),
      type.longText('snapshot'),
    ]);
    await createTable(
      queryRunner,
      'health_score',
      [
        type.bigint('equipment_id', { isPrimary: true }),
        type.bigint('ts', { isPrimary: true }),
        // 0: of one sample; else the length of the stretch that begins at ts
        type.bigint('span_ms'),
        type.int('samples'),
        type.double('score'),
        type.double('lowest'),
        type.longText('drivers'),
      ],
      {
        indices: [{ columnNames: ['span_ms', 'ts'] }],
        references: [{ column: 'equipment_id', table: 'equipment' }],
      },
    );
    await createTable(queryRunner, 'kpi_hour', [
      type.bigint('hour', { isPrimary: true }),
      type.longText('plant_window'),
    ]);
    await createTable(queryRunner, 'kpi_cursor', [
      type.int('id', { isPrimary: true }),
      type.bigint('feed_position'),
    ]);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    for (const table of ['kpi_cursor', 'kpi_hour', 'health_score', 'scorer_checkpoint', 'anomaly'])
      await queryRunner.dropTable(table);
  }
}
