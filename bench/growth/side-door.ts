import { existsSync } from 'node:fs';
import libsql from 'libsql';
import { type Connection, createConnection, type ResultSetHeader, type RowDataPacket } from 'mysql2/promise';

/** A connection to the product's database past the product: for filling it, and for looking how large it is. */
export interface SideDoor {
  readonly kind: 'sqlite' | 'mysql';
  /** @returns how many rows the statement has changed */
  run(sql: string): Promise<number>;
  rows<Row>(sql: string): Promise<Row[]>;
  /** Runs `work` in one transaction. */
  transaction(work: () => Promise<void>): Promise<void>;
  /** Bytes of all tables and indices; what is free in the file for later rows is not counted. */
  bytes(): Promise<number>;
  close(): Promise<void>;
}

/** @param databaseUrl as in DATABASE_URL */
export async function sideDoor(databaseUrl: string): Promise<SideDoor> {
  return databaseUrl.startsWith('sqlite:')
    ? sqliteDoor(databaseUrl.slice('sqlite:'.length))
    : mysqlDoor(await createConnection({ uri: databaseUrl }));
}

function sqliteDoor(file: string): SideDoor {
  if (!existsSync(file)) throw new Error(`there is no database ${file}`);
  const database = new libsql(file);
  database.exec('PRAGMA foreign_keys = ON');
  database.exec('PRAGMA synchronous = NORMAL');
  const pragma = (name: string): number =>
    Number((database.prepare(`PRAGMA ${name}`).get() as Record<string, number>)[name]);
  return {
    kind: 'sqlite',
    run: (sql) => Promise.resolve(database.prepare(sql).run().changes),
    rows: <Row>(sql: string) => Promise.resolve(database.prepare(sql).all() as Row[]),
    transaction: async (work) => {
      database.exec('BEGIN IMMEDIATE');
      try {
        await work();
      } catch (error) {
        database.exec('ROLLBACK');
        throw error;
      }
      database.exec('COMMIT');
    },
    // Pages that are still in the write-ahead log alone are among them.
    bytes: () => Promise.resolve((pragma('page_count') - pragma('freelist_count')) * pragma('page_size')),
    close: () => {
      database.close();
      return Promise.resolve();
    },
  };
}

export function mysqlDoor(connection: Connection): SideDoor {
  const rows = async <Row>(sql: string): Promise<Row[]> =>
    (await connection.query<RowDataPacket[]>(sql))[0] as Row[];
  return {
    kind: 'mysql',
    run: async (sql) => (await connection.query<ResultSetHeader>(sql))[0].affectedRows,
    rows,
    transaction: async (work) => {
      await connection.beginTransaction();
      try {
        await work();
      } catch (error) {
        await connection.rollback();
        throw error;
      }
      await connection.commit();
    },
    bytes: async () => {
      const tables = await rows<{ name: string }>(
        'SELECT TABLE_NAME AS name FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE()',
      );
      // The server counts pages when it makes statistics.
      await rows(`ANALYZE TABLE ${tables.map(({ name }) => name).join(', ')}`);
      const [{ bytes }] = await rows<{ bytes: string | number }>(
        'SELECT SUM(DATA_LENGTH + INDEX_LENGTH) AS bytes FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE()',
      );
      return Number(bytes);
    },
    close: () => connection.end(),
  };
}
