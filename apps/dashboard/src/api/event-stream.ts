import { openEvents, ProblemError } from './client.ts';
import { noteSign, noteStreaming, SILENCE_MS } from './liveness.ts';

export interface StreamReader {
  /** @param isResumed whether what happened since the last time follows; else what was read before may be old */
  onOpen(isResumed: boolean): void;
  /** Events are lost: everything that was read before may be old. What comes next is sent as before. */
  onReset(): void;
  /** One of docs/api.md, "Events", but those of the stream itself. */
  onEvent(type: string, data: unknown): void;
}

const RETRY_MS = 2_000;
/** Asking again does not help: without a key, without the right, or of a server without events. */
const REFUSED = new Set([401, 403, 404]);

/** Follows the server's events until `signal` says so, over all its restarts; ends by itself where it is refused. */
export class EventStream {
  private lastId: string | undefined;

  constructor(private readonly reader: StreamReader) {}

  async follow(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        if ((await this.readOnce(signal)) === 'over') return;
      } catch (error) {
        if (error instanceof ProblemError && REFUSED.has(error.status)) return;
        // cut off, not there or full: again
      } finally {
        noteStreaming(false);
      }
      // not all at once when a server is back
      await pause(RETRY_MS * (0.75 + Math.random() / 2), signal);
    }
  }

  /** One connection, until it ends or nothing has come for too long. */
  private async readOnce(signal: AbortSignal): Promise<'over' | 'cut'> {
    const line = new AbortController();
    let heardAt = performance.now();
    const watch = setInterval(() => {
      if (performance.now() - heardAt > SILENCE_MS) line.abort();
    }, 1_000);
    try {
      const body = await openEvents(this.lastId, AbortSignal.any([signal, line.signal]));
      const parts = body
        .pipeThrough(new TextDecoderStream() as TransformStream<Uint8Array, string>)
        .getReader();
      let text = '';
      for (let part = await parts.read(); !part.done; part = await parts.read()) {
        heardAt = performance.now();
        noteSign();
        const blocks = (text + part.value).split('\n\n');
        text = blocks.pop() ?? '';
        for (const block of blocks) if (this.take(block)) return 'over';
      }
      return 'cut';
    } finally {
      clearInterval(watch);
      line.abort();
    }
  }

  /** @returns whether it was the last one there will be */
  private take(block: string): boolean {
    const fields = new Map(
      block.split('\n').map((line): [string, string] => {
        const colon = line.indexOf(':');
        return [line.slice(0, colon), line.slice(colon + 1).trimStart()];
      }),
    );
    const [type, data] = [fields.get('event'), fields.get('data')];
    if (type !== undefined && data !== undefined) {
      const row: unknown = JSON.parse(data);
      if (type === 'done') return true;
      if (type === 'hello' || type === 'reset') noteStreaming(true);
      if (type === 'hello') this.reader.onOpen((row as { resumed?: boolean }).resumed === true);
      else if (type === 'reset') this.reader.onReset();
      else if (type !== 'restart') this.reader.onEvent(type, row);
    }
    this.lastId = fields.get('id') ?? this.lastId;
    return false;
  }
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener('abort', () => (clearTimeout(timer), resolve()), { once: true });
  });
}
