import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { createConnection } from 'mysql2/promise';
import { freePort } from './product-process.js';
import { waitFor } from './wait-for.js';

const START_TIMEOUT_MS = 60_000;
const STOP_TIMEOUT_MS = 20_000;

/** The programs of `names` that this machine lacks. */
export function missingPrograms(...names: string[]): string[] {
  return names.filter((name) => {
    try {
      execFileSync('/bin/sh', ['-c', `command -v ${name}`], { env: withSystemPath(), stdio: 'ignore' });
      return false;
    } catch {
      return true;
    }
  });
}

/** A server process of a test's own, which may be killed, stopped and started again on the same port and files. */
export abstract class OwnServer {
  private child: ChildProcess | undefined;

  protected constructor(
    readonly port: number,
    protected readonly folder: string,
  ) {}

  abstract readonly url: string;
  protected abstract command(): [program: string, ...args: string[]];
  protected abstract answers(): Promise<boolean>;

  protected get environment(): NodeJS.ProcessEnv {
    return withSystemPath();
  }

  get pid(): number | undefined {
    return this.child?.pid;
  }

  /** Starts it, again if it has ended; resolves once it answers. */
  async start(): Promise<void> {
    const [program, ...args] = this.command();
    this.child = spawn(program, args, { env: this.environment, stdio: 'ignore' });
    const { child } = this;
    await waitFor(
      `${program} to answer`,
      () => {
        if (child.exitCode !== null) throw new Error(`${program} ended with code ${child.exitCode}`);
        return this.answers().catch(() => false);
      },
      { timeoutMs: START_TIMEOUT_MS },
    );
  }

  /** Ends it at once, as a crash would. */
  kill(): Promise<void> {
    return this.end('SIGKILL');
  }

  /** Asks it to end. */
  stop(): Promise<void> {
    return this.end('SIGTERM');
  }

  /** It keeps its connections and accepts new ones, and does not say a word until `resume`. */
  pause(): void {
    this.child?.kill('SIGSTOP');
  }

  resume(): void {
    this.child?.kill('SIGCONT');
  }

  /** Ends it and removes its files. */
  async drop(): Promise<void> {
    this.resume();
    await this.kill();
    rmSync(this.folder, { recursive: true, force: true });
  }

  private async end(signal: NodeJS.Signals): Promise<void> {
    const { child } = this;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, 'exit');
    child.kill(signal);
    const timer = setTimeout(() => child.kill('SIGKILL'), STOP_TIMEOUT_MS);
    await exited;
    clearTimeout(timer);
  }
}

/** A Redis that keeps its data in an append-only file. */
export class OwnRedis extends OwnServer {
  static async start(): Promise<OwnRedis> {
    const redis = new OwnRedis(await freePort(), mkdtempSync(join(tmpdir(), 'tep-redis-')));
    await redis.start();
    return redis;
  }

  get url(): string {
    return `redis://127.0.0.1:${this.port}`;
  }

  /** Runs one command, e.g. `FLUSHALL`. */
  async run(name: string, ...args: string[]): Promise<unknown> {
    const client = new Redis(this.url, { maxRetriesPerRequest: 0, retryStrategy: () => null });
    client.on('error', () => undefined);
    try {
      return await client.call(name, ...args);
    } finally {
      client.disconnect();
    }
  }

  protected command(): [string, ...string[]] {
    const { port, folder } = this;
    return [
      'redis-server',
      ...['--port', String(port), '--bind', '127.0.0.1', '--dir', folder],
      ...['--save', '', '--appendonly', 'yes', '--appendfsync', 'always'],
    ];
  }

  protected async answers(): Promise<boolean> {
    return (await this.run('PING')) === 'PONG';
  }
}

export interface OwnMariadbOptions {
  /** Where its files go, e.g. a small file system. @default a new temporary folder */
  folder?: string;
  /** Further options of the server, e.g. `--innodb-buffer-pool-size=1G`; they take the place of those for tests. */
  settings?: readonly string[];
}

/** A MariaDB with one empty database `tep`. */
export class OwnMariadb extends OwnServer {
  private furtherSettings: readonly string[] = [];
  /** Of its own: a MariaDB that starts removes the temporary tables of all others which keep theirs in the same folder. */
  private readonly temporaryTables = mkdtempSync(join(tmpdir(), 'tep-mariadb-'));

  static async start(options: OwnMariadbOptions = {}): Promise<OwnMariadb> {
    const folder = options.folder ?? mkdtempSync(join(tmpdir(), 'tep-mariadb-'));
    const mariadb = new OwnMariadb(await freePort(), folder);
    mariadb.furtherSettings = options.settings ?? [];
    mariadb.install();
    await mariadb.start();
    await mariadb.query('CREATE DATABASE IF NOT EXISTS tep');
    return mariadb;
  }

  get url(): string {
    return `mysql://root@127.0.0.1:${this.port}/tep`;
  }

  override async drop(): Promise<void> {
    await super.drop();
    rmSync(this.temporaryTables, { recursive: true, force: true });
  }

  /** Runs one statement on a connection of its own. */
  async query(sql: string): Promise<unknown> {
    const connection = await createConnection({
      uri: `mysql://root@127.0.0.1:${this.port}`,
      connectTimeout: 2_000,
    });
    try {
      return (await connection.query(sql))[0];
    } finally {
      connection.destroy();
    }
  }

  protected command(): [string, ...string[]] {
    return ['mariadbd', '--no-defaults', ...this.settings(), ...this.furtherSettings];
  }

  protected override get environment(): NodeJS.ProcessEnv {
    return { ...super.environment, TMPDIR: this.temporaryTables };
  }

  protected async answers(): Promise<boolean> {
    await this.query('SELECT 1');
    return true;
  }

  private install(): void {
    chmodSync(this.folder, 0o755);
    mkdirSync(join(this.folder, 'data'), { recursive: true });
    execFileSync(
      'mariadb-install-db',
      ['--no-defaults', `--datadir=${this.folder}/data`, `--user=${serverUser()}`, '--skip-test-db']
        .concat(['--auth-root-authentication-method=normal', '--innodb-log-file-size=4M'])
        .concat(['--innodb-data-file-path=ibdata1:4M:autoextend']),
      { env: this.environment, stdio: 'ignore', timeout: START_TIMEOUT_MS },
    );
  }

  private settings(): string[] {
    const data = join(this.folder, 'data');
    return [
      ...[`--datadir=${data}`, `--port=${this.port}`, '--bind-address=127.0.0.1', `--user=${serverUser()}`],
      ...[`--socket=${data}/mysqld.sock`, `--pid-file=${data}/mysqld.pid`, '--skip-name-resolve'],
      ...['--innodb-log-file-size=4M', '--innodb-buffer-pool-size=64M', '--performance-schema=off'],
      ...['--innodb-data-file-path=ibdata1:4M:autoextend', '--innodb-flush-log-at-trx-commit=1'],
    ];
  }
}

/** Root may not run the server as itself without saying so. */
function serverUser(): string {
  return userInfo().username;
}

/** Debian keeps servers in a folder that is not on every user's path. */
function withSystemPath(): NodeJS.ProcessEnv {
  return { ...process.env, PATH: `${process.env.PATH ?? ''}:/usr/sbin:/usr/local/sbin` };
}
