import { type Connection, createConnection, escape, escapeId, type RowDataPacket } from 'mysql2/promise';
import { migratedDatabase } from './migrated-database.fixture.js';

let statements: Promise<string> | undefined;

/**
 * What makes the product's tables, with the rows that migrations write, in an empty MySQL database: for a connection with
 * `multipleStatements`. Read once a process from a database that was migrated, since the many steps of all migrations take a
 * server several times as long as their outcome.
 * @param emptyDatabase the URL of a database that may be migrated and is not needed afterwards; asked for once
 */
export function productSchema(emptyDatabase: () => Promise<string>): Promise<string> {
  statements ??= emptyDatabase().then(migratedSchema);
  return statements;
}

async function migratedSchema(url: string): Promise<string> {
  const { close } = await migratedDatabase(url);
  await close();
  const connection = await createConnection({ uri: url, dateStrings: true, supportBigNumbers: true });
  try {
    const [tables] = await connection.query<RowDataPacket[][]>({ sql: 'SHOW TABLES', rowsAsArray: true });
    const made: string[] = [];
    for (const [table] of tables as unknown as string[][])
      made.push(...(await statementsOf(connection, table)));
    return ['SET FOREIGN_KEY_CHECKS = 0', ...made].join(';\n');
  } finally {
    await connection.end();
  }
}

async function statementsOf(connection: Connection, table: string): Promise<string[]> {
  const name = escapeId(table);
  const [[definition]] = await connection.query<RowDataPacket[]>(`SHOW CREATE TABLE ${name}`);
  const [rows] = await connection.query<RowDataPacket[]>(`SELECT * FROM ${name}`);
  const inserts = rows.map((row) => `INSERT INTO ${name} SET ${escape(row)}`);
  return [(definition as Record<string, string>)['Create Table'], ...inserts];
}
