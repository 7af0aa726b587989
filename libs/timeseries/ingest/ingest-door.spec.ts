import { Readable } from 'node:stream';
import { beforeEach, describe, expect, it } from '#jest';
import type { Request } from 'express';
import { IngestDoor, MAX_STREAM_BYTES, MAX_STREAMS } from './ingest-door.service.js';
import type { IngestService } from './ingest.service.js';

describe('the door of samples', () => {
  /** What was taken in, as text. */
  let taken: string[];
  let hold: Promise<void>;
  let fail: Error | undefined;
  let door: IngestDoor;

  const request = (type: string | undefined, text: string, headers: Record<string, string> = {}): Request => {
    const contentType = type === undefined ? {} : { 'content-type': type };
    const stream = Readable.from([Buffer.from(text)]);
    return Object.assign(stream, {
      headers: { ...contentType, ...headers },
      body: text,
    }) as unknown as Request;
  };
  const csv = (text = 'x') => door.take(request('text/csv', text));

  beforeEach(() => {
    [taken, hold, fail] = [[], Promise.resolve(), undefined];
    door = new IngestDoor({
      batch: (body: string) => Promise.resolve(void taken.push(`batch ${body}`)),
      stream: async (bytes: AsyncIterable<Uint8Array>, format: string) => {
        await hold;
        if (fail) throw fail;
        for await (const chunk of bytes) taken.push(`${format} ${Buffer.from(chunk).toString()}`);
      },
    } as unknown as IngestService);
  });

  it.each([
    ['application/json', 'batch a'],
    [undefined, 'batch a'],
    ['application/x-ndjson', 'ndjson a'],
    ['Text/CSV; charset="UTF-8"', 'csv a'],
    ['text/csv ;header=present; charset=utf8', 'csv a'],
  ])('takes %s for %s', async (type, what) => {
    await door.take(request(type, 'a'));
    expect(taken).toEqual([what]);
  });

  it.each([
    ['text/csv; charset=latin1', {}, 'UNSUPPORTED_MEDIA_TYPE'],
    ['text/csv', { 'content-encoding': 'gzip' }, 'UNSUPPORTED_MEDIA_TYPE'],
    ['text/csv', { 'content-length': String(MAX_STREAM_BYTES + 1) }, 'BODY_TOO_LARGE'],
  ])('refuses %s with %j before it reads anything', async (type, headers, code) => {
    await expect(door.take(request(type, 'a', headers))).rejects.toMatchObject({ code });
    expect(taken).toEqual([]);
    const largest = { 'content-encoding': 'identity', 'content-length': String(MAX_STREAM_BYTES) };
    await door.take(request('text/csv', 'a', largest));
    expect(taken).toEqual(['csv a']);
  });

  it('reads four streams at a time, and the next as soon as one is over, however it ended', async () => {
    let release: () => void = () => undefined;
    hold = new Promise((resolve) => (release = resolve));
    const four = Array.from({ length: MAX_STREAMS }, () => csv());
    await expect(csv()).rejects.toMatchObject({
      kind: 'too_many_requests',
      code: 'TOO_MANY_STREAMS',
      retryAfterSeconds: 5,
    });
    // a batch is no stream
    await door.take(request('application/json', 'b'));
    release();
    await Promise.all(four);
    fail = new Error('away');
    for (let i = 0; i <= MAX_STREAMS; i++) await expect(csv()).rejects.toThrow('away');
    fail = undefined;
    await csv('last');
    expect(taken.at(-1)).toBe('csv last');
  });
});
