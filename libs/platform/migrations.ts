import type { DataSource } from 'typeorm';
import { onceAvailable } from './data-source.js';
import type { Database } from './database.js';
import { loggerOf } from './logger.js';

/** The schema is not the one this version of the code was written for. */
export class SchemaError extends Error {
  readonly code = 'SCHEMA_OUT_OF_DATE';
}

/** Applies what is missing. Called by one process only: the standalone product, or `db:init` once per deployment. */
export async function applyMigrations(database: Database): Promise<void> {
  const { dataSource } = database;
  if (!(await onceAvailable(() => dataSource.showMigrations()))) return;
  const applied = await database.changeSchema(() => dataSource.runMigrations({ transaction: 'none' }));
  loggerOf('database').info({ migrations: applied.map(({ name }) => name) }, 'migrations applied');
}

/**
 * Refuses to start on a database that lacks migrations.
 * @throws SchemaError
 */
export async function requireCurrentSchema(dataSource: DataSource): Promise<void> {
  if (await dataSource.showMigrations()) {
    throw new SchemaError('The database lacks migrations of this version; run: npm run db:init');
  }
}
