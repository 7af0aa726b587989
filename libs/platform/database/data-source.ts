import { DataSource, type DataSourceOptions, type QueryRunner } from 'typeorm';
import { databaseErrorOf } from './database-errors.js';
import { OutageError } from '../failure/errors.js';
import { loggerOf } from '../observability/logger.js';
import { startStep } from '../observability/start-watch.js';
import { reasonOf } from '../failure/outage-log.js';

/** How long a process that starts waits for its database. */
const START_TIMEOUT_MS = 120_000;
const RETRY_MS = 1_000;
const SAY_AGAIN_MS = 5_000;

/** TypeORM's overloads in one. */
type RunStatement = (...given: unknown[]) => Promise<unknown>;

/**
 * Opens the database; while it is away, waits for it and says so.
 * @throws DatabaseUnavailableError after two minutes; at once what waiting does not help, e.g. a wrong password
 */
export function openDataSource(options: DataSourceOptions): Promise<DataSource> {
  return startStep('opening the database', () =>
    onceAvailable(() => {
      const dataSource = new DataSource(options);
      throwProductErrors(dataSource);
      return dataSource.initialize();
    }),
  );
}

/**
 * Runs `work`, again while the database is away.
 * @throws what `work` throws; DatabaseUnavailableError after two minutes
 */
export async function onceAvailable<T>(work: () => Promise<T>): Promise<T> {
  const started = performance.now();
  let nextWord = 0;
  for (;;) {
    try {
      return await work();
    } catch (failure) {
      const error = databaseErrorOf(failure);
      const waitedMs = performance.now() - started;
      if (!isAway(error) || waitedMs + RETRY_MS > START_TIMEOUT_MS) throw error;
      if (waitedMs >= nextWord) {
        const line = { reason: reasonOf(error), waited_s: Math.round(waitedMs / 1_000) };
        loggerOf('database').warn(line, 'waiting for the database');
        nextWord = waitedMs + SAY_AGAIN_MS;
      }
      await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
    }
  }
}

/** Every statement of whatever TypeORM makes goes through a query runner: there the driver's errors become ours. */
function throwProductErrors(dataSource: DataSource): void {
  const create = dataSource.createQueryRunner.bind(dataSource);
  const known = new WeakSet<QueryRunner>();
  dataSource.createQueryRunner = (mode) => {
    const runner = create(mode);
    // SQLite has one runner for all.
    if (known.has(runner)) return runner;
    known.add(runner);
    const query = runner.query.bind(runner) as RunStatement;
    const translated: RunStatement = async (...given) => {
      try {
        return await query(...given);
      } catch (error) {
        throw databaseErrorOf(error);
      }
    };
    runner.query = translated as QueryRunner['query'];
    return runner;
  };
}

function isAway(error: unknown): error is OutageError {
  return error instanceof OutageError && error.kind === 'unavailable';
}
