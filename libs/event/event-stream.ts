import { once } from 'node:events';
import type { Response } from 'express';

/** What a reader may leave unread; then its line is cut, and it comes back where it was. */
const MAX_UNREAD_BYTES = 1_048_576;
/** How long a reader that is given much may take over what it was sent. */
const DRAIN_MS = 30_000;

/** Why a stream came to its end. */
export type StreamEnd = 'client' | 'slow' | 'key' | 'done' | 'shutdown' | 'failed';

/** The line to one reader of events. */
export class EventStream {
  /** Up to where it has been given everything. */
  position = 0;
  /** The last id it was sent. */
  sentId = 0;
  heartbeatAt = performance.now();
  private readonly closing = new AbortController();

  /**
   * Answers the request with the head of a stream.
   * @param onEnd called once
   */
  constructor(
    private readonly response: Response,
    private readonly onEnd: (why: StreamEnd) => void,
  ) {
    response.status(200);
    response.setHeader('Content-Type', 'text/event-stream; charset=utf-8');
    // Neither stored nor compressed nor held back on its way.
    response.setHeader('Cache-Control', 'no-cache, no-transform');
    response.setHeader('X-Accel-Buffering', 'no');
    response.flushHeaders();
    response.on('close', () => this.close('client'));
    response.on('error', () => this.close('client'));
  }

  /** Aborted once it is over. */
  get closed(): AbortSignal {
    return this.closing.signal;
  }

  write(frame: Buffer): void {
    if (this.closed.aborted) return;
    this.response.write(frame);
    if (this.response.writableLength > MAX_UNREAD_BYTES) this.cut('slow');
  }

  /** Resolves once the reader has taken most of what it was sent, or is gone. */
  async drained(): Promise<void> {
    if (this.closed.aborted || !this.response.writableNeedDrain) return;
    const patience = AbortSignal.timeout(DRAIN_MS);
    await once(this.response, 'drain', { signal: AbortSignal.any([this.closed, patience]) }).catch(() => {
      this.cut('slow');
    });
  }

  /** Sends a last frame and closes. */
  end(why: StreamEnd, frame: Buffer): void {
    if (this.closed.aborted) return;
    this.close(why);
    this.response.end(frame);
  }

  /** Closes the line at once. */
  cut(why: StreamEnd): void {
    if (this.closed.aborted) return;
    this.close(why);
    this.response.destroy();
  }

  private close(why: StreamEnd): void {
    if (this.closed.aborted) return;
    this.closing.abort();
    this.onEnd(why);
  }
}
