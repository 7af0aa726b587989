import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { projectPath } from '#platform';
import {
  describeOnServer,
  machineAddress,
  missingPrograms,
  profileResources,
  type ProfileResources,
  waitFor,
} from './harness/index.js';
import { ComposedProduct } from './image/composed-product.js';
import { composeServices } from './image/compose-file.js';
import { OwnCaddy, OwnPrometheus } from './image/neighbours.js';

const DOMAIN = 'plant.example';
const SET = { MYSQL_PASSWORD: 'secret', API_KEYS: 'none' };

describe('docker-compose.yml', () => {
  const services = Object.entries(composeServices(SET));

  it('names a version of every image it takes, down to the minor one', () => {
    const taken = services.filter(([, { build }]) => !build).map(([, { image }]) => image);
    expect(taken.length).toBeGreaterThan(3);
    for (const image of taken) expect(image).toMatch(/:v?\d+\.\d+(\.\d+)?$/);
  });

  it('bounds the memory and the log of every container', () => {
    for (const [name, { mem_limit, logging }] of services)
      expect([name, mem_limit, logging?.options]).toEqual([
        name,
        expect.stringMatching(/^\d+[mg]$/),
        { 'max-size': '10m', 'max-file': '5' },
      ]);
  });

  it('mounts files that are there', () => {
    const files = services.flatMap(([, { volumes = [] }]) =>
      volumes.filter((volume) => volume.startsWith('./')).map((volume) => volume.split(':')[0]),
    );
    expect(files.length).toBeGreaterThan(3);
    for (const file of files) expect([file, existsSync(projectPath(file))]).toEqual([file, true]);
  });

  it('says which variable is missing', () => {
    expect(() => composeServices({ API_KEYS: 'none' })).toThrow(/MYSQL_PASSWORD/);
    expect(() => composeServices({ MYSQL_PASSWORD: 'secret' })).toThrow(/API_KEYS/);
  });

  const composes = spawnSync('docker', ['compose', 'version']).status === 0;
  if (!composes) process.stderr.write('\n*** NOT TESTED: what Docker Compose says of docker-compose.yml\n');
  (composes ? it : it.skip)('is one for Docker Compose', () => {
    const profiles = ['--profile', 'tls', '--profile', 'monitoring'];
    const { status, stderr } = spawnSync('docker', ['compose', ...profiles, 'config', '--quiet'], {
      cwd: projectPath(),
      env: { ...process.env, ...SET },
      encoding: 'utf8',
    });
    expect([status, stderr]).toEqual([0, '']);
  });
});

describeOnServer('what docker-compose.yml starts', () => {
  let resources: ProfileResources;
  let product: ComposedProduct;

  beforeAll(async () => {
    const fresh = await profileResources('server');
    resources = { ...fresh, variables: { ...fresh.variables, PLANT_SOURCE: 'external' } };
    product = await ComposedProduct.start(projectPath(), resources, { TLS_DOMAIN: DOMAIN });
  });

  afterAll(async () => {
    await product?.stop();
    await resources?.drop();
  });

  it('is migrated once, and has the models of the image', () => {
    const [first, second] = product.migrations;
    expect(first).toContain('added 8 equipment and 53 tags');
    expect(second).toContain('added 0 equipment and 0 tags');
    const brought = readdirSync(projectPath('models'));
    for (const name of brought) expect(first).toContain(`${name} 1 is in`);
    expect(second).not.toContain(' is in ');
    expect(filesIn(product.modelsFolder)).toEqual(filesIn(projectPath('models')));
  });

  const address = machineAddress();
  const lacking = missingPrograms('prometheus').concat(
    address ? [] : 'an address that is not a loopback one',
  );
  if (lacking.length > 0)
    process.stderr.write(
      `\n*** NOT TESTED: how Prometheus reads; this machine lacks ${lacking.join(', ')}\n`,
    );
  (lacking.length > 0 ? it.skip : it)('is read by Prometheus, by address and with its key', async () => {
    const prometheus = await OwnPrometheus.start(product, address ?? '');
    try {
      interface Target {
        labels: { job: string };
        health: string;
        lastError: string;
      }
      // A page that a busy machine makes late is read the next time.
      const activeTargets = await waitFor('both pages to be read', async () => {
        const targets = await prometheus.ask<{ activeTargets: Target[] }>('targets');
        const read = targets.activeTargets.filter(({ health }) => health === 'up');
        return read.length === 2 && read;
      });
      expect(activeTargets.map(({ labels, lastError }) => [labels.job, lastError]).sort()).toEqual([
        ['tep-api', ''],
        ['tep-worker', ''],
      ]);
      interface Rule {
        name: string;
        health: string;
      }
      await waitFor('every alert to be judged', async () => {
        const { groups } = await prometheus.ask<{ groups: { rules: Rule[] }[] }>('rules');
        return groups.flatMap(({ rules }) => rules).every(({ health }) => health === 'ok');
      });
    } finally {
      await prometheus.drop();
    }
  });

  const caddyLacks = missingPrograms('caddy').length > 0;
  if (caddyLacks) process.stderr.write('\n*** NOT TESTED: the proxy with TLS; this machine lacks caddy\n');
  (caddyLacks ? it.skip : it)('stands behind a proxy with TLS under the name it is told', async () => {
    const caddy = await OwnCaddy.start(product, DOMAIN);
    try {
      const key = { 'x-api-key': product.apiKeys.viewer };
      expect(await caddy.get('/api/v1/equipment', {})).toMatchObject({ status: 401 });
      expect(await caddy.get('/api/v1/equipment', key)).toMatchObject({
        status: 200,
        headers: { 'strict-transport-security': 'max-age=31536000' },
      });
      expect(await caddy.get('/docs', { ...key, origin: `https://${DOMAIN}` })).toMatchObject({
        status: 200,
      });
      expect(await caddy.get('/docs', { ...key, origin: 'https://evil.example' })).toMatchObject({
        status: 403,
      });
    } finally {
      await caddy.drop();
    }
  });
});

/** Every file below a folder, with its content. */
function filesIn(folder: string): [string, string][] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry): [string, string] => {
      const path = `${entry.parentPath}/${entry.name}`;
      return [path.slice(folder.length), readFileSync(path, 'base64')];
    })
    .sort();
}
