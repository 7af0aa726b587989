import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '#jest';
import { ContractClient } from './contract-client.js';
import { lastingServer } from './lasting-server.js';

const json = (schema: object): object => ({ content: { 'application/json': { schema } } });
const PUMP = { $ref: '#/components/schemas/Pump' };

const DOCUMENT = {
  paths: {
    '/pumps': {
      get: { responses: { 200: json({ type: 'array', items: PUMP }) } },
      post: { responses: { 201: json(PUMP) } },
    },
    '/pumps/{id}': {
      get: {
        responses: {
          200: json(PUMP),
          404: { content: { 'application/problem+json': { schema: { required: ['code'] } } } },
        },
      },
      delete: { responses: { 204: { description: 'gone' } } },
      patch: { responses: { 200: { description: 'changed' } } },
    },
    '/pumps/best': { post: { responses: { 200: json({ type: 'string' }) } } },
    '/pumps/{id}/curve': {
      get: {
        responses: { 200: { content: { 'image/svg+xml': {}, 'application/json': {} } } },
      },
    },
  },
  components: {
    schemas: {
      Pump: {
        type: 'object',
        properties: {
          name: { type: 'string' },
          since: { type: ['string', 'null'], format: 'date-time' },
        },
        required: ['name', 'since'],
      },
    },
  },
};

describe('the client that holds answers against the OpenAPI document', () => {
  let server: Server;
  let client: ContractClient;
  let answer: { status: number; type?: string | undefined; body?: string };

  beforeAll(async () => {
    server = lastingServer((request, response) => {
      const { status, type, body } =
        request.url === '/docs-json'
          ? { status: 200, type: 'application/json', body: JSON.stringify(DOCUMENT) }
          : answer;
      response.writeHead(status, type === undefined ? {} : { 'content-type': type }).end(body);
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    client = await ContractClient.connect(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  });

  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });

  const JSON_TYPE = 'application/json; charset=utf-8';
  const aPump = { name: 'P-1', since: '2026-01-01T00:00:00Z' };

  /** What comes of one request when the server answers so. */
  async function asked(
    method: string,
    path: string,
    status: number,
    type?: string,
    body?: unknown,
  ): Promise<unknown> {
    answer = { status, type, body: typeof body === 'object' ? JSON.stringify(body) : (body as string) };
    return (await client.send(method, path)).body;
  }

  it.each([
    ['a list', 'GET', '/pumps', 200, JSON_TYPE, [aPump]],
    ['what is nullable', 'GET', '/pumps/7?detail=1', 200, JSON_TYPE, { ...aPump, since: null }],
    ['a problem', 'GET', '/pumps/7', 404, 'application/problem+json', { code: 'PUMP_UNKNOWN' }],
    ['no body', 'DELETE', '/pumps/7', 204, undefined, undefined],
    ['another type than JSON', 'GET', '/pumps/7/curve', 200, 'image/svg+xml', '<svg/>'],
    ['a word where a parameter may stand', 'GET', '/pumps/best', 200, JSON_TYPE, aPump],
  ])('lets %s pass as documented', async (_what, method, path, status, type, body) => {
    expect(await asked(method, path, status, type, body)).toEqual(body ?? '');
  });

  it.each([
    ['an unknown path', 'GET', '/valves', 404, JSON_TYPE, {}, 'GET /valves: no documented path'],
    [
      'a path below a known one',
      'GET',
      '/pumps/7/x',
      200,
      JSON_TYPE,
      {},
      'GET /pumps/7/x: no documented path',
    ],
    ['a path above a known one', 'GET', '/', 200, JSON_TYPE, {}, 'GET /: no documented path'],
    [
      'an unknown method',
      'PUT',
      '/pumps/7',
      200,
      JSON_TYPE,
      aPump,
      'PUT /pumps/{id} is not documented, only GET, DELETE, PATCH',
    ],
    [
      'an unknown method of a fixed path',
      'DELETE',
      '/pumps',
      204,
      undefined,
      undefined,
      'DELETE /pumps is not documented',
    ],
    ['an unknown success', 'GET', '/pumps', 201, JSON_TYPE, [aPump], 'GET /pumps → 201 is not documented'],
    [
      'an unknown failure',
      'GET',
      '/pumps/7',
      500,
      JSON_TYPE,
      { code: 'X' },
      '→ 500 is not documented; it said {"code":"X"}',
    ],
    [
      'an undocumented type',
      'GET',
      '/pumps',
      200,
      'text/html',
      '<p>',
      'is of type text/html, documented is application/json',
    ],
    [
      'a problem as plain JSON',
      'GET',
      '/pumps/7',
      404,
      JSON_TYPE,
      { code: 'X' },
      '→ 404 is of type application/json',
    ],
    [
      'a body where there is none',
      'PATCH',
      '/pumps/7',
      200,
      JSON_TYPE,
      aPump,
      '→ 200 is of type application/json, documented is no body',
    ],
    ['no body where there is one', 'GET', '/pumps', 200, undefined, undefined, '→ 200 has no body'],
    [
      'JSON without a schema',
      'GET',
      '/pumps/7/curve',
      200,
      JSON_TYPE,
      {},
      '→ 200 is documented without a schema',
    ],
    [
      'a missing member',
      'GET',
      '/pumps/7',
      200,
      JSON_TYPE,
      { name: 'P-1' },
      "must have required property 'since'",
    ],
    [
      'a wrong type of a member',
      'GET',
      '/pumps',
      200,
      JSON_TYPE,
      [{ ...aPump, name: 1 }],
      'data/0/name must be string',
    ],
    [
      'a wrong format',
      'GET',
      '/pumps/7',
      200,
      JSON_TYPE,
      { ...aPump, since: 'today' },
      'must match format "date-time"',
    ],
  ])('fails on %s', async (_what, method, path, status, type, body, message) => {
    await expect(asked(method, path, status, type, body)).rejects.toThrow(message);
  });
});
