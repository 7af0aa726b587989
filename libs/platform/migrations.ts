import type { DataSource } from 'typeorm';
import { loggerOf } from './logger.js';

/** The schema is not the one this version of the code was written for. */
export class SchemaError extends Error {
  readonly code = 'SCHEMA_OUT_OF_DATE';
}

/**
 * Applies what is missing. Called by one process only: the standalone product, or `db:init` once per deployment. A process
 * killed in the middle leaves nothing that the next one could stumble over: on SQLite a migration is one transaction; MySQL
 * commits after every statement that changes the schema, so every statement of a migration can be repeated.
 */
export async function applyMigrations(dataSource: DataSource): Promise<void> {
  const transaction = dataSource.options.type === 'mysql' ? 'none' : 'each';
  const applied = await dataSource.runMigrations({ transaction });
  if (applied.length > 0)
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
