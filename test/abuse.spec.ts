import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { request } from 'node:http';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '#jest';
import { ContractClient, ProductProcess, rawRequest, type RawReply, waitFor } from './harness/index.js';

const JSON_TYPE = { 'content-type': 'application/json' };
const SUBMISSIONS = 1_000;
const BACKLOG = 400;
const CONCURRENT_CONNECTIONS = 250;

describe('a product under abuse', () => {
  let folder: string;
  let product: ProductProcess;
  let client: ContractClient;
  let api: string;
  let slowHeaders: Dripping;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'tep-abuse-'));
    product = await ProductProcess.start('standalone', {
      DATABASE_URL: `sqlite:${folder}/tep.sqlite`,
      QUEUE_URL: `pglite:${folder}/queue`,
      QUEUE_MAX_BACKLOG: String(BACKLOG),
      PLANT_HISTORY_HOURS: '5',
    });
    api = `${product.url}/api/v1`;
    client = await ContractClient.connect(product.url);
    slowHeaders = new Dripping(product.url, 'GET /api/v1/health/live HTTP/1.1\r\n', 'X-A: b\r\n');
    await waitFor('five hours of history', async () => {
      const { body } = await client.get<{ samples_written: number }>('/api/v1/plant');
      return body.samples_written >= 100 * 53;
    });
  });

  afterEach(async () => {
    expect((await rawRequest(`${api}/health/live`)).status).toBe(200);
  });

  afterAll(async () => {
    slowHeaders.end();
    await product.stop();
    await rm(folder, { recursive: true, force: true });
  });

  /** A refusal a program can read: a problem document with a code, without a trace of our insides. */
  function expectProblem(reply: RawReply, ...statuses: number[]): void {
    expect([reply.body.slice(0, 300), reply.status]).toEqual([expect.anything(), expect.any(Number)]);
    expect(statuses).toContain(reply.status);
    expect(reply.headers['content-type']).toContain('application/problem+json');
    expect(JSON.parse(reply.body)).toMatchObject({
      status: reply.status,
      code: expect.stringMatching(/^[A-Z_]+$/),
    });
    expect(reply.body).not.toMatch(/\.js:\d+|node_modules|SQLITE|SELECT/);
  }

  const residentMb = (): number =>
    Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${product.pid}/status`, 'utf8'))?.[1]) / 1_024;

  it.each([
    ['no body', 'equipment', {}, ''],
    ['an empty body', 'predictions', JSON_TYPE, ''],
    ['an empty body', 'reports', JSON_TYPE, ''],
    ['an empty body', 'timeseries', JSON_TYPE, ''],
    ['an empty stream', 'timeseries', { 'content-type': 'text/csv' }, ''],
    ['null', 'predictions', JSON_TYPE, 'null'],
    ['an array', 'predictions', JSON_TYPE, '[]'],
    ['text', 'predictions', JSON_TYPE, '"text"'],
    ['half an object', 'predictions', JSON_TYPE, '{"eq_id":'],
    ['a prototype', 'reports', JSON_TYPE, '{"__proto__":{"type":"daily"}}'],
    ['100,000 brackets', 'timeseries', JSON_TYPE, '['.repeat(100_000)],
    ['a deep object', 'predictions', JSON_TYPE, `{"eq_id":${'['.repeat(50_000)}${']'.repeat(50_000)}}`],
    ['a negative number', 'plant/disturbances', JSON_TYPE, '{"idv":-1}'],
  ])('%s is refused by POST %s', async (_what, path, headers, body) => {
    const reply = await rawRequest(`${api}/${path}`, { method: 'POST', headers, body });
    expectProblem(reply, 400);
    client.hold('POST', `/api/v1/${path}`, reply);
  });

  it.each([
    ['predictions', 'text/plain'],
    ['reports', 'application/xml'],
    ['predictions', 'multipart/form-data; boundary=x'],
    ['timeseries', 'application/octet-stream'],
  ])('POST %s refuses %s', async (path, type) => {
    const reply = await rawRequest(`${api}/${path}`, {
      method: 'POST',
      headers: { 'content-type': type },
      body: '{"eq_id":"REACTOR"}',
    });
    expectProblem(reply, 415);
    client.hold('POST', `/api/v1/${path}`, reply);
  });

  it.each([
    ['a job_id that is no UUID', 'predictions/42'],
    ['a job_id of SQL', `reports/${encodeURIComponent("' OR '1'='1")}`],
    ['a path that climbs', 'reports/..%2f..%2fetc%2fpasswd/download'],
    ['a path that is badly encoded', 'equipment/%E0%A4%A'],
    ['a zero byte', 'equipment/REAC%00TOR'],
    ['from after to', 'kpi?from=2026-02-01T00:00:00Z&to=2026-01-01T00:00:00Z'],
    [
      'from after to in a series',
      'timeseries?tags=XMEAS_07&from=2026-02-01T00:00:00Z&to=2026-01-01T00:00:00Z',
    ],
    ['a negative count', 'timeseries?tags=XMEAS_07&points=-5'],
    ['a negative page', 'anomalies?limit=-1'],
    ['a page of a million', 'equipment?limit=1000000'],
    ['a count that is no number', 'equipment?limit=NaN'],
    ['the same parameter twice', 'equipment?limit=1&limit=2'],
    ['SQL in a filter', `anomalies?detector=${encodeURIComponent("x'; DROP TABLE anomaly; --")}`],
    ['a cursor of nonsense', 'predictions?cursor=%7B%7D'],
    ['a time that is none', 'kpi?from=yesterday'],
    ['the year 275760', 'kpi?from=%2B275760-09-13T00:00:00Z'],
    ['an unknown parameter', 'equipment?drop=table'],
    ['3,000 tags', `timeseries?tags=${'X,'.repeat(3_000)}X`],
  ])('GET with %s is refused', async (_what, path) => {
    const reply = await rawRequest(`${api}/${path}`);
    expectProblem(reply, 400, 404);
    client.hold('GET', `/api/v1/${path}`, reply);
  });

  it('unknown paths are refused', async () => {
    expectProblem(await rawRequest(`${api}/nowhere`), 404);
  });

  it('10,000 tags do not fit into a query, which is said at once', async () => {
    const tags = Array.from({ length: 10_000 }, (_, i) => `XMEAS_${i}`).join();
    // So long a request line is refused by the HTTP parser itself, before any route sees it.
    const reply = await rawRequest(`${api}/timeseries?tags=${tags}`);
    expectProblem(reply, 431);
    expect(JSON.parse(reply.body)).toMatchObject({ code: 'HEADERS_TOO_LARGE' });
  });

  it('all tags fit into a query', async () => {
    const { items } = (await client.get<{ items: { tag: string }[] }>('/api/v1/tags?limit=100')).body;
    const tags = items.map(({ tag }) => encodeURIComponent(`${tag},`)).join('');
    const { status } = await rawRequest(`${api}/timeseries?tags=${tags.slice(0, -3)}`);
    expect([items.length, status]).toEqual([53, 200]);
  });

  it('SQL in strings is only text', async () => {
    const name = `Robert'); DROP TABLE equipment; -- "\\ 한국어`;
    const created = await client.post('/api/v1/equipment', {
      eq_id: 'BOBBY',
      name,
      kind: 'flare',
      position: 900,
    });
    expect(created).toMatchObject({ status: 201, body: { name } });
    expect((await client.get<object>('/api/v1/equipment/BOBBY')).body).toMatchObject({ name });
    await client.send('DELETE', '/api/v1/equipment/BOBBY');
  });

  it('a body of 100 MB is cut off, whether it says so or not, and leaves no mark on memory', async () => {
    const before = residentMb();
    const declared = await sendEndlessly(`${api}/predictions`, {
      ...JSON_TYPE,
      'content-length': String(100 * 1_048_576),
    });
    expect(declared).toMatchObject({ status: 413 });
    expect(declared.sentMb).toBeLessThanOrEqual(100);
    const endless = await Promise.all(
      [
        ['predictions', 'application/json'],
        ['timeseries', 'application/json'],
        ['timeseries', 'text/csv'],
      ].map(([path, type]) => sendEndlessly(`${api}/${path}`, { 'content-type': type })),
    );
    for (const { status, cutOff } of endless) {
      expect([400, 413]).toContain(status);
      expect(cutOff).toBe(true);
    }
    expect(residentMb() - before).toBeLessThan(100);
  });

  it('a stream that comes drop by drop does not hold the others up', async () => {
    const drops = new Dripping(
      product.url,
      'POST /api/v1/timeseries HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: text/csv\r\n' +
        'Transfer-Encoding: chunked\r\n\r\n',
      '1\r\nt\r\n',
    );
    const { status } = await client.get('/api/v1/timeseries?tags=XMEAS_07');
    expect(status).toBe(200);
    expect(drops.closed).toBe(false);
    drops.end();
  });

  it('1,000 simultaneous submissions are each accepted or asked to come again, and none is lost', async () => {
    const replies = await inParallel(SUBMISSIONS, CONCURRENT_CONNECTIONS, () =>
      rawRequest(`${api}/predictions`, { method: 'POST', headers: JSON_TYPE, body: '{"eq_id":"REACTOR"}' }),
    );
    for (const reply of replies) client.hold('POST', '/api/v1/predictions', reply);
    const accepted = replies.filter(({ status }) => status === 202);
    const refused = replies.filter(({ status }) => status !== 202);
    for (const reply of refused) {
      expectProblem(reply, 429, 503);
      expect(Number(reply.headers['retry-after'])).toBeGreaterThan(0);
    }
    expect(accepted.length).toBeGreaterThanOrEqual(BACKLOG);
    const ids = accepted.map(({ body }) => (JSON.parse(body) as { job_id: string }).job_id);
    expect(new Set(ids).size).toBe(accepted.length);
    const known = new Map<string, string>();
    let cursor: string | null = null;
    do {
      const page: { items: { job_id: string; status: string }[]; next_cursor: string | null } = (
        await client.get<{ items: { job_id: string; status: string }[]; next_cursor: string | null }>(
          `/api/v1/predictions?limit=500${cursor ? `&cursor=${cursor}` : ''}`,
        )
      ).body;
      for (const { job_id, status } of page.items) known.set(job_id, status);
      cursor = page.next_cursor;
    } while (cursor);
    expect(ids.filter((id) => !known.has(id))).toEqual([]);
    expect([...known.values()]).not.toContain('failed');
  });

  it('headers without an end are cut off', async () => {
    expect(await waitFor('the line to be cut', () => slowHeaders.closed)).toBe(true);
    expect(slowHeaders.received).toMatch(/^HTTP\/1.1 408 .*application\/problem\+json.*REQUEST_TIMEOUT/s);
  });

  it('nothing of all this was unexpected', () => {
    expect(product.log).not.toMatch(/unexpected error|uncaught|unhandled/i);
  });
});

/** A connection that sends a little five times a second, for ever. */
class Dripping {
  closed = false;
  received = '';
  private readonly socket: Socket;
  private readonly timer: NodeJS.Timeout;

  constructor(url: string, beginning: string, drop: string) {
    this.socket = connect(Number(new URL(url).port), '127.0.0.1');
    this.socket.on('error', () => undefined);
    this.socket.on('close', () => this.end());
    this.socket.on('data', (bytes) => (this.received += bytes.toString()));
    this.socket.write(beginning);
    this.timer = setInterval(() => this.socket.write(drop), 200);
  }

  end(): void {
    this.closed = true;
    clearInterval(this.timer);
    this.socket.destroy();
  }
}

/** Runs `count` pieces of work, `width` at a time. */
async function inParallel<T>(count: number, width: number, work: () => Promise<T>): Promise<T[]> {
  const results: T[] = [];
  let begun = 0;
  const lane = async (): Promise<void> => {
    while (begun++ < count) results.push(await work());
  };
  await Promise.all(Array.from({ length: width }, lane));
  return results;
}

/** Sends blanks for as long as the server takes them and says what came of it. */
function sendEndlessly(
  url: string,
  headers: Record<string, string>,
): Promise<{ status: number; sentMb: number; cutOff: boolean }> {
  const chunk = Buffer.alloc(1_048_576, ' ');
  const limitMb = Number(headers['content-length'] ?? Infinity) / chunk.length;
  return new Promise((resolve) => {
    let [status, sentMb] = [0, 0];
    const sent = request(url, { method: 'POST', headers });
    const done = (cutOff: boolean): void => {
      sent.destroy();
      resolve({ status, sentMb, cutOff });
    };
    sent.on('response', (answer) => {
      status = answer.statusCode ?? 0;
      answer.resume();
    });
    sent.on('error', () => done(true));
    sent.on('close', () => done(sentMb < limitMb));
    const pump = (): void => {
      while (sentMb < limitMb) {
        sentMb++;
        if (!sent.write(chunk)) {
          sent.once('drain', () => setImmediate(pump));
          return;
        }
      }
      sent.end();
    };
    pump();
  });
}
