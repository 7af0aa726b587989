import { once } from 'node:events';
import { Queue, Worker } from 'bullmq';
import type { BellCarrier } from '../coordination/bell.js';
import { loggerOf } from '../observability/logger.js';
import { OutOfPatienceError, withPatience } from '../failure/patience.js';
import {
  FEW_EVENTS,
  type BullQueue,
  type BullWorker,
  type BullWorkerOptions,
  type JobProcessFunction,
  type QueueTransport,
} from './transport.js';
import { within } from '../failure/within.js';
import { RedisConnection } from './redis-connection.js';

const WATCH_INTERVAL_MS = 2_000;
/** A server that was asked says something within milliseconds, however much it has to do; less than health waits. */
const LONGEST_SILENCE_MS = 3_000;
const FIRST_CONNECT_MS = 3_000;
const QUIT_TIMEOUT_MS = 1_000;
const WRITTEN_AT_KEPT_S = 3_600;

/** Jobs through Redis or Valkey: any number of processes on any number of machines. */
export class RedisTransport implements QueueTransport {
  readonly kind = 'redis';
  readonly longestSilenceMs = LONGEST_SILENCE_MS;
  private readonly logger = loggerOf('queue');
  private readonly redis: RedisConnection;
  private readonly channel: string;
  private hearing: RedisConnection | undefined;
  private watch: NodeJS.Timeout | undefined;
  private outage = false;

  private constructor(
    url: string,
    private readonly prefix: string,
  ) {
    this.redis = new RedisConnection(url);
    this.channel = `${prefix}:bell`;
    this.redis.on('error', (error) => {
      if (!this.outage) this.logger.error({ err: error }, 'Redis is out of reach; trying again');
      this.outage = true;
    });
    this.redis.on('ready', () => {
      if (this.outage) this.logger.info('Redis is back');
      this.outage = false;
    });
    this.watchSilence();
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

  get heard(): number {
    return this.redis.bytesHeard;
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

  /** A replica that cannot be written to, or a server out of memory, answers a ping. */
  async write(): Promise<void> {
    await this.redis.set(`${this.prefix}:written-at`, Date.now(), 'EX', WRITTEN_AT_KEPT_S);
  }

  /** Rings between processes. A ring that meets an outage is lost, and is worth no complaint. */
  bellCarrier(): BellCarrier {
    return {
      ring: () => {
        if (this.isReady) this.redis.publish(this.channel, '').catch(() => undefined);
      },
      listen: (heard) => (this.hearing ??= this.hear(heard)),
    };
  }

  async close(): Promise<void> {
    clearTimeout(this.watch);
    this.hearing?.disconnect();
    if (this.isReady) await within(QUIT_TIMEOUT_MS, this.redis.quit());
    this.redis.disconnect();
  }

  /** Redis keeps a connection that subscribes for that alone; it subscribes again by itself whenever it is back. */
  private hear(heard: () => void): RedisConnection {
    const hearing = this.redis.duplicate();
    hearing.on('error', () => undefined);
    hearing.on('message', heard);
    hearing.subscribe(this.channel).catch(() => undefined);
    return hearing;
  }

  private watchSilence(): void {
    this.watch = setTimeout(
      () => void this.renewSilentConnection().finally(() => this.watchSilence()),
      WATCH_INTERVAL_MS,
    ).unref();
  }

  /** The other end may be gone without a word; TCP alone would wait for it a quarter of an hour. */
  private async renewSilentConnection(): Promise<void> {
    if (!this.isReady) return;
    try {
      await withPatience(LONGEST_SILENCE_MS, this.ping(), () => this.heard);
    } catch (error) {
      if (!(error instanceof OutOfPatienceError) || !this.isReady) return;
      this.logger.warn('Redis is silent; connecting again');
      this.redis.disconnect(true);
    }
  }
}
