import type { MigrationInterface, QueryRunner } from 'typeorm';
import { jobColumns } from './1700000000005-jobs.js';
import { columnTypes, createTable } from './schema.js';

/** Trainings of models. `slot` is 1 while one is unfinished, so that there is never a second. */
export class Trainings1700000000006 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    const type = columnTypes(queryRunner);
    await createTable(
      queryRunner,
      'model_training',
      [
        ...jobColumns(type),
        type.text('model_name', 60),
        type.text('source', 20),
        type.longText('history', { isNullable: true }),
        type.bigint('seed'),
        type.boolean('quick'),
        type.boolean('activate'),
        type.text('phase', 20),
        type.int('slot', { isNullable: true }),
        type.text('model_version', 40, { isNullable: true }),
        type.longText('result', { isNullable: true }),
      ],
      {
        indices: [
          { columnNames: ['created_at', 'job_id'] },
          { columnNames: ['status'] },
          { columnNames: ['slot'], isUnique: true },
        ],
      },
    );
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.dropTable('model_training');
  }
}
