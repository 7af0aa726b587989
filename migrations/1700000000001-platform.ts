import type { MigrationInterface, QueryRunner } from 'typeorm';
import { columnTypes, createTable } from './schema.js';

/** Leases, heartbeats, the process clock and idempotency keys. */
export class Platform1700000000001 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    const type = columnTypes(queryRunner);
    await createTable(queryRunner, 'lease', [
      type.text('name', 60, { isPrimary: true }),
      type.text('holder', 36, { isNullable: true }),
      type.bigint('fence'),
      type.bigint('expires_at'),
    ]);
    await createTable(queryRunner, 'process_heartbeat', [
      type.text('process_id', 36, { isPrimary: true }),
      type.text('role', 20),
      type.text('host', 255),
      type.bigint('started_at'),
      type.bigint('seen_at'),
    ]);
    await createTable(queryRunner, 'process_clock', [
      type.int('id', { isPrimary: true }),
      type.bigint('time_ms'),
      type.bigint('wall_ms'),
      type.double('rate'),
    ]);
    await createTable(
      queryRunner,
      'idempotency_key',
      [
        type.text('scope', 60, { isPrimary: true }),
        type.text('idempotency_key', 200, { isPrimary: true }),
        type.text('request_hash', 64),
        type.longText('reply'),
        type.bigint('created_at'),
      ],
      { indices: [{ columnNames: ['created_at'] }] },
    );
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    for (const table of ['idempotency_key', 'process_clock', 'process_heartbeat', 'lease'])
      await queryRunner.dropTable(table);
  }
}
