import type { DataSource } from 'typeorm';
import { onceAvailable } from './data-source.js';
import type { Database } from './database.js';
import { OperatorError } from '../failure/errors.js';
import { loggerOf } from '../observability/logger.js';
import { startStep } from '../observability/start-watch.js';

/** The schema is not the one this version of the code was written for. */
export class SchemaError extends OperatorError {
  readonly code = 'SCHEMA_OUT_OF_DATE';
}

/**
 * Applies what is missing. Called by one process only: the standalone product, or `db:init` once per deployment. A process
 * killed in the middle leaves nothing that the next one could stumble over: on SQLite all of it is one transaction; MySQL
 * commits after every statement that changes the schema, so every statement of a migration can be repeated.
 */
export async function applyMigrations(database: Database): Promise<void> {
  const { dataSource } = database;
  if (!(await onceAvailable(() => dataSource.showMigrations()))) return;
  const logger = loggerOf('database');
  logger.info('bringing the database up to date');
  const applied = await startStep('bringing the database up to date', () =>
    database.changeSchema(() => dataSource.runMigrations({ transaction: 'none' })),
  );
  logger.info({ migrations: applied.map(({ name }) => name) }, 'migrations applied');
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
