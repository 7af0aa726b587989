import { Redis, type RedisOptions } from 'ioredis';
import { OutOfPatienceError, withPatience } from '../failure/patience.js';

/** From the first packet to the answer that makes a connection ready. Redis needs a millisecond for it. */
const HANDSHAKE_PATIENCE_MS = 4_000;
/** How long the other end gets to confirm that a connection is over. */
const DISCONNECT_TIMEOUT_MS = 500;
const LONGEST_RECONNECT_DELAY_MS = 1_000;
/** All queues and workers of a process listen to one connection. BullMQ adds to this bound, so that 0 would not mean none. */
const MAX_LISTENERS = 200;

/**
 * A connection to Redis that never waits for good: ioredis bounds only how long TCP takes to connect, and a server that
 * accepts and then says nothing would keep it, and all commands behind it, in the handshake for ever. BullMQ duplicates
 * it for commands that block; the duplicates are alike.
 */
export class RedisConnection extends Redis {
  private endHandshake: (() => void) | undefined;

  constructor(
    private readonly url: string,
    options: Partial<RedisOptions> = {},
  ) {
    super(url, {
      maxRetriesPerRequest: null,
      connectTimeout: HANDSHAKE_PATIENCE_MS,
      disconnectTimeout: DISCONNECT_TIMEOUT_MS,
      keepAlive: 10_000,
      retryStrategy: (times) => Math.min(50 * 2 ** Math.min(times, 10), LONGEST_RECONNECT_DELAY_MS),
      ...options,
    });
    this.setMaxListeners(MAX_LISTENERS);
    this.on('connecting', () => void this.boundHandshake());
    for (const end of ['ready', 'close', 'end']) this.on(end, () => this.endHandshake?.());
  }

  override duplicate(options?: Partial<RedisOptions>): RedisConnection {
    return new RedisConnection(this.url, options);
  }

  /** How much the other end has said on the present socket, in bytes. */
  get bytesHeard(): number {
    return (this.stream as typeof this.stream | undefined)?.bytesRead ?? 0;
  }

  private async boundHandshake(): Promise<void> {
    const handshake = new Promise<void>((resolve) => (this.endHandshake = resolve));
    try {
      await withPatience(HANDSHAKE_PATIENCE_MS, handshake, () => this.bytesHeard);
    } catch (error) {
      if (!(error instanceof OutOfPatienceError)) throw error;
      this.emit('error', new Error('Redis accepts connections and says nothing', { cause: error }));
      this.disconnect(true);
    }
  }
}
