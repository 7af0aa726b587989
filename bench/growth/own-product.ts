import { spawnSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { projectPath } from '#platform';
import { missingPrograms, OwnMariadb, OwnRedis } from '../../test/harness/own-servers.js';
import { ProductProcess, type ProductRole } from '../../test/harness/product-process.js';
import type { Profile } from '../../test/harness/profile-resources.js';
import { waitFor } from '../../test/harness/wait-for.js';
import { mainThreadMs, processMs } from './processor-time.js';
import { type SideDoor, sideDoor } from './side-door.js';

const SERVER_PROGRAMS = ['mariadbd', 'mariadb-install-db', 'redis-server'];
const ROLES: Readonly<Record<Profile, readonly ProductRole[]>> = {
  embedded: ['standalone'],
  server: ['worker', 'api'],
};
/** A server for a plant, with room for what is asked for again and again; the tests' own has 64 MB and a log of 4. */
export const MARIADB_SETTINGS = [
  ...['--innodb-buffer-pool-size=1G', '--innodb-log-file-size=512M', '--innodb-log-buffer-size=64M'],
  ...['--tmp-table-size=256M', '--max-heap-table-size=256M'],
];

/** A process with a name for people. */
export interface NamedProcess {
  name: string;
  pid: number;
}

/** What `GET /plant` says, as far as a bench wants to know it. */
export interface PlantAnswer {
  state: string;
  time: string;
  actual_speed: number;
  last_sample_at: string | null;
}

/** Why a profile cannot run here; undefined when it can. */
export function obstacleTo(profile: Profile): string | undefined {
  const missing = profile === 'server' ? missingPrograms(...SERVER_PROGRAMS) : [];
  return missing.length > 0 ? `this machine lacks ${missing.join(', ')}` : undefined;
}

/** The product's processes of a profile on a database and a queue of their own, which go with it. */
export class OwnProduct {
  private running: { role: ProductRole; process: ProductProcess }[] = [];

  private constructor(
    private readonly profile: Profile,
    private readonly variables: Record<string, string>,
    private readonly folder: string,
    private readonly servers: { name: string; server: OwnMariadb | OwnRedis }[],
  ) {}

  /** Makes servers, database and tables; no process runs yet. */
  static async make(
    profile: Profile,
    variables: Record<string, string>,
    mariadbSettings: readonly string[] = MARIADB_SETTINGS,
  ): Promise<OwnProduct> {
    const folder = await mkdtemp(join(tmpdir(), 'tep-growth-'));
    const servers: OwnProduct['servers'] = [];
    const urls: Record<string, string> = {
      DATABASE_URL: `sqlite:${join(folder, 'tep.sqlite')}`,
      QUEUE_URL: `pglite:${join(folder, 'queue')}`,
    };
    const product = new OwnProduct(profile, { ...variables, ...urls }, folder, servers);
    try {
      if (profile === 'server') {
        const mariadb = await OwnMariadb.start({ settings: mariadbSettings });
        servers.push({ name: 'MariaDB', server: mariadb });
        const redis = await OwnRedis.start();
        servers.push({ name: 'Redis', server: redis });
        Object.assign(product.variables, { DATABASE_URL: mariadb.url, QUEUE_URL: redis.url });
      }
      product.makeTables();
      return product;
    } catch (error) {
      await product.drop();
      throw error;
    }
  }

  /** Where the API is, without a slash at the end. */
  get api(): string {
    const asked = this.running.find(({ role }) => role !== 'worker');
    if (!asked) throw new Error('no process of the product answers requests');
    return `${asked.process.url}/api/v1`;
  }

  /** The processes of the product and where each answers. */
  get processes(): (NamedProcess & { url: string })[] {
    return this.running.map(({ role, process }) => ({ name: role, pid: process.pid ?? 0, url: process.url }));
  }

  /** The servers it keeps its rows and jobs on. */
  get serverProcesses(): NamedProcess[] {
    return this.servers.map(({ name, server }) => ({ name, pid: server.pid ?? 0 }));
  }

  /** Processor time so far of whatever answers requests: the main thread of the API, and the database server [ms]. */
  answeringMs(): number {
    const asked = this.running.find(({ role }) => role !== 'worker');
    const database = this.servers.find(({ server }) => server instanceof OwnMariadb);
    return mainThreadMs(asked?.process.pid ?? 0) + (database ? processMs(database.server.pid ?? 0) : 0);
  }

  /** Starts its processes; resolves once the plant runs. */
  async start(): Promise<void> {
    for (const role of ROLES[this.profile])
      this.running.push({ role, process: await ProductProcess.start(role, this.variables) });
    await waitFor('the plant to run', async () => (await this.plant()).state === 'running', {
      progress: async () => (await this.plant()).time,
    });
  }

  async stop(): Promise<void> {
    await Promise.all(this.running.map(({ process }) => process.stop()));
    this.running = [];
  }

  plant(): Promise<PlantAnswer> {
    return this.get<PlantAnswer>('/plant');
  }

  /** @throws Error when the answer is no success */
  async get<Answer>(path: string): Promise<Answer> {
    return JSON.parse(await this.send('GET', path)) as Answer;
  }

  /**
   * Asks the API, and reads all of the answer.
   * @throws Error when the answer is no success
   */
  async send(method: string, path: string, body?: string, type = 'application/json'): Promise<string> {
    const answer = await fetch(this.api + path, {
      method,
      ...(body === undefined ? {} : { body, headers: { 'content-type': type } }),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path} answered ${answer.status}: ${text.slice(0, 500)}`);
    return text;
  }

  /** A connection to its database past it. */
  sideDoor(): Promise<SideDoor> {
    return sideDoor(this.variables.DATABASE_URL);
  }

  /** Ends everything and removes all files. */
  async drop(): Promise<void> {
    await this.stop();
    await Promise.all(this.servers.map(({ server }) => server.drop()));
    await rm(this.folder, { recursive: true, force: true });
  }

  private makeTables(): void {
    const { status, stderr } = spawnSync(
      process.execPath,
      [projectPath('dist', 'apps', 'cli', 'main.js'), 'db:init'],
      { env: { ...process.env, ...this.variables, LOG_LEVEL: 'warn' }, encoding: 'utf8' },
    );
    if (status !== 0) throw new Error(`db:init failed: ${stderr}`);
  }
}
