import { deepStrictEqual, match } from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { projectPath } from '#platform';
import { machineAddress } from '../harness/machine-address.js';
import { missingPrograms } from '../harness/own-servers.js';
import { waitFor } from '../harness/wait-for.js';
import type { ComposedProduct } from './composed-product.js';
import { OwnCaddy, OwnPrometheus } from './neighbours.js';

/** `migrate` ran twice: the first has registered the plant and brought the models of the image, the second left both alone. */
export function checkMigrations({ migrations, modelsFolder }: ComposedProduct): void {
  const [first, second] = migrations;
  match(first, /added 8 equipment and 53 tags/);
  match(second, /added 0 equipment and 0 tags/);
  for (const name of readdirSync(projectPath('models'))) match(first, new RegExp(`${name} 1 is in`));
  deepStrictEqual(second.includes(' is in '), false);
  deepStrictEqual(filesIn(modelsFolder), filesIn(projectPath('models')));
}

interface Target {
  labels: { job: string };
  health: string;
  lastError: string;
}

interface Rule {
  name: string;
  health: string;
}

/**
 * Prometheus reads the pages of API and worker, by an address that is not a loopback one and with its key.
 * @returns what this machine lacks to find out, if anything
 */
export async function checkPrometheus(product: ComposedProduct): Promise<string[]> {
  const address = machineAddress();
  const lacking = missingPrograms('prometheus');
  if (address === undefined) lacking.push('an address that is not a loopback one');
  if (address === undefined || lacking.length > 0) return lacking;
  const prometheus = await OwnPrometheus.start(product, address);
  try {
    // A page that a busy machine makes late is read the next time.
    const activeTargets = await waitFor('both pages to be read', async () => {
      const targets = await prometheus.ask<{ activeTargets: Target[] }>('targets');
      const read = targets.activeTargets.filter(({ health }) => health === 'up');
      return read.length === 2 && read;
    });
    deepStrictEqual(activeTargets.map(({ labels, lastError }) => [labels.job, lastError]).sort(), [
      ['tep-api', ''],
      ['tep-worker', ''],
    ]);
    await waitFor('every alert to be evaluated', async () => {
      const { groups } = await prometheus.ask<{ groups: { rules: Rule[] }[] }>('rules');
      return groups.flatMap(({ rules }) => rules).every(({ health }) => health === 'ok');
    });
  } finally {
    await prometheus.drop();
  }
  return [];
}

/**
 * Behind the proxy with TLS the product has the configured name, and no other.
 * @returns what this machine lacks to find out, if anything
 */
export async function checkCaddy(product: ComposedProduct, domain: string): Promise<string[]> {
  const lacking = missingPrograms('caddy');
  if (lacking.length > 0) return lacking;
  const caddy = await OwnCaddy.start(product, domain);
  try {
    const key = { 'x-api-key': product.apiKeys.viewer };
    const statusOf = async (path: string, headers: Record<string, string>): Promise<number> =>
      (await caddy.get(path, headers)).status;
    deepStrictEqual(await statusOf('/api/v1/equipment', {}), 401);
    const { status, headers } = await caddy.get('/api/v1/equipment', key);
    deepStrictEqual([status, headers['strict-transport-security']], [200, 'max-age=31536000']);
    deepStrictEqual(await statusOf('/docs', { ...key, origin: `https://${domain}` }), 200);
    deepStrictEqual(await statusOf('/docs', { ...key, origin: 'https://evil.example' }), 403);
  } finally {
    await caddy.drop();
  }
  return [];
}

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
