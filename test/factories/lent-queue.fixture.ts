import { PglitePool } from '../../libs/platform/queue/pglite/pool.js';
import { BULLMQ_SCHEMA } from '../../libs/platform/queue/pglite/protocol.js';
import { PgliteTransport } from '../../libs/platform/queue/pglite.transport.js';
import type { QueueTransport } from '../../libs/platform/queue/transport.js';

export { QUEUE_TRANSPORT } from '../../libs/platform/queue/queue.tokens.js';

/** Everything but the list of migrations that were run. */
const TABLES = `
  SELECT string_agg(format('%I.%I', schemaname, tablename), ', ') AS names FROM pg_tables
  WHERE schemaname IN ('${BULLMQ_SCHEMA}', 'public') AND tablename <> 'migration'`;

const idle: PglitePool[] = [];

/**
 * The queue of an embedded application, empty and its own until it closes it. Starting PostgreSQL in WebAssembly takes more
 * processor time than most tests: one that was given back is emptied and lent again.
 */
export async function lentQueue(): Promise<QueueTransport> {
  const pool = idle.pop() ?? (await PglitePool.open(undefined));
  const transport = await PgliteTransport.on(pool);
  transport.close = () => giveBack(pool);
  return transport;
}

async function giveBack(pool: PglitePool): Promise<void> {
  pool.removeAllListeners();
  await pool.query('UNLISTEN *');
  const [{ names }] = (await pool.query<{ names: string }>(TABLES)).rows;
  await pool.query(`TRUNCATE ${names} RESTART IDENTITY`);
  idle.push(pool);
}
