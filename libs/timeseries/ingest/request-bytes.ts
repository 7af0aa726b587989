import type { Readable } from 'node:stream';
import { AppError } from '#platform';

export interface ByteLimits {
  maxBytes: number;
  /** All bytes must have come after this time. */
  timeMs: number;
  /** The next bytes must come within this time. */
  idleMs: number;
  /** When the next bytes take longer than this, the reader is told by a piece without bytes. */
  lullMs: number;
}

const NO_BYTES = new Uint8Array();

/**
 * The bytes of a request as long as they keep within the limits, and one piece without any when the sender pauses. Leaves the stream
 * open when the reader stops, so that the sender can be answered.
 * @throws AppError BODY_TOO_LARGE, STREAM_TOO_SLOW, STREAM_ABORTED
 */
export async function* requestBytes(
  request: Readable,
  { maxBytes, timeMs, idleMs, lullMs }: ByteLimits,
): AsyncGenerator<Uint8Array> {
  const chunks = request.iterator({ destroyOnReturn: false });
  const deadline = performance.now() + timeMs;
  let bytes = 0;
  try {
    for (;;) {
      const coming = chunks.next().catch(refuseAborted);
      // Whoever learns of a lull may take time until he waits for these bytes again.
      coming.catch(() => undefined);
      const patience = (): number => Math.min(idleMs, deadline - performance.now());
      let next = await within(coming, Math.min(lullMs, patience()));
      if (next === 'late') {
        yield NO_BYTES;
        next = await within(coming, patience());
      }
      if (next === 'late') throw tooSlow(timeMs, idleMs);
      if (next.done) return;
      const chunk = next.value as Uint8Array;
      bytes += chunk.length;
      if (bytes > maxBytes)
        throw new AppError({
          kind: 'too_large',
          code: 'BODY_TOO_LARGE',
          message: `A stream may have ${maxBytes} bytes; send the rest in another one`,
        });
      yield chunk;
    }
  } finally {
    // A stream that is iterated over does not flow; behind a `next` that is late this takes effect with the next bytes.
    void chunks.return?.();
  }
}

async function within<T>(coming: Promise<T>, patienceMs: number): Promise<T | 'late'> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<'late'>(
    (resolve) => (timer = setTimeout(resolve, Math.max(patienceMs, 0), 'late')),
  );
  try {
    return await Promise.race([coming, late]);
  } finally {
    clearTimeout(timer);
  }
}

function refuseAborted(cause: unknown): never {
  throw new AppError({
    kind: 'invalid',
    code: 'STREAM_ABORTED',
    message: 'The sender went away in the middle of the stream',
    cause,
  });
}

function tooSlow(timeMs: number, idleMs: number): AppError {
  return new AppError({
    kind: 'invalid',
    code: 'STREAM_TOO_SLOW',
    message: `A stream may take ${timeMs / 1_000} s and pause for ${idleMs / 1_000} s; send the rest in another one`,
  });
}
