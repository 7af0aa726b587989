import { createPostgresBackend, withBackend } from 'bullmq';
import { PglitePool } from './pglite/pool.js';
import {
  FEW_EVENTS,
  type BullQueue,
  type BullWorker,
  type BullWorkerOptions,
  type JobProcessFunction,
  type QueueTransport,
} from './transport.js';

/** A thread of our own is slow on a starved machine, but not gone as long as it is alive; a database that hangs is. */
const LONGEST_SILENCE_MS = 30_000;

const { Queue, Worker } = withBackend(createPostgresBackend);

/** Jobs through PostgreSQL inside this process: no server needed, and one process at a time. */
export class PgliteTransport implements QueueTransport {
  readonly kind = 'pglite';
  readonly longestSilenceMs = LONGEST_SILENCE_MS;

  private constructor(private readonly pool: PglitePool) {}

  /**
   * @param folder a folder for the files, or `memory`
   * @throws FolderInUseError when another process has the folder
   */
  static async open(folder: string): Promise<PgliteTransport> {
    return PgliteTransport.on(await PglitePool.open(folder === 'memory' ? undefined : folder));
  }

  /** Carries the jobs through a database that is open already; closing the transport closes it. */
  static async on(pool: PglitePool): Promise<PgliteTransport> {
    await pool.query('CREATE TABLE IF NOT EXISTS queue_written (one int PRIMARY KEY, at bigint NOT NULL)');
    return new PgliteTransport(pool);
  }

  get isReady(): boolean {
    return this.pool.isReady;
  }

  get heard(): number {
    return this.pool.replies;
  }

  // BullMQ types the backend into its classes; what is used of them is the same for all.
  createQueue(name: string): BullQueue {
    return new Queue(name, { connection: this.pool, streams: FEW_EVENTS }) as unknown as BullQueue;
  }

  createWorker(name: string, process: JobProcessFunction, options: BullWorkerOptions): BullWorker {
    return new Worker(name, process, { ...options, connection: this.pool }) as unknown as BullWorker;
  }

  async ping(): Promise<void> {
    await this.pool.query('SELECT 1');
  }

  async write(): Promise<void> {
    const upsert =
      'INSERT INTO queue_written VALUES (1, $1) ON CONFLICT (one) DO UPDATE SET at = excluded.at';
    await this.pool.query(upsert, [Date.now()]);
  }

  close(): Promise<void> {
    return this.pool.end();
  }
}
