import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { INestApplicationContext } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { createConnection } from 'mysql2/promise';
import { MIGRATIONS } from '#migrations';
import {
  Config,
  configureLogging,
  Database,
  JobsModule,
  JobsService,
  PlatformModule,
  projectPath,
  QueueModule,
  readEnvironment,
} from '#platform';
import { PlantSettings } from '#plant/settings';
import { SETTINGS } from '../apps/settings.js';
import { bareQueue } from '../test/factories/bare-queue.fixture.js';
import {
  CREATE_ERRAND_TABLE,
  ERRAND_JOB,
  errandKind,
  ErrandModule,
  ErrandRows,
} from '../test/factories/errand.fixture.js';
import { freePort } from '../test/harness/product-process.js';
import type { BenchFigure } from './bench-figure.js';

const MYSQL_URL = process.env.BENCH_MYSQL_URL ?? 'mysql://root@127.0.0.1:3306';
const REDIS_URL = process.env.BENCH_REDIS_URL ?? 'redis://127.0.0.1:6379';

const ROUNDS = 5;
const JOBS_A_ROUND = 100;
/** As the image starts its processes (docker/Dockerfile). */
const IMAGE_SETTINGS = { NODE_OPTIONS: '--v8-pool-size=1', MALLOC_ARENA_MAX: '2' };
/** Of the prediction queue, in each process. */
const CONCURRENCY = 8;
const PREDICTIONS = 200;
const SINGLE_PREDICTIONS = 20;
const WAIT_MS = 180_000;

type Profile = 'Redis' | 'embedded';

interface Place {
  variables: Record<string, string>;
  remove(): Promise<void>;
}

/**
 * What a job costs beside BullMQ alone on the same transport, and how fast the product starts and predicts, on both profiles.
 * The server profile needs MariaDB or MySQL and Redis (BENCH_MYSQL_URL, BENCH_REDIS_URL).
 */
export async function run(): Promise<BenchFigure[]> {
  const figures: BenchFigure[] = [];
  for (const profile of ['Redis', 'embedded'] as const) {
    figures.push(await onPlace(profile, (place) => jobOverhead(profile, place)));
    figures.push(...(await onPlace(profile, (place) => predictions(profile, place))));
  }
  return figures;
}

async function onPlace<T>(profile: Profile, work: (place: Place) => Promise<T>): Promise<T> {
  const place = profile === 'Redis' ? await serverPlace() : await embeddedPlace();
  try {
    return await work(place);
  } finally {
    await place.remove();
  }
}

async function embeddedPlace(): Promise<Place> {
  const folder = await mkdtemp(join(tmpdir(), 'tep-jobs-'));
  return {
    variables: { DATABASE_URL: `sqlite:${folder}/tep.sqlite`, QUEUE_URL: `pglite:${folder}/queue` },
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

async function serverPlace(): Promise<Place> {
  const name = `tep_bench_${randomBytes(6).toString('hex')}`;
  await onServer(`CREATE DATABASE ${name}`);
  const url = new URL(MYSQL_URL);
  url.pathname = `/${name}`;
  return {
    variables: { DATABASE_URL: url.toString(), QUEUE_URL: REDIS_URL, QUEUE_PREFIX: name },
    remove: () => onServer(`DROP DATABASE ${name}`),
  };
}

async function onServer(statement: string): Promise<void> {
  const connection = await createConnection({ uri: MYSQL_URL });
  await connection.query(statement);
  await connection.end();
}

/** Milliseconds a job that does nothing takes from its request to its end, many at a time, beside BullMQ alone. */
async function jobOverhead(profile: Profile, { variables }: Place): Promise<BenchFigure> {
  const environment = readEnvironment(SETTINGS, { ...variables, LOG_LEVEL: 'silent' });
  configureLogging(environment.of(Config).logLevel, 'bench');
  const root = {
    module: class BenchModule {},
    imports: [
      PlatformModule.forRoot(environment, {
        migrations: MIGRATIONS,
        schema: 'migrate',
        timeZone: environment.of(PlantSettings).timeZone,
      }),
      QueueModule.forRoot({ workers: true }),
      JobsModule,
      ErrandModule,
    ],
  };
  const app = await NestFactory.createApplicationContext(root, { logger: false });
  const { queue, worker } = bareQueue(app, ERRAND_JOB.queue.concurrency);
  try {
    await app.get(Database).query(CREATE_ERRAND_TABLE);
    const withRows = rowJobs(app);
    const bare = async (): Promise<void> => {
      let done = 0;
      const { promise, resolve } = deferred();
      const count = (): void => void (++done === JOBS_A_ROUND && resolve());
      worker.on('completed', count);
      await manyTimes(() => queue.add('bare', { payload: {} }));
      await promise;
      worker.off('completed', count);
    };
    const best = { product: Infinity, bare: Infinity };
    for (let round = 0; round < ROUNDS; round++) {
      best.product = Math.min(best.product, await millisecondsOf(withRows));
      best.bare = Math.min(best.bare, await millisecondsOf(bare));
    }
    return {
      bench: 'jobs',
      figure: `job that does nothing, ${profile}`,
      value: best.product / JOBS_A_ROUND,
      unit: 'ms',
      rival: 'BullMQ alone on the same transport',
      rival_value: best.bare / JOBS_A_ROUND,
      ratio: best.bare / best.product,
    };
  } finally {
    await worker.close();
    await queue.close();
    await app.close();
  }
}

/** Submits jobs with rows and waits until all their rows are completed. */
function rowJobs(app: INestApplicationContext): () => Promise<void> {
  const [jobs, rows] = [app.get(JobsService), app.get(ErrandRows, { strict: false })];
  const kind = errandKind(rows);
  const insert = (jobId: string): Promise<void> => rows.insertQueued({ jobId, requestedBy: 'bench' });
  const request = {
    prepare: () => Promise.resolve(insert),
    idempotencyKey: undefined,
    request: {},
  };
  return async () => {
    await manyTimes(() => jobs.submit(kind, request));
    await until('the jobs to be completed', async () => (await rows.countUnfinished()) === 0, 5);
  };
}

/** So many at a time as clients would. */
async function manyTimes(work: () => Promise<unknown>): Promise<void> {
  let left = JOBS_A_ROUND;
  const client = async (): Promise<void> => {
    while (left-- > 0) await work();
  };
  await Promise.all(Array.from({ length: CONCURRENCY }, client));
}

/** Start, memory, single predictions and many of one moment, of the processes that a profile has. */
async function predictions(profile: Profile, { variables }: Place): Promise<BenchFigure[]> {
  const ports = { PORT: String(await freePort()), WORKER_PORT: String(await freePort()) };
  const env = { ...process.env, ...IMAGE_SETTINGS, ...variables, ...ports, LOG_LEVEL: 'warn' };
  const api = `http://127.0.0.1:${ports.PORT}/api/v1`;
  const start = (app: string): ChildProcess =>
    spawn(process.execPath, [projectPath('dist', 'apps', app, 'main.js')], {
      env,
      stdio: ['ignore', 'ignore', 'inherit'],
    });
  const begin = (): ChildProcess[] => {
    if (profile === 'embedded') return [start('standalone')];
    return [start('worker'), start('api')];
  };
  if (profile === 'Redis') {
    const made = spawn(process.execPath, [projectPath('dist', 'apps', 'cli', 'main.js'), 'db:init'], {
      env,
      stdio: 'ignore',
    });
    await once(made, 'exit');
  }
  const figure = (name: string, value: number, unit: string): BenchFigure => ({
    bench: 'jobs',
    figure: `${name}, ${profile}`,
    value,
    unit,
  });
  let processes = begin();
  try {
    await until('the product to have its history', () => hasHistory(api));
    await stopAll(processes);
    const started = performance.now();
    processes = begin();
    await until('the product to be ready', () => isReady(api), 20);
    const readyMs = performance.now() - started;
    const readyMb = await residentMegabytes(processes);
    await predict(api, {});
    const firstMs = performance.now() - started;
    const singles: number[] = [];
    const [newest] = await moments(api, 1);
    for (let i = 0; i < SINGLE_PREDICTIONS; i++) {
      const at = new Date(newest - (i + 1) * 180_000).toISOString();
      singles.push(await millisecondsOf(() => predict(api, { at })));
    }
    const at = new Date(newest).toISOString();
    const manyMs = await millisecondsOf(() => manyPredictions(api, at));
    return [
      figure('second start to ready', readyMs, 'ms'),
      figure('second start to a completed prediction', firstMs, 'ms'),
      figure('memory at ready', readyMb, 'MB'),
      figure('one prediction, request to result, median', median(singles), 'ms'),
      figure('200 predictions of one moment', (PREDICTIONS / manyMs) * 1_000, '1/s'),
      figure('memory after them', await residentMegabytes(processes), 'MB'),
    ];
  } finally {
    await stopAll(processes);
  }
}

async function manyPredictions(api: string, at: string): Promise<void> {
  let left = PREDICTIONS;
  const units = ['REACTOR', 'SEPARATOR', 'STRIPPER'];
  const client = async (): Promise<void> => {
    while (left-- > 0) await submit(api, { eq_id: units[left % units.length] ?? 'REACTOR', at });
  };
  await Promise.all(Array.from({ length: CONCURRENCY }, client));
  await until('the predictions to be completed', async () => (await unfinished(api)) === 0, 10);
}

async function unfinished(api: string): Promise<number> {
  const counts = await Promise.all(
    ['queued', 'active'].map(async (status) => {
      const answer = await fetch(`${api}/predictions?limit=1&total=true&status=${status}`);
      return ((await answer.json()) as { total: number }).total;
    }),
  );
  return counts.reduce((sum, count) => sum + count, 0);
}

async function submit(api: string, request: object): Promise<string> {
  const answer = await fetch(`${api}/predictions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ eq_id: 'REACTOR', ...request }),
  });
  if (answer.status !== 202)
    throw new Error(`a prediction was answered ${answer.status}: ${await answer.text()}`);
  return ((await answer.json()) as { job_id: string }).job_id;
}

async function predict(api: string, request: object): Promise<void> {
  const job = `${api}/predictions/${await submit(api, request)}`;
  await until(
    'a prediction to be completed',
    async () => {
      const { status } = (await (await fetch(job)).json()) as { status: string };
      if (status === 'failed') throw new Error('a prediction failed');
      return status === 'completed';
    },
    5,
  );
}

/** Of the newest predictions, the moments predicted from. */
async function moments(api: string, limit: number): Promise<number[]> {
  const answer = await fetch(`${api}/predictions?limit=${limit}`);
  return ((await answer.json()) as { items: { at: string }[] }).items.map(({ at }) => Date.parse(at));
}

async function hasHistory(api: string): Promise<boolean> {
  try {
    const answer = await fetch(`${api}/plant`);
    return answer.ok && ((await answer.json()) as { samples_written: number }).samples_written >= 480 * 53;
  } catch {
    return false;
  }
}

async function isReady(api: string): Promise<boolean> {
  return fetch(`${api}/health/ready`).then(
    ({ ok }) => ok,
    () => false,
  );
}

/** Of the largest of them. */
async function residentMegabytes(processes: readonly ChildProcess[]): Promise<number> {
  const sizes = processes.map(async ({ pid }) => {
    const status = await readFile(`/proc/${pid}/status`, 'utf8');
    return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]) / 1_024;
  });
  return Math.max(...(await Promise.all(sizes)));
}

async function stopAll(processes: readonly ChildProcess[]): Promise<void> {
  await Promise.all(
    processes.map(async (each) => {
      if (each.exitCode !== null) return;
      each.kill('SIGTERM');
      await once(each, 'exit');
    }),
  );
}

async function millisecondsOf(work: () => Promise<void>): Promise<number> {
  const started = performance.now();
  await work();
  return performance.now() - started;
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];
}

async function until(what: string, probe: () => Promise<boolean>, everyMs = 500): Promise<void> {
  const deadline = Date.now() + WAIT_MS;
  while (!(await probe())) {
    if (Date.now() > deadline) throw new Error(`waited ${WAIT_MS} ms in vain for ${what}`);
    await pause(everyMs);
  }
}

function deferred(): { promise: Promise<void>; resolve: () => void } {
  let resolve: () => void = () => undefined;
  const promise = new Promise<void>((settle) => (resolve = settle));
  return { promise, resolve };
}
