import type { ObjectLiteral, SelectQueryBuilder } from 'typeorm';
import type { Database } from './database.js';

/** Counting further would take one statement too long on SQLite, and is of no use to people. */
export const MAX_COUNT = 10_000;

/** How many rows a query finds; MAX_COUNT when they are that many or more. */
export async function boundedCount<Row extends ObjectLiteral>(
  database: Database,
  query: SelectQueryBuilder<Row>,
): Promise<number> {
  const [sql, parameters] = query.select('1', 'found').limit(MAX_COUNT).getQueryAndParameters();
  const [row] = await database.query<{ count: string | number }>(
    `SELECT COUNT(*) AS count FROM (${sql}) counted`,
    parameters,
  );
  return Number(row.count);
}
