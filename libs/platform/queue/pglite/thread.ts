import { readFileSync } from 'node:fs';
import { parentPort, workerData } from 'node:worker_threads';
import { PGlite, type PGliteOptions, type Results } from '@electric-sql/pglite';
import { PGLITE_OPTIONS } from './settings.js';
import type { PgliteErrorFields, PgliteReply, PgliteRequest, PgliteThreadData } from './protocol.js';

/** Without autovacuum and checkpointer (PGlite is a single process) tables and write-ahead log would only grow. */
const MAINTENANCE_MS = 5 * 60_000;

/** A thread of its own: PGlite answers each statement synchronously, which would hold up HTTP. */
const port = parentPort;
if (!port) throw new Error('pglite-thread runs as a worker thread');
const data = workerData as PgliteThreadData;
const reply = (message: PgliteReply): void => port.postMessage(message);

const database = await PGlite.create({ ...PGLITE_OPTIONS, ...placeOf(data) });
database.onNotification((channel, payload) => reply({ kind: 'notification', channel, payload }));
const maintenance = setInterval(() => void maintain(), MAINTENANCE_MS);
port.on('message', (request: PgliteRequest) => void (request === 'close' ? close() : answer(request)));
reply({ kind: 'ready' });

function placeOf(data: PgliteThreadData): PGliteOptions {
  return 'dataDir' in data
    ? { dataDir: data.dataDir }
    : { loadDataDir: new Blob([readFileSync(data.templateFile)]) };
}

async function answer({ id, text, parameters }: Exclude<PgliteRequest, 'close'>): Promise<void> {
  const result = await run(text, parameters).catch((error: unknown) => {
    reply({ kind: 'error', id, error: errorFields(error) });
    return 'refused' as const;
  });
  if (result === 'refused') return;
  // PGlite swallows a crash of PostgreSQL itself; ending the thread lets the pool open the files anew.
  if (!result) throw new Error(`PostgreSQL does not answer any more (asked: ${text.slice(0, 80)})`);
  reply({ kind: 'result', id, rows: result.rows, rowCount: result.affectedRows || result.rows.length });
}

async function run(text: string, parameters: readonly unknown[] | undefined): Promise<Results | undefined> {
  return parameters ? database.query(text, [...parameters]) : (await database.exec(text)).at(-1);
}

function errorFields(error: unknown): PgliteErrorFields {
  const { message, code, detail, hint } = error as PgliteErrorFields;
  return { message: message || String(error), code, detail, hint };
}

async function maintain(): Promise<void> {
  try {
    await database.exec('VACUUM ANALYZE');
    await database.exec('CHECKPOINT');
  } catch (error) {
    reply({ kind: 'maintenance-failed', error: errorFields(error) });
  }
}

async function close(): Promise<void> {
  clearInterval(maintenance);
  await database.exec('CHECKPOINT');
  await database.close();
  process.exit(0);
}
