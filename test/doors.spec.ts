import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createApiKey, projectPath } from '#platform';
import { ContractClient, ProductProcess, rawRequest } from './harness/index.js';

const KEYS = {
  viewer: createApiKey('panel', 'viewer'),
  operator: createApiKey('shift', 'operator'),
  admin: createApiKey('chief', 'admin'),
};
type KeyName = keyof typeof KEYS;

describe('the doors of a real process', () => {
  let folder: string;
  let variables: Record<string, string>;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'tep-doors-'));
    variables = {
      DATABASE_URL: `sqlite:${folder}/tep.sqlite`,
      QUEUE_URL: `pglite:${folder}/queue`,
      PLANT_SOURCE: 'external',
    };
  });

  afterAll(() => rm(folder, { recursive: true, force: true }));

  it('keep every process from starting without keys where others could reach it, and say what to do', async () => {
    const attempts: [string, Record<string, string>][] = [
      ['standalone', { HOST: '0.0.0.0' }],
      ['standalone', { NODE_ENV: 'production' }],
      ['api', { HOST: '::' }],
      ['worker', { NODE_ENV: 'production', HOST: '127.0.0.1' }],
    ];
    const outcomes = await Promise.all(
      attempts.map(([role, dangerous]) => startInVain(role, { ...variables, ...dangerous, API_KEYS: '' })),
    );
    for (const { code, complaint } of outcomes) {
      expect(code).toBe(1);
      expect(complaint).toMatch(/API_KEYS must be set .*npm run api-key/);
      expect(complaint).not.toMatch(/\n\s+at /);
    }
  });

  describe('with keys, in production, on all addresses', () => {
    let product: ProductProcess;
    let client: ContractClient;

    beforeAll(async () => {
      product = await ProductProcess.start('standalone', {
        ...variables,
        NODE_ENV: 'production',
        HOST: '0.0.0.0',
        ALLOWED_HOSTS: 'plant.example',
        API_KEYS: Object.values(KEYS)
          .map(({ entry }) => entry)
          .join(),
      });
      client = await ContractClient.connect(product.url, bearer('viewer'));
    });

    afterAll(() => product.stop());

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

    it('whether the product lives is no secret', async () => {
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
      expect(await status('GET', '/api/v1/equipment', { ...bearer('viewer'), host: 'plant.example' })).toBe(
        200,
      );
    });

    it('no key is found in what it logs', () => {
      for (const { secret } of Object.values(KEYS)) expect(product.log).not.toContain(secret);
    });
  });
});

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
