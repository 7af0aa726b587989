import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { parentPort, workerData } from 'node:worker_threads';
import { PGlite, type Results } from '@electric-sql/pglite';
import { PGLITE_OPTIONS } from './pglite-settings.js';
import type { PgliteErrorFields, PgliteReply, PgliteRequest, PgliteThreadData } from './pglite-protocol.js';

/** Without autovacuum and checkpointer (PGlite is a single process) tables and write-ahead log would only grow. */
const MAINTENANCE_MS = 5 * 60_000;

/** A thread of its own: PGlite answers each statement synchronously, which would hold up HTTP. */
const port = parentPort;
if (!port) throw new Error('pglite-thread runs as a worker thread');
const { folder, templateFile } = workerData as PgliteThreadData;
const reply = (message: PgliteReply): void => port.postMessage(message);

const database = await (folder === undefined
  ? createFromTemplate(undefined)
  : openFolder(join(folder, 'pgdata')));
database.onNotification((channel, payload) => reply({ kind: 'notification', channel, payload }));
const maintenance = setInterval(() => void maintain(), MAINTENANCE_MS);
port.on('message', (request: PgliteRequest) => void (request === 'close' ? close() : answer(request)));
reply({ kind: 'ready' });

function createFromTemplate(dataDir: string | undefined): Promise<PGlite> {
  return PGlite.create({ ...PGLITE_OPTIONS, dataDir, loadDataDir: new Blob([readFileSync(templateFile)]) });
}

/** A folder appears under its name only when it is complete, so that being killed half way leaves no ruin. */
async function openFolder(dataDir: string): Promise<PGlite> {
  if (!existsSync(dataDir)) {
    const unfinished = `${dataDir}.unfinished`;
    rmSync(unfinished, { recursive: true, force: true });
    mkdirSync(unfinished, { recursive: true });
    await (await createFromTemplate(unfinished)).close();
    renameSync(unfinished, dataDir);
  }
  return PGlite.create({ ...PGLITE_OPTIONS, dataDir });
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
