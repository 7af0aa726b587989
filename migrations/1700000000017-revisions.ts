import type { MigrationInterface, QueryRunner } from 'typeorm';
import { columnTypes, createTable } from './schema.js';

const NAMES = ['catalogue', 'health_scores', 'prediction_removals', 'sample_sweeps'];

/** How often things have changed whose changes are numbered nowhere else, so that answers made of them can be kept until they do. */
export class Revisions1700000000017 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    const types = columnTypes(queryRunner);
    await createTable(queryRunner, 'revision', [
      types.text('name', 40, { isPrimary: true }),
      types.bigint('number'),
    ]);
    for (const name of NAMES)
      await queryRunner.query(
        `INSERT INTO revision (name, number)
         SELECT '${name}', 0 FROM (SELECT 1) AS one WHERE NOT EXISTS (SELECT 1 FROM revision WHERE name = '${name}')`,
      );
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.dropTable('revision');
  }
}
