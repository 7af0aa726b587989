import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from '#jest';
import { answerClientErrors } from './client-errors.js';

describe('a request the HTTP parser refuses', () => {
  let server: Server;
  let port: number;

  beforeAll(async () => {
    server = createServer({ connectionsCheckingInterval: 50, headersTimeout: 200 }, (request, response) => {
      request.resume().once('end', () => response.end(`host ${request.headers.host ?? 'unknown'}`));
    });
    answerClientErrors(server);
    await once(server.listen(0, '127.0.0.1'), 'listening');
    ({ port } = server.address() as AddressInfo);
  });

  afterAll(() => {
    server.close();
    server.closeAllConnections();
  });

  /** Everything the server says until it hangs up. */
  async function say(...pieces: string[]): Promise<string> {
    const socket = connect(port, '127.0.0.1');
    for (const piece of pieces) socket.write(piece);
    return text(socket);
  }

  const chunked = 'POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n';

  it.each([
    ['a request line of 100 kB', 431, 'HEADERS_TOO_LARGE', `GET /${'x'.repeat(100_000)} HTTP/1.1\r\n\r\n`],
    ['headers of 100 kB', 431, 'HEADERS_TOO_LARGE', `GET / HTTP/1.1\r\nX: ${'x'.repeat(100_000)}\r\n\r\n`],
    ['a greeting', 400, 'MALFORMED_REQUEST', 'hello there\r\n\r\n'],
    ['an unknown method', 400, 'MALFORMED_REQUEST', 'FETCH / HTTP/1.1\r\nHost: a\r\n\r\n'],
    ['a header without a colon', 400, 'MALFORMED_REQUEST', 'GET / HTTP/1.1\r\nHost\r\n\r\n'],
    [
      'two lengths',
      400,
      'MALFORMED_REQUEST',
      'POST / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n',
    ],
    ['a chunk of nonsense', 400, 'MALFORMED_REQUEST', `${chunked}zz\r\n`],
    ['endless chunk extensions', 413, 'BODY_TOO_LARGE', `${chunked}1;${'x'.repeat(100_000)}\r\n`],
    ['headers without an end', 408, 'REQUEST_TIMEOUT', 'GET / HTTP/1.1\r\nHost: a\r\n'],
  ])('is answered with a problem document: %s', async (_what, status, code, request) => {
    const answer = await say(request);
    const [head, body] = answer.split('\r\n\r\n');
    expect(head).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    expect(head).toContain('Content-Type: application/problem+json');
    expect(JSON.parse(body)).toMatchObject({ type: 'about:blank', status, code });
    expect(head).toContain(`Content-Length: ${Buffer.byteLength(body)}`);
  });

  it.each([
    ['no Host', 'GET / HTTP/1.1\r\nConnection: close\r\n\r\n', 'host unknown'],
    [
      'a strange expectation',
      'GET / HTTP/1.1\r\nHost: a\r\nExpect: cake\r\nConnection: close\r\n\r\n',
      'host a',
    ],
  ])('is left to the routes with %s', async (_what, request, body) => {
    expect(await say(request)).toContain(body);
  });
});
