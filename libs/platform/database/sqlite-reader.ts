import libsql from 'libsql';
import { DataSource } from 'typeorm';
import { isSqliteBusy } from './database-errors.js';
import { ArrayStatements, type PreparingConnection } from './sqlite-array-statements.js';

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
  private opened: Promise<ReadingConnection> | undefined;

  constructor(private readonly file: string) {}

  /** Answers as the query runner of the writing connection would. */
  query(...statement: Parameters<RunStatement>): Promise<unknown> {
    return this.read(({ dataSource }) => {
      const runner = dataSource.createQueryRunner();
      return (runner.query.bind(runner) as RunStatement)(...statement);
    });
  }

  /** Rows as arrays. */
  arrays(sql: string, parameters: unknown[]): Promise<unknown> {
    return this.read(({ arrays }) => arrays.all(sql, parameters));
  }

  private async read(run: (opened: ReadingConnection) => unknown): Promise<unknown> {
    const opened = (this.opened ??= openForReading(this.file));
    try {
      return await run(await opened);
    } catch (error) {
      // The driver leaves a statement that met a lock open, and what it would see with it, for all that follow.
      if (isSqliteBusy(error) && this.opened === opened) this.opened = undefined;
      throw error;
    }
  }

  async close(): Promise<void> {
    const opened = this.opened;
    this.opened = undefined;
    await (await opened)?.dataSource.destroy();
  }
}

interface ReadingConnection {
  dataSource: DataSource;
  arrays: ArrayStatements;
}

async function openForReading(file: string): Promise<ReadingConnection> {
  const dataSource = await new DataSource({
    type: 'better-sqlite3',
    driver: libsql,
    database: file,
    timeout: 0,
    prepareDatabase: (connection: { exec(statement: string): void }) =>
      connection.exec('PRAGMA query_only = ON'),
  }).initialize();
  const { databaseConnection } = dataSource.driver as unknown as { databaseConnection: PreparingConnection };
  return { dataSource, arrays: new ArrayStatements(databaseConnection) };
}
