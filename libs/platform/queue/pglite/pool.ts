import { EventEmitter } from 'node:events';
import { existsSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { type PgPool, type PgPoolClient, type PgQueryResult, runMigrations } from 'bullmq';
import { loggerOf } from '../../observability/logger.js';
import { lockFolder } from './folder-lock.js';
import { BULLMQ_SCHEMA, type PgliteReply, type PgliteRequest, type PgliteThreadData } from './protocol.js';
import { createPgliteFolder, pgliteTemplateFile } from './template-file.js';
import { within } from '../../failure/within.js';

const REOPEN_DELAY_MS = 1_000;
const CLOSE_TIMEOUT_MS = 5_000;

/**
 * What a killed process left active is up for grabs at once: nobody but us works on this database, so no lock can
 * still be held. BullMQ's own check for stalled jobs does the rest.
 */
const RELEASE_ORPHANS = `
  UPDATE ${BULLMQ_SCHEMA}.job SET locked_until_ms = 0, stalled_marked = true WHERE state = 'active';
  DELETE FROM ${BULLMQ_SCHEMA}.meta WHERE field = 'stalled-check';`;

interface PendingStatement {
  resolve(result: PgQueryResult): void;
  reject(error: Error): void;
}

/** A statement was not answered because the database's thread ended. */
class PgliteGoneError extends Error {
  constructor(cause?: unknown) {
    super('The queue database has stopped', { cause });
    this.name = 'PgliteGoneError';
  }
}

/**
 * PostgreSQL in a thread of this process (PGlite), looking to BullMQ like a pool of node-postgres. All its
 * "connections" are one session: statements run one after another, notifications go to everyone, and nobody but
 * `runMigrations` at the start may open a transaction that spans statements. When the thread dies it is started
 * again on the same files.
 */
export class PglitePool extends EventEmitter implements PgPool {
  /** BullMQ reads here that a lost connection will be noticed, so an idle worker need not poll for it. */
  readonly options = { keepAlive: true };

  private readonly logger = loggerOf('queue');
  private readonly clients = new Set<PgliteClient>();
  private readonly pending = new Map<number, PendingStatement>();
  private lastId = 0;
  private received = 0;
  private thread: Worker | undefined;
  private starting: Promise<void> | undefined;
  private ended = false;

  private constructor(
    private readonly data: PgliteThreadData,
    private readonly unlock: () => void,
  ) {
    super();
    this.setMaxListeners(0);
  }

  /**
   * Opens (or makes) the database of a folder.
   * @param folder undefined keeps the database in memory
   * @throws FolderInUseError when another process has the folder
   */
  static async open(folder: string | undefined): Promise<PglitePool> {
    const unlock = folder === undefined ? (): void => undefined : lockFolder(folder);
    try {
      const pool =
        folder === undefined
          ? await PglitePool.startInMemory()
          : await PglitePool.startInFolder(join(folder, 'pgdata'), unlock);
      await runMigrations(await pool.connect(), BULLMQ_SCHEMA);
      await pool.query(RELEASE_ORPHANS);
      return pool;
    } catch (error) {
      unlock();
      throw error;
    }
  }

  private static async startInMemory(): Promise<PglitePool> {
    const pool = new PglitePool({ templateFile: await pgliteTemplateFile() }, () => undefined);
    await pool.start();
    return pool;
  }

  /** Files a power cut has ruined are put aside: the rows of the product show which jobs must be queued again. */
  private static async startInFolder(dataDir: string, unlock: () => void): Promise<PglitePool> {
    const pool = new PglitePool({ dataDir }, unlock);
    if (!existsSync(dataDir)) {
      pool.logger.info({ folder: dataDir }, 'making the embedded queue, once for this folder');
      await createPgliteFolder(dataDir);
    }
    try {
      await pool.start();
    } catch (error) {
      const aside = `${dataDir}.damaged-${Date.now()}`;
      renameSync(dataDir, aside);
      pool.logger.error(
        { err: error, kept: aside },
        'queue database cannot be opened; starting an empty one',
      );
      await createPgliteFolder(dataDir);
      await pool.start();
    }
    return pool;
  }

  /** Whether statements are answered right now. */
  get isReady(): boolean {
    return this.thread !== undefined && !this.ended;
  }

  /** How many messages have come from the database so far. */
  get replies(): number {
    return this.received;
  }

  async query<R = unknown>(text: string, parameters?: readonly unknown[]): Promise<PgQueryResult<R>> {
    await this.starting;
    const { thread } = this;
    if (!thread || this.ended) throw new PgliteGoneError();
    const id = ++this.lastId;
    return new Promise<PgQueryResult<R>>((resolve, reject) => {
      this.pending.set(id, { resolve: resolve as PendingStatement['resolve'], reject });
      thread.postMessage({ id, text, parameters } satisfies PgliteRequest);
    });
  }

  connect(): Promise<PgPoolClient> {
    const client = new PgliteClient(this, () => this.clients.delete(client));
    this.clients.add(client);
    return Promise.resolve(client);
  }

  /** Closes the database; statements under way are answered first. */
  async end(): Promise<void> {
    if (this.ended) return;
    const { thread } = this;
    this.ended = true;
    if (thread) {
      const closed = new Promise((resolve) => thread.once('exit', resolve));
      thread.postMessage('close' satisfies PgliteRequest);
      // What was committed is on file, whether the thread says good-bye or not.
      if (!(await within(CLOSE_TIMEOUT_MS, closed))) await thread.terminate();
    }
    this.unlock();
  }

  private start(): Promise<void> {
    this.starting = new Promise<void>((resolve, reject) => {
      const thread = new Worker(new URL('./thread.js', import.meta.url), {
        workerData: this.data,
        execArgv: [],
      });
      let cause: unknown;
      thread.on('message', (reply: PgliteReply) => {
        if (reply.kind === 'ready') {
          this.thread = thread;
          if (this.ended) void thread.terminate();
          resolve();
        } else this.receive(reply);
      });
      thread.on('error', (error) => (cause = error));
      thread.once('exit', () => {
        reject(new PgliteGoneError(cause));
        if (this.thread === thread) this.lose(cause);
      });
    }).finally(() => (this.starting = undefined));
    return this.starting;
  }

  private receive(reply: Exclude<PgliteReply, { kind: 'ready' }>): void {
    this.received++;
    if (reply.kind === 'notification') {
      for (const client of this.clients)
        client.emit('notification', { channel: reply.channel, payload: reply.payload });
      return;
    }
    if (reply.kind === 'maintenance-failed') {
      this.logger.warn({ err: reply.error }, 'cleaning the queue database failed');
      return;
    }
    const statement = this.pending.get(reply.id);
    this.pending.delete(reply.id);
    if (reply.kind === 'error') statement?.reject(Object.assign(new Error(reply.error.message), reply.error));
    else statement?.resolve({ rows: reply.rows, rowCount: reply.rowCount });
  }

  private lose(cause: unknown): void {
    this.thread = undefined;
    const error = new PgliteGoneError(cause);
    for (const statement of this.pending.values()) statement.reject(error);
    this.pending.clear();
    if (this.ended) return;
    this.logger.error({ err: cause }, 'the thread of the queue database ended; starting it again');
    void this.reopen(error);
  }

  /** BullMQ subscribes anew when its client reports an error, so the clients are notified once statements run again. */
  private async reopen(error: Error): Promise<void> {
    while (!this.ended) {
      try {
        await this.start();
        for (const client of [...this.clients])
          if (client.listenerCount('error') > 0) client.emit('error', error);
        return;
      } catch (failure) {
        this.logger.error({ err: failure }, 'the queue database does not start');
        await new Promise((resolve) => setTimeout(resolve, REOPEN_DELAY_MS));
      }
    }
  }
}

/** One borrower of the pool's only session. */
class PgliteClient extends EventEmitter implements PgPoolClient {
  constructor(
    private readonly pool: PglitePool,
    private readonly onRelease: () => void,
  ) {
    super();
  }

  query<R = unknown>(text: string, parameters?: readonly unknown[]): Promise<PgQueryResult<R>> {
    return this.pool.query<R>(text, parameters);
  }

  release(): void {
    this.onRelease();
  }
}
