import { PassThrough } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from '#jest';
import { requestBytes } from './request-bytes.js';

const limits = { maxBytes: 1_000, timeMs: 10_000, idleMs: 10_000, lullMs: 5_000 };

async function readAll(request: PassThrough, changed: Partial<typeof limits> = {}): Promise<string> {
  let text = '';
  for await (const chunk of requestBytes(request, { ...limits, ...changed }))
    text += Buffer.from(chunk).toString();
  return text;
}

describe('the bytes of a request', () => {
  it('come as they are sent', async () => {
    const request = new PassThrough();
    request.write('one ');
    request.end('two');
    expect(await readAll(request)).toBe('one two');
  });

  it('come with word of a pause, once until more of them come', async () => {
    const request = new PassThrough();
    const pieces: number[] = [];
    request.write('one');
    for await (const { length } of requestBytes(request, { ...limits, lullMs: 20 })) {
      pieces.push(length);
      if (pieces.length === 2) setTimeout(() => request.end('after'), 100);
    }
    expect(pieces).toEqual([3, 0, 5]);
  });

  it('that cannot come any more are refused though their reader learnt of a pause', async () => {
    const request = new PassThrough();
    const bytes = requestBytes(request, { ...limits, lullMs: 20 });
    expect((await bytes.next()).value).toHaveLength(0);
    request.destroy(new Error('aborted'));
    // a reader that is busy in the meantime, for longer than the refusal takes to come
    await sleep(20);
    await expect(bytes.next()).rejects.toMatchObject({ code: 'STREAM_ABORTED' });
  });

  it('are refused when there are too many, and the line stays open for the answer', async () => {
    const request = new PassThrough();
    request.write('x'.repeat(1_001));
    await expect(readAll(request)).rejects.toMatchObject({ kind: 'too_large', code: 'BODY_TOO_LARGE' });
    expect(request.destroyed).toBe(false);
  });

  it('are not waited for longer than the sender may pause', async () => {
    const request = new PassThrough();
    request.write('x');
    await expect(readAll(request, { idleMs: 20 })).rejects.toMatchObject({ code: 'STREAM_TOO_SLOW' });
    expect(request.destroyed).toBe(false);
  });

  it('are not read for longer than the time there is, however busy the sender', async () => {
    const request = new PassThrough();
    const busy = setInterval(() => request.write('x'), 5);
    await expect(readAll(request, { timeMs: 60 })).rejects.toMatchObject({ code: 'STREAM_TOO_SLOW' });
    clearInterval(busy);
  });

  it('end with a refusal when the sender goes away', async () => {
    const request = new PassThrough();
    request.write('x');
    setImmediate(() => request.destroy(new Error('aborted')));
    await expect(readAll(request)).rejects.toMatchObject({ code: 'STREAM_ABORTED' });
  });
});
