import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { INestApplication } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import libsql from 'libsql';
import { createConnection, type Connection, type RowDataPacket } from 'mysql2/promise';
import { EquipmentModule, PlantRegistration } from '#equipment';
import { MIGRATIONS } from '#migrations';
import { configureHttp, configureLogging, PlatformModule, ProcessClock, readEnvironment } from '#platform';
import { PlantSettings } from '#plant/settings';
import { TAGS } from '#tep';
import { TagDirectory, TimeseriesHttpModule } from '#timeseries';
import { SETTINGS } from '../apps/settings.js';
import { TEST_MYSQL_URL } from '../test/harness/servers.js';

export type BenchProfile = 'embedded' | 'server';

/** A statement with `?` parameters on the product's database, past the product; rows are objects. */
type Ask = (sql: string, parameters: unknown[]) => Promise<Record<string, number>[]>;

/** The routes of samples on a fresh database, and a connection of the rival's to the same. */
export interface TimeseriesProduct {
  app: INestApplication;
  url: string;
  tagIds: number[];
  ask: Ask;
  /** The rival's connection itself, on the server profile. */
  mysql: Connection | undefined;
  /**
   * Processor time so far, of this process and, on the server profile, of the server with all its threads;
   * undefined where it does not say which they are or runs elsewhere.
   */
  processorSeconds(): Promise<number | undefined>;
  stop(): Promise<void>;
}

/** A value of a tag at a second: two waves, in thousandths as instruments send them. */
export function valueAt(tag: number, second: number): number {
  return Math.round(1e3 * (tag + Math.sin(second / 500) + 0.1 * Math.sin(second * 7.3))) / 1e3;
}

/** Seconds of all tags of the plant as a wide CSV, one line a second. */
export function wideCsv(start: number, seconds: number): string {
  const rows = Array.from({ length: seconds }, (_, second) => {
    const values = TAGS.map((_tag, tag) => valueAt(tag, second));
    return `${new Date(start + second * 1_000).toISOString()},${values.join(',')}`;
  });
  return [`time,${TAGS.map(({ code }) => code).join(',')}`, ...rows, ''].join('\n');
}

/**
 * @param now what the plant's clock shows, and keeps showing
 * @param mysqlUrl the server on which a server profile makes its database
 */
export async function startTimeseries(
  profile: BenchProfile,
  now: number,
  mysqlUrl = TEST_MYSQL_URL,
): Promise<TimeseriesProduct> {
  const folder = await mkdtemp(join(tmpdir(), 'tep-series-'));
  const rival =
    profile === 'server' ? await rivalOnMysql(mysqlUrl) : rivalOnSqlite(join(folder, 'tep.sqlite'));
  const environment = readEnvironment(SETTINGS, {
    NODE_ENV: 'test',
    LOG_LEVEL: 'silent',
    DATABASE_URL: rival.databaseUrl,
  });
  configureLogging('silent', 'bench');
  const app = await NestFactory.create(
    {
      module: class BenchModule {},
      imports: [
        PlatformModule.forRoot(environment, {
          migrations: MIGRATIONS,
          schema: 'migrate',
          timeZone: environment.of(PlantSettings).timeZone,
        }),
        EquipmentModule,
        TimeseriesHttpModule,
      ],
    },
    { bodyParser: false, logger: false },
  );
  configureHttp(app);
  await app.listen(0, '127.0.0.1');
  await app.get(ProcessClock).set({ timeMs: now, wallMs: Date.now(), rate: 0 });
  await app.get(PlantRegistration, { strict: false }).register();
  const server = rival.mysql && new ServerProcessor(rival.mysql);
  return {
    app,
    url: `http://127.0.0.1:${((app.getHttpServer() as Server).address() as AddressInfo).port}`,
    tagIds: await app.get(TagDirectory, { strict: false }).plantTagIds(),
    ask: rival.ask,
    mysql: rival.mysql,
    processorSeconds: async () => {
      const serverSeconds = server ? await server.seconds() : 0;
      const { user, system } = process.cpuUsage();
      return serverSeconds === undefined ? undefined : (user + system) / 1e6 + serverSeconds;
    },
    stop: async () => {
      await app.close();
      await rival.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Whether a MySQL or MariaDB answers where the tests look for one. */
export async function hasMysql(): Promise<boolean> {
  const { hostname, port } = new URL(TEST_MYSQL_URL);
  // A port in use is one somebody answers on.
  const probe = createServer();
  try {
    await once(probe.listen(Number(port || 3306), hostname), 'listening');
    probe.close();
    return false;
  } catch {
    return true;
  }
}

/** What all threads of a MariaDB have used, those included that have ended meanwhile. */
class ServerProcessor {
  /** Nanoseconds by thread. */
  private readonly used = new Map<string, number>();

  constructor(private readonly mysql: Connection) {}

  /** Undefined where it runs elsewhere or its system does not count, and for MySQL, which does not say which its threads are. */
  async seconds(): Promise<number | undefined> {
    try {
      const [[{ TID }]] = await this.mysql.query<(RowDataPacket & { TID: number })[]>(
        'SELECT TID FROM information_schema.PROCESSLIST WHERE ID = CONNECTION_ID()',
      );
      const threads = `/proc/${TID}/task`;
      // Synchronously: what is measured also waits for the few threads that read files.
      for (const thread of readdirSync(threads)) this.note(thread, `${threads}/${thread}/schedstat`);
      if (this.used.size === 0) return undefined;
      return [...this.used.values()].reduce((sum, nanoseconds) => sum + nanoseconds, 0) / 1e9;
    } catch {
      return undefined;
    }
  }

  private note(thread: string, file: string): void {
    try {
      this.used.set(thread, Number(readFileSync(file, 'utf8').split(' ')[0]));
    } catch {
      // It has ended since it was listed.
    }
  }
}

interface Rival {
  databaseUrl: string;
  ask: Ask;
  mysql: Connection | undefined;
  stop(): Promise<void>;
}

function rivalOnSqlite(file: string): Rival {
  let database: InstanceType<typeof libsql> | undefined;
  return {
    databaseUrl: `sqlite:${file}`,
    ask: (sql, parameters) => {
      const statement = (database ??= new libsql(file)).prepare(sql);
      return Promise.resolve(statement.all(...parameters) as Record<string, number>[]);
    },
    mysql: undefined,
    stop: () => Promise.resolve(database?.close()).then(() => undefined),
  };
}

async function rivalOnMysql(server: string): Promise<Rival> {
  const name = `tep_bench_${randomBytes(6).toString('hex')}`;
  const mysql = await createConnection({ uri: server, connectTimeout: 5_000 });
  await mysql.query(`CREATE DATABASE ${name}`);
  await mysql.query(`USE ${name}`);
  const url = new URL(server);
  url.pathname = `/${name}`;
  return {
    databaseUrl: url.toString(),
    ask: async (sql, parameters) => (await mysql.query(sql, parameters))[0] as Record<string, number>[],
    mysql,
    stop: async () => {
      await mysql.query(`DROP DATABASE ${name}`);
      await mysql.end();
    },
  };
}
