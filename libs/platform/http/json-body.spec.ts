import { request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '#jest';
import express from 'express';
import { lastingServer } from '../../../test/harness/lasting-server.js';
import { jsonBody } from './json-body.js';

const MAX_BYTES = 1_000;

describe('a JSON body', () => {
  let server: Server;
  let url: string;

  beforeAll(async () => {
    const app = express()
      .use(jsonBody(MAX_BYTES))
      .use((asked, response) => void response.json({ body: (asked.body as unknown) ?? 'none' }));
    server = lastingServer(app);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  });

  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });

  async function post(
    body: string | Uint8Array<ArrayBuffer> | undefined,
    headers: Record<string, string> = {},
  ): Promise<{ status: number; json: Record<string, unknown> }> {
    const answer = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: body ?? null,
    });
    return { status: answer.status, json: (await answer.json()) as Record<string, unknown> };
  }

  it('is read, whatever its letters', async () => {
    const body = { name: '한국어 ✓', list: [1, null] };
    expect(await post(JSON.stringify(body))).toEqual({ status: 200, json: { body } });
    expect((await post('[1]', { 'content-type': 'application/json; charset="UTF-8"' })).json.body).toEqual([
      1,
    ]);
    expect((await post('\ufeff{"a":1}')).json.body).toEqual({ a: 1 });
  });

  it('of exactly the largest size is read, and one byte more is not', async () => {
    const largest = JSON.stringify({ x: 'x'.repeat(MAX_BYTES - 8) });
    expect(largest).toHaveLength(MAX_BYTES);
    expect((await post(largest)).status).toBe(200);
    expect(await post(`${largest} `)).toMatchObject({ status: 413, json: { code: 'BODY_TOO_LARGE' } });
  });

  it('may be missing, or of a type somebody else reads', async () => {
    expect((await post(undefined)).json.body).toBe('none');
    expect((await post('a,b', { 'content-type': 'text/csv' })).json.body).toBe('none');
  });

  it.each([
    ['half of an object', '{"a":'],
    ['no object', '7'],
    ['null', 'null'],
    ['text', 'hello'],
    ['bytes that are no UTF-8', new Uint8Array([0x7b, 0x22, 0xff, 0x22, 0x7d])],
    ['brackets without end', '['.repeat(900)],
  ])('is refused when it is %s', async (_what, body) => {
    expect(await post(body)).toMatchObject({ status: 400, json: { code: 'MALFORMED_JSON', status: 400 } });
  });

  it.each([
    ['content-encoding', 'gzip'],
    ['content-type', 'application/json; charset=utf-16'],
  ])('is refused in an encoding it is not read in (%s: %s)', async (header, value) => {
    expect(await post('{}', { [header]: value })).toMatchObject({
      status: 415,
      json: { code: 'UNSUPPORTED_MEDIA_TYPE' },
    });
  });

  it('without an end is answered as soon as it is too large', async () => {
    const status = await new Promise((resolve) => {
      const sent = request(url, { method: 'POST', headers: { 'content-type': 'application/json' } });
      sent.on('error', () => undefined);
      sent.on('response', (answer) => {
        resolve(answer.statusCode);
        sent.destroy();
      });
      sent.write('['.repeat(MAX_BYTES + 1));
    });
    expect(status).toBe(413);
  });
});
