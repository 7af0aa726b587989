import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { beforeAll, describe, expect, it } from '#jest';
import { projectPath } from '#platform';
import { ContractClient, machineAddress, rawRequest, waitFor } from '../harness/index.js';
import { type GuardedProduct, KEYS, NAME } from './product.js';

type KeyName = keyof typeof KEYS;

export function describeDoors(running: () => GuardedProduct): void {
  it('keep every process from starting without keys where others could reach it, and say what to do', async () => {
    const attempts: [string, Record<string, string>][] = [
      ['standalone', { HOST: '0.0.0.0' }],
      ['standalone', { NODE_ENV: 'production' }],
      ['api', { HOST: '::' }],
      ['worker', { NODE_ENV: 'production', HOST: '127.0.0.1' }],
    ];
    const outcomes = await Promise.all(
      attempts.map(([role, dangerous]) => startInVain(role, { ...IN_MEMORY, ...dangerous, API_KEYS: '' })),
    );
    for (const { code, complaint } of outcomes) {
      expect(code).toBe(1);
      expect(complaint).toMatch(/API_KEYS must be set .*npm run api-key/);
      expect(complaint).not.toMatch(/\n\s+at /);
    }
  });

  describe('the doors of a real process', () => {
    let product: GuardedProduct;
    let client: ContractClient;

    beforeAll(async () => {
      product = running();
      client = await ContractClient.connect(product.url, bearer('viewer'));
    });

    const status = async (
      method: string,
      path: string,
      headers: Record<string, string> = {},
    ): Promise<number> => {
      const reply = await rawRequest(product.url + path, { method, headers });
      // The queue board and the document itself are for browsers and not part of it.
      if (!/^\/(admin|docs)/.test(path)) client.hold(method, path, reply);
      return reply.status;
    };
    const bearer = (name: KeyName): Record<string, string> => ({
      authorization: `Bearer ${KEYS[name].secret}`,
    });
    const password = (name: KeyName): Record<string, string> => ({
      authorization: `Basic ${Buffer.from(`anybody:${KEYS[name].secret}`).toString('base64')}`,
    });

    it('nobody reads or changes anything without one', async () => {
      for (const path of ['/api/v1/equipment', '/api/v1/plant', '/api/v1/predictions', '/metrics'])
        expect([path, await status('GET', path)]).toEqual([path, 401]);
      expect(await status('POST', '/api/v1/predictions')).toBe(401);
      expect(await status('GET', '/api/v1/equipment', { authorization: 'Bearer tep_guess' })).toBe(401);
    });

    it('whether the product is alive is no secret', async () => {
      expect(await status('GET', '/api/v1/health/live')).toBe(200);
      expect(await status('GET', '/api/v1/health/ready')).toBe(200);
    });

    it('a viewer reads, an operator changes', async () => {
      expect(await status('GET', '/api/v1/equipment', bearer('viewer'))).toBe(200);
      expect(await status('GET', '/metrics', bearer('viewer'))).toBe(200);
      expect(await status('POST', '/api/v1/equipment', bearer('viewer'))).toBe(403);
      // Past the door: the empty body is what it complains about.
      expect(await status('POST', '/api/v1/equipment', bearer('operator'))).toBe(400);
    });

    it('the queue board asks for a password, which is the key of an admin', async () => {
      const asked = await fetch(`${product.url}/admin/queues`);
      expect(asked.status).toBe(401);
      expect(asked.headers.get('www-authenticate')).toMatch(/^Basic realm=/);
      expect(await status('GET', '/admin/queues', password('viewer'))).toBe(403);
      expect(await status('GET', '/admin/queues', password('operator'))).toBe(403);
      expect(await status('GET', '/admin/queues', password('admin'))).toBe(200);
      expect(await status('GET', '/admin/queues/api/queues', password('admin'))).toBe(200);
      expect(await status('GET', '/admin/queues/api/queues')).toBe(401);
    });

    it('the document is for whoever may read; a browser is asked for a password', async () => {
      const asked = await fetch(`${product.url}/docs`);
      expect(asked.status).toBe(401);
      expect(asked.headers.get('www-authenticate')).toMatch(/^Basic realm=/);
      expect(await status('GET', '/docs-json')).toBe(401);
      expect(await status('GET', '/docs-yaml')).toBe(401);
      expect(await status('GET', '/docs/swagger-ui-init.js')).toBe(401);
      expect(await status('GET', '/docs', password('viewer'))).toBe(200);
      expect(await status('GET', '/docs-json', bearer('viewer'))).toBe(200);
    });

    it('every route lets exactly those in whom the table of roles names', async () => {
      const document = (await (
        await fetch(`${product.url}/docs-json`, { headers: bearer('admin') })
      ).json()) as {
        paths: Record<string, Record<string, unknown>>;
      };
      const routes = Object.entries(document.paths).flatMap(([path, methods]) =>
        Object.keys(methods).map((method) => [method.toUpperCase(), path] as const),
      );
      expect(routes.length).toBeGreaterThan(40);
      const seen: string[] = [];
      const expected: string[] = [];
      for (const [method, template] of routes) {
        // A stream would not end: behind the door it is refused for its query.
        const query = template === '/api/v1/events' ? '?since=never' : '';
        const path = template.replaceAll(/\{[^}]+\}/g, '999999') + query;
        const answers = await Promise.all([
          status(method, path),
          status(method, path, bearer('viewer')),
          status(method, path, bearer('operator')),
          status(method, path, bearer('admin')),
        ]);
        const route = `${method} ${template}`;
        seen.push(
          `${route}: ${answers.map((code) => (code === 401 || code === 403 ? code : 'in')).join(' ')}`,
        );
        expected.push(`${route}: ${doorsOf(method, template).join(' ')}`);
      }
      expect(seen).toEqual(expected);
    });

    it('what is not there is a problem document everywhere, and nothing says what serves it', async () => {
      const paths = ['/index', '/assets/nothing.js', '/nowhere', '/api/v1/nowhere', '/docs.html', '/admin'];
      for (const path of paths) {
        const {
          status: code,
          headers,
          body,
        } = await rawRequest(product.url + path, { headers: bearer('admin') });
        expect([path, code, headers['content-type']]).toEqual([
          path,
          404,
          'application/problem+json; charset=utf-8',
        ]);
        expect(JSON.parse(body)).toMatchObject({ code: 'ROUTE_NOT_FOUND' });
        expect(headers['x-frame-options']).toBe('DENY');
      }
      for (const path of [...paths, '/docs', '/admin/queues', '/api/v1/equipment']) {
        const { headers } = await rawRequest(product.url + path, { headers: password('admin') });
        expect([path, headers['x-powered-by']]).toEqual([path, undefined]);
      }
    });

    it('two Hosts in one request are refused, whichever comes first', async () => {
      const { hostname, port } = new URL(product.url);
      for (const hosts of [
        [NAME, 'evil.example'],
        ['evil.example', NAME],
      ]) {
        const lines = hosts.map((host) => `Host: ${host}\r\n`).join('');
        const socket = connect(Number(port), hostname);
        socket.end(`GET /api/v1/health/live HTTP/1.1\r\n${lines}Connection: close\r\n\r\n`);
        expect(Buffer.concat((await socket.toArray()) as Buffer[]).toString()).toMatch(/^HTTP\/1\.1 400 /);
      }
    });

    it('headers that come too slowly are given up after ten seconds', async () => {
      const { hostname, port } = new URL(product.url);
      const socket = connect(Number(port), hostname);
      socket.write(`GET /api/v1/health/live HTTP/1.1\r\nHost: ${NAME}\r\nX-Slow: `);
      let answer = '';
      socket.on('data', (chunk: Buffer) => (answer += chunk.toString()));
      // Node looks twice a minute where it is not configured to look more often.
      await waitFor('the answer', () => answer !== '', { timeoutMs: 15_000 });
      expect(answer).toMatch(/^HTTP\/1\.1 408 /);
    });

    it('a foreign Host or Origin is refused whatever the key', async () => {
      const foreignHeaders: Record<string, string>[] = [
        { host: 'evil.example' },
        { origin: 'https://evil.example' },
      ];
      for (const foreign of foreignHeaders) {
        expect(await status('GET', '/api/v1/equipment', { ...bearer('admin'), ...foreign })).toBe(403);
        expect(await status('GET', '/admin/queues', { ...password('admin'), ...foreign })).toBe(403);
        expect(await status('GET', '/docs', foreign)).toBe(403);
      }
      expect(await status('GET', '/api/v1/equipment', { ...bearer('viewer'), host: NAME })).toBe(200);
    });

    const address = machineAddress();
    (address === undefined ? it.skip : it)(
      'an address is one of its names where a request arrives at it',
      async () => {
        const { port } = new URL(product.url);
        const there = `${address}:${port}`;
        const asked = (url: string): Promise<number> =>
          rawRequest(`${url}/metrics`, { headers: { ...bearer('viewer'), host: there } }).then(
            (reply) => reply.status,
          );
        expect(await asked(`http://${there}`)).toBe(200);
        expect(await asked(product.url)).toBe(403);
      },
    );

    it('no key is found in what it logs', () => {
      for (const { secret } of Object.values(KEYS)) expect(product.process.log).not.toContain(secret);
    });
  });
}

const IN_MEMORY = { DATABASE_URL: 'sqlite::memory:', QUEUE_URL: 'pglite:memory', PLANT_SOURCE: 'external' };
const PUBLIC = ['/api/v1/health', '/api/v1/health/live', '/api/v1/health/ready'];
const ADMIN = [
  'POST /api/v1/models/{name}/train',
  'POST /api/v1/models/{name}/activate',
  'DELETE /api/v1/model-trainings/{job_id}',
  'POST /api/v1/alarms/{alarm_id}/out-of-service',
  'POST /api/v1/alarms/{alarm_id}/in-service',
];

/** What nobody, a viewer, an operator and an admin get at a route, as the table in docs/api.md says. */
function doorsOf(method: string, path: string): (number | string)[] {
  if (PUBLIC.includes(path)) return ['in', 'in', 'in', 'in'];
  if (ADMIN.includes(`${method} ${path}`)) return [401, 403, 403, 'in'];
  return method === 'GET' ? [401, 'in', 'in', 'in'] : [401, 403, 'in', 'in'];
}

/** Starts a process that is expected to end by itself. */
async function startInVain(
  role: string,
  variables: Record<string, string>,
): Promise<{ code: number; complaint: string }> {
  const child = spawn(process.execPath, [projectPath('dist', 'apps', role, 'main.js')], {
    cwd: projectPath(),
    env: { ...process.env, NODE_OPTIONS: '', ...variables },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let complaint = '';
  child.stderr.on('data', (chunk: Buffer) => (complaint += chunk.toString()));
  const [code] = (await once(child, 'close')) as [number];
  return { code, complaint };
}
