import { DataSource } from 'typeorm';
import { MIGRATIONS } from '#migrations';
import {
  applyMigrations,
  Config,
  configureLogging,
  Database,
  dataSourceOptions,
  readEnvironment,
} from '#platform';
import { SETTINGS } from '../../apps/settings.js';

/** A database in memory with the product's tables, for repositories without an application around them. */
export async function embeddedDatabase(
  entities: (new () => object)[],
): Promise<{ database: Database; close: () => Promise<void> }> {
  configureLogging('silent', 'test');
  const environment = { NODE_ENV: 'test', DATABASE_URL: 'sqlite::memory:' };
  const config = readEnvironment(SETTINGS, environment).of(Config);
  const dataSource = new DataSource({ ...dataSourceOptions(config), migrations: MIGRATIONS, entities });
  await dataSource.initialize();
  const database = new Database(dataSource, config.database);
  await applyMigrations(database);
  return { database, close: () => dataSource.destroy() };
}
