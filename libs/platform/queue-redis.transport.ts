import { once } from 'node:events';
import { Queue, Worker } from 'bullmq';
import { Redis } from 'ioredis';
import { loggerOf } from './logger.js';
import {
  FEW_EVENTS,
  type BullQueue,
  type BullWorker,
  type BullWorkerOptions,
  type JobProcessFunction,
  type QueueTransport,
} from './queue-transport.js';
import { within } from './queue-within.js';

const LONGEST_RECONNECT_DELAY_MS = 1_000;
const WATCH_INTERVAL_MS = 3_000;
const LONGEST_SILENCE_MS = 5_000;
const FIRST_CONNECT_MS = 3_000;
const QUIT_TIMEOUT_MS = 1_000;

/** Jobs through Redis or Valkey: any number of processes on any number of machines. */
export class RedisTransport implements QueueTransport {
  readonly kind = 'redis';
  private readonly logger = loggerOf('queue');
  private readonly redis: Redis;
  private readonly watch: NodeJS.Timeout;
  private outage = false;

  private constructor(
    url: string,
    private readonly prefix: string,
  ) {
    this.redis = new Redis(url, {
      maxRetriesPerRequest: null,
      connectTimeout: 5_000,
      keepAlive: 10_000,
      retryStrategy: (times) => Math.min(50 * 2 ** Math.min(times, 10), LONGEST_RECONNECT_DELAY_MS),
    });
    this.redis.setMaxListeners(0);
    this.redis.on('error', (error) => {
      if (!this.outage) this.logger.error({ err: error }, 'Redis is out of reach; trying again');
      this.outage = true;
    });
    this.redis.on('ready', () => {
      if (this.outage) this.logger.info('Redis is back');
      this.outage = false;
    });
    this.watch = setInterval(() => void this.renewSilentConnection(), WATCH_INTERVAL_MS).unref();
  }

  /**
   * Waits a little for the server, so that the first job of a new process is not refused; a server that is down does
   * not keep the process from starting.
   * @param prefix keeps the keys of several installations on one server apart
   */
  static async connect(url: string, prefix: string): Promise<RedisTransport> {
    const transport = new RedisTransport(url, prefix);
    await once(transport.redis, 'ready', { signal: AbortSignal.timeout(FIRST_CONNECT_MS) }).catch(
      () => undefined,
    );
    return transport;
  }

  get isReady(): boolean {
    return this.redis.status === 'ready';
  }

  createQueue(name: string): BullQueue {
    return new Queue(name, { connection: this.redis, prefix: this.prefix, streams: FEW_EVENTS });
  }

  createWorker(name: string, process: JobProcessFunction, options: BullWorkerOptions): BullWorker {
    return new Worker(name, process, { ...options, connection: this.redis, prefix: this.prefix });
  }

  async ping(): Promise<void> {
    await this.redis.ping();
  }

  async close(): Promise<void> {
    clearInterval(this.watch);
    if (this.isReady) await within(QUIT_TIMEOUT_MS, this.redis.quit());
    this.redis.disconnect();
  }

  /** The other end may be gone without a word; TCP alone would wait for it a quarter of an hour. */
  private async renewSilentConnection(): Promise<void> {
    if (!this.isReady || (await within(LONGEST_SILENCE_MS, this.ping()))) return;
    if (!this.isReady) return;
    this.logger.warn('Redis is silent; connecting again');
    this.redis.disconnect(true);
  }
}
