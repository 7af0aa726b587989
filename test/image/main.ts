import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { diskUsage } from './disk-usage.js';
import { OwnMariadb, OwnRedis } from '../harness/own-servers.js';
import type { ProfileResources } from '../harness/profile-resources.js';
import { waitFor } from '../harness/wait-for.js';
import { checkCaddy, checkMigrations, checkPrometheus } from './composed-checks.js';
import { ComposedProduct } from './composed-product.js';
import { layImage } from './dockerfile.js';
import { systemBrowser } from './system-browser.js';

interface Job {
  job_id: string;
  status: string;
  error: unknown;
}

const DOMAIN = 'plant.example';
const ABSENT = [
  ...['jest', 'typescript', '@sparticuz/chromium', '@tensorflow/tfjs-node'].map(
    (name) => `node_modules/${name}`,
  ),
  ...['dist/test', 'libs/tep'],
];
const MOST_PACKAGES_MB = 400;

/**
 * `npm run image:check`: runs by hand what docker/Dockerfile and docker-compose.yml say, and asks the result for a prediction and a
 * report, which need what is easily left out of an image: models, kernels, templates, fonts. Prometheus and the proxy with TLS, where
 * they are installed, stand beside it with the configuration in docker/.
 */
async function main(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'tep-image-'));
  try {
    say('Building the image in a folder (npm ci, build, prune); this takes some minutes');
    const image = await layImage(folder);
    for (const absent of ABSENT)
      if (existsSync(join(image, absent))) throw new Error(`${absent} is in the image`);
    const packagesMb = (await diskUsage(join(image, 'node_modules'))) / 1e6;
    say(`Its packages take ${packagesMb.toFixed(0)} MB`);
    if (packagesMb > MOST_PACKAGES_MB) throw new Error(`They may take ${MOST_PACKAGES_MB} MB at most`);
    say('Migrating twice, starting API and worker, asking their health checks');
    const servers = await ownServers();
    try {
      await tryOut(image, servers, await systemBrowser(folder));
    } finally {
      await servers.drop();
    }
    say('The image is well');
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function tryOut(image: string, servers: ProfileResources, browser: string): Promise<void> {
  const product = await ComposedProduct.start(image, servers, browser, {
    ALLOWED_HOSTS: 'api',
    TLS_DOMAIN: DOMAIN,
  });
  try {
    checkMigrations(product);
    say('Having Prometheus read it');
    sayNotTested('how Prometheus reads', await checkPrometheus(product));
    say('Asking it through the proxy with TLS');
    sayNotTested('the proxy with TLS', await checkCaddy(product, DOMAIN));
    say('Asking for a prediction and a report');
    await Promise.all([
      completed(product, 'predictions', { eq_id: 'REACTOR' }),
      completed(product, 'reports', { type: 'daily', lang: 'ko' }),
    ]);
  } finally {
    await product.stop();
  }
}

async function ownServers(): Promise<ProfileResources> {
  const [mariadb, redis] = await Promise.all([OwnMariadb.start(), OwnRedis.start()]);
  return {
    // A prediction looks back over some hours.
    variables: { DATABASE_URL: mariadb.url, QUEUE_URL: redis.url, PLANT_HISTORY_HOURS: '14' },
    drop: async () => void (await Promise.all([mariadb.drop(), redis.drop()])),
  };
}

async function completed({ ports, apiKeys }: ComposedProduct, kind: string, wish: object): Promise<void> {
  const path = `http://127.0.0.1:${ports.api}/api/v1/${kind}`;
  const headers = { 'content-type': 'application/json', 'x-api-key': apiKeys.operator };
  // Refused as long as the history is not there.
  const { job_id } = await waitFor(`${kind} to be accepted`, async () => {
    const asked = await fetch(path, { method: 'POST', headers, body: JSON.stringify(wish) });
    return asked.status === 202 && ((await asked.json()) as Job);
  });
  await waitFor(`${kind}/${job_id} to be completed`, async () => {
    const job = (await (await fetch(`${path}/${job_id}`, { headers })).json()) as Job;
    if (job.status === 'failed') throw new Error(`${kind} failed: ${JSON.stringify(job.error)}`);
    return job.status === 'completed';
  });
  say(`  ${kind}: completed`);
}

function sayNotTested(what: string, lacking: string[]): void {
  if (lacking.length > 0) say(`*** NOT TESTED: ${what}; this machine lacks ${lacking.join(', ')}`);
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

await main();
