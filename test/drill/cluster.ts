import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdirSync, mkdtempSync, openSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { projectPath } from '#platform';
import { OwnMariadb, OwnRedis } from '../harness/own-servers.js';
import { freePort, type ProductRole } from '../harness/product-process.js';
import { TcpProxy } from '../harness/tcp-proxy.js';
import { waitFor } from '../harness/wait-for.js';

const READY_TIMEOUT_MS = 180_000;
const STOP_TIMEOUT_MS = 60_000;
/** What the processes say, for whoever wants to know why an invariant is broken. */
const LOG_FOLDER = projectPath('var', 'drill');

/** One process of the product under the drill, with roads of its own to the servers. */
export class Member {
  /** Ends the drill did not cause. */
  readonly deaths: string[] = [];
  private child: ChildProcess | undefined;
  private mayEnd = false;

  constructor(
    readonly name: string,
    readonly role: ProductRole,
    readonly port: number,
    private readonly variables: Record<string, string>,
    readonly database?: TcpProxy,
    readonly queue?: TcpProxy,
  ) {}

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  get pid(): number | undefined {
    return this.child?.pid;
  }

  get running(): boolean {
    return this.child !== undefined && this.child.exitCode === null && this.child.signalCode === null;
  }

  /** Starts the process; does not wait until it is ready. */
  launch(): void {
    this.mayEnd = false;
    mkdirSync(LOG_FOLDER, { recursive: true });
    const log = openSync(join(LOG_FOLDER, `${this.name}.log`), 'a');
    const child = spawn(process.execPath, [projectPath('dist', 'apps', this.role, 'main.js')], {
      cwd: projectPath(),
      env: {
        ...process.env,
        NODE_OPTIONS: '',
        LOG_LEVEL: 'info',
        ...this.variables,
        [this.role === 'worker' ? 'WORKER_PORT' : 'PORT']: String(this.port),
      },
      stdio: ['ignore', log, log],
    });
    closeSync(log);
    child.once('exit', (code, signal) => {
      if (!this.mayEnd) this.deaths.push(`${this.name} ended by itself with ${code ?? signal}`);
    });
    this.child = child;
  }

  async ready(): Promise<void> {
    await waitFor(`${this.name} to be ready`, () => this.answers('/api/v1/health/ready'), {
      timeoutMs: READY_TIMEOUT_MS,
    });
  }

  async kill(): Promise<void> {
    await this.end('SIGKILL');
  }

  /** Asks it to end. @returns its exit code */
  async stop(): Promise<number | null> {
    await this.end('SIGTERM');
    return this.child?.exitCode ?? null;
  }

  pause(): void {
    this.child?.kill('SIGSTOP');
  }

  resume(): void {
    this.child?.kill('SIGCONT');
  }

  private async answers(path: string): Promise<boolean> {
    return fetch(this.url + path, { signal: AbortSignal.timeout(5_000) }).then(
      ({ ok }) => ok,
      () => false,
    );
  }

  private async end(signal: NodeJS.Signals): Promise<void> {
    const { child } = this;
    if (!child || !this.running) return;
    this.mayEnd = true;
    const exited = once(child, 'exit');
    child.kill(signal);
    const timer = setTimeout(() => child.kill('SIGKILL'), STOP_TIMEOUT_MS);
    await exited;
    clearTimeout(timer);
  }
}

/** Two APIs and three workers on a MariaDB and a Redis of their own, each process behind proxies of its own. */
export class Cluster {
  private constructor(
    readonly folder: string,
    readonly mariadb: OwnMariadb,
    readonly redis: OwnRedis,
    readonly members: readonly Member[],
  ) {}

  static async start(): Promise<Cluster> {
    const folder = mkdtempSync(join(tmpdir(), 'tep-drill-'));
    const [mariadb, redis] = await Promise.all([OwnMariadb.start(), OwnRedis.start()]);
    const temporary = join(folder, 'tmp');
    mkdirSync(temporary);
    const variables = {
      TMPDIR: temporary,
      PLANT_SOURCE: 'external',
      NODE_ENV: 'test',
      QUEUE_PREFIX: 'drill',
    };
    initialise({ ...variables, DATABASE_URL: mariadb.url, QUEUE_URL: redis.url });
    const roles: [string, ProductRole][] = [
      ['api-1', 'api'],
      ['api-2', 'api'],
      ['worker-1', 'worker'],
      ['worker-2', 'worker'],
      ['worker-3', 'worker'],
    ];
    const members: Member[] = [];
    for (const [name, role] of roles) {
      const database = await TcpProxy.listen(mariadb.url);
      const queue = await TcpProxy.listen(redis.url);
      const urls = { DATABASE_URL: database.url, QUEUE_URL: queue.url };
      members.push(new Member(name, role, await freePort(), { ...variables, ...urls }, database, queue));
    }
    const cluster = new Cluster(folder, mariadb, redis, members);
    for (const member of members) member.launch();
    await Promise.all(members.map((member) => member.ready()));
    return cluster;
  }

  get temporaryFolder(): string {
    return join(this.folder, 'tmp');
  }

  get apis(): Member[] {
    return this.members.filter(({ role }) => role === 'api');
  }

  get workers(): Member[] {
    return this.members.filter(({ role }) => role === 'worker');
  }

  /** The member whose connection to the database server comes from this port. */
  ownerOf(clientPort: number): Member | undefined {
    return this.members.find(({ database }) => database?.upstreamPorts.includes(clientPort));
  }

  /** Ends everything; what is left in the folder is removed. */
  async drop(): Promise<void> {
    for (const member of this.members) member.resume();
    await Promise.all(this.members.map((member) => member.kill()));
    for (const { database, queue } of this.members) await Promise.all([database?.close(), queue?.close()]);
    await Promise.all([this.mariadb.drop(), this.redis.drop()]);
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** @throws Error with what the command said */
function initialise(variables: Record<string, string>): void {
  const { status, stderr } = spawnSync(
    process.execPath,
    [projectPath('dist', 'apps', 'cli', 'main.js'), 'db:init'],
    { env: { ...process.env, ...variables, NODE_OPTIONS: '' }, encoding: 'utf8' },
  );
  if (status !== 0) throw new Error(`db:init failed: ${stderr}`);
}
