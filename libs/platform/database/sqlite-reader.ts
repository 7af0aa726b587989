import libsql from 'libsql';
import { DataSource } from 'typeorm';
import { isSqliteBusy } from './database-errors.js';

/** TypeORM's overloads of `QueryRunner.query` in one. */
export type RunStatement = (
  sql: string,
  parameters?: unknown[],
  useStructuredResult?: boolean,
) => Promise<unknown>;

/**
 * A second connection to a database file, for statements that only read. With a write-ahead log each statement sees
 * what was committed before it, waits for no writer, and holds none up.
 */
export class SqliteReader {
  private opened: Promise<DataSource> | undefined;

  constructor(private readonly file: string) {}

  /** Answers as the query runner of the writing connection would. */
  async query(...statement: Parameters<RunStatement>): Promise<unknown> {
    const opened = (this.opened ??= openForReading(this.file));
    try {
      const runner = (await opened).createQueryRunner();
      return await (runner.query.bind(runner) as RunStatement)(...statement);
    } catch (error) {
      // The driver leaves a statement that met a lock open, and what it would see with it, for all that follow.
      if (isSqliteBusy(error) && this.opened === opened) this.opened = undefined;
      throw error;
    }
  }

  async close(): Promise<void> {
    const opened = this.opened;
    this.opened = undefined;
    await (await opened)?.destroy();
  }
}

function openForReading(file: string): Promise<DataSource> {
  return new DataSource({
    type: 'better-sqlite3',
    driver: libsql,
    database: file,
    timeout: 0,
    prepareDatabase: (connection: { exec(statement: string): void }) =>
      connection.exec('PRAGMA query_only = ON'),
  }).initialize();
}
