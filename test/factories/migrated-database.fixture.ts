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

/**
 * A database with the product's tables, for what needs no application around it.
 * @param url of an empty one
 * @param entities of the repositories that will read it
 */
export async function migratedDatabase(
  url: string,
  entities: (new () => object)[] = [],
): Promise<{ database: Database; close: () => Promise<void> }> {
  configureLogging('silent', 'test');
  const config = readEnvironment(SETTINGS, { NODE_ENV: 'test', DATABASE_URL: url }).of(Config);
  const dataSource = new DataSource({ ...dataSourceOptions(config), migrations: MIGRATIONS, entities });
  const database = new Database(await dataSource.initialize(), config.database);
  const close = (): Promise<void> => dataSource.destroy();
  try {
    await applyMigrations(database);
  } catch (error) {
    await close();
    throw error;
  }
  return { database, close };
}
