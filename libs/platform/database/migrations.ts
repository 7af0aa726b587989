import { type DataSource, MigrationExecutor, type MigrationInterface } from 'typeorm';
import { onceAvailable } from './data-source.js';
import type { Database } from './database.js';
import { OperatorError } from '../failure/errors.js';
import { loggerOf } from '../observability/logger.js';
import { startStep } from '../observability/start-watch.js';

/** The schema is not the one this version of the code was written for. */
export class SchemaError extends OperatorError {
  readonly code = 'SCHEMA_OUT_OF_DATE';
}

/** A migration that rewrites rows, too; it is applied once both are done. */
export interface RowMigration extends MigrationInterface {
  /**
   * Called after `up`, which can be repeated; works in many short transactions of its own. What was rewritten before an
   * interruption is not rewritten again.
   */
  rewriteRows(database: Database): Promise<void>;
}

/**
 * Applies what is missing. Called by one process only: the standalone product, or `db:init` once per deployment. A process
 * killed in the middle leaves nothing that the next one could stumble over: on SQLite each migration is one transaction, but
 * for the rows it rewrites; MySQL commits after every statement that changes the schema, so every statement of a migration
 * can be repeated.
 */
export async function applyMigrations(database: Database): Promise<void> {
  const { dataSource } = database;
  if (!(await onceAvailable(() => dataSource.showMigrations()))) return;
  const logger = loggerOf('database');
  logger.info('bringing the database up to date');
  const applied = await startStep('bringing the database up to date', () => applyPending(database));
  logger.info({ migrations: applied }, 'migrations applied');
}

/** @returns their names */
async function applyPending(database: Database): Promise<string[]> {
  const { dataSource } = database;
  const executor = new MigrationExecutor(dataSource);
  const pending = await executor.getPendingMigrations();
  for (const migration of pending) {
    const { instance } = migration;
    if (isRowMigration(instance)) {
      await database.changeSchema(() => changeSchemaFor(instance, dataSource));
      await instance.rewriteRows(database);
    }
    // Of one whose rows are rewritten, nothing is left to do but to note it.
    await database.changeSchema(() => executor.executeMigration(migration));
  }
  return pending.map(({ name }) => name);
}

function isRowMigration(migration: MigrationInterface | undefined): migration is RowMigration {
  return migration !== undefined && 'rewriteRows' in migration;
}

async function changeSchemaFor(migration: RowMigration, dataSource: DataSource): Promise<void> {
  const queryRunner = dataSource.createQueryRunner();
  try {
    await migration.up(queryRunner);
  } finally {
    await queryRunner.release();
  }
}

/**
 * Refuses to start on a database that lacks migrations.
 * @throws SchemaError
 */
export async function requireCurrentSchema(dataSource: DataSource): Promise<void> {
  if (await dataSource.showMigrations()) {
    throw new SchemaError('Run npm run db:init', 'the database lacks migrations of this version');
  }
}
