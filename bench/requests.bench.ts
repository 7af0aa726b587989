import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { projectPath } from '#platform';
import { freePort } from '../test/harness/product-process.js';
import type { BenchFigure } from './bench-figure.js';
import { load, type LoadFigures, type LoadSettings } from './keep-alive-load.js';

const READY_TIMEOUT_MS = 300_000;
/** Short rounds, product and rival in turn: what else the machine does meets both alike. */
const ROUND_MS = 400;
const ROUNDS = 5;
const CONNECTIONS = [50, 200];
const ROUND_ANSWERS = 1_000;

/** What a dashboard polls. `at` stands for times that the product knows once it runs. */
const POLLED: Record<string, (newest: string, dayBefore: string) => string> = {
  health_live: () => '/health/live',
  health: () => '/health',
  kpi: () => '/kpi',
  equipment_status: () => '/equipment/REACTOR/status',
  plant: () => '/plant',
  equipment: () => '/equipment',
  tags: () => '/tags',
  tags_latest: () => '/tags?latest=true',
  anomalies: () => '/anomalies',
  sensors: () => '/equipment/REACTOR/sensors',
  unit_health: () => '/equipment/REACTOR/health',
  plant_health: () => '/health/equipment',
  timeseries: (newest, dayBefore) => `/timeseries?tags=XMEAS_07&from=${dayBefore}&to=${newest}&points=100`,
  predictions: () => '/predictions',
};

interface Server {
  process: ChildProcess;
  port: number;
}

/**
 * How many answers a second the standalone product, which runs its plant meanwhile, gives to what a dashboard polls, and the
 * 99th percentile of their times, beside bare Nest on Express answering the same bytes from memory. Ratios are the medians of
 * those of the rounds, for the 99th percentile, which single pauses decide, that of both medians; above 1 the product is better.
 */
export async function* run(): AsyncGenerator<BenchFigure> {
  const folder = await mkdtemp(join(tmpdir(), 'tep-requests-'));
  const servers: Server[] = [];
  try {
    const product = await startProduct(folder);
    servers.push(product);
    const paths = await pathsOf(product);
    const job = await finishedPrediction(product);
    paths.set('finished_job', `/api/v1/predictions/${job}`);
    const rival = await startRival(folder, product, paths.values());
    servers.push(rival);
    yield* await jobFigures(product, `/api/v1/predictions/${job}`);
    for (const [name, path] of paths)
      for (const connections of CONNECTIONS) yield* await comparison(name, path, connections, product, rival);
  } finally {
    for (const { process: child } of servers) {
      child.kill('SIGTERM');
      await once(child, 'exit');
    }
    await rm(folder, { recursive: true, force: true });
  }
}

/** Rounds of one path with so many connections. */
async function comparison(
  name: string,
  path: string,
  connections: number,
  product: Server,
  rival: Server,
): Promise<BenchFigure[]> {
  const rounds: { product: Measured; rival: Measured }[] = [];
  const settings = { connections, milliseconds: ROUND_MS, answers: ROUND_ANSWERS };
  for (const server of [product, rival]) await load(server.port, path, settings);
  for (let i = 0; i < ROUNDS; i++) {
    const [first, second] = i % 2 === 0 ? [product, rival] : [rival, product];
    const one = await measured(first, path, settings);
    const other = await measured(second, path, settings);
    rounds.push(i % 2 === 0 ? { product: one, rival: other } : { product: other, rival: one });
  }
  const figureOf = (figure: string, unit: string, of: (measured: Measured) => number): BenchFigure => {
    const better = unit === '1/s' ? 1 : -1;
    const value = median(rounds.map((round) => of(round.product)));
    const rivalValue = median(rounds.map((round) => of(round.rival)));
    const ofRounds = median(rounds.map((round) => (of(round.product) / of(round.rival)) ** better));
    return {
      bench: 'requests',
      figure: `${name}_${figure}_of_${connections}`,
      value: rounded(value),
      unit,
      rival: 'bare Nest on Express, the same bytes from memory',
      rival_value: rounded(rivalValue),
      ratio: rounded(figure === 'p99' ? rivalValue / value : ofRounds),
    };
  };
  return [
    figureOf('answers', '1/s', ({ perSecond }) => perSecond),
    figureOf('p99', 'ms', ({ latencies }) => quantile(latencies, 0.99)),
    figureOf('processor', 'ms', ({ processorMs }) => processorMs),
  ];
}

type Measured = LoadFigures & {
  /** Processor time of the server's main thread for one answer, what else it does meanwhile included. */
  processorMs: number;
};

async function measured(
  { process: child, port }: Server,
  path: string,
  settings: LoadSettings,
): Promise<Measured> {
  const before = await processorMsOf(child);
  const figures = await load(port, path, settings);
  return { ...figures, processorMs: ((await processorMsOf(child)) - before) / figures.latencies.length };
}

/** What a poll of a finished prediction costs one client that asks alone: whole, unchanged, and only what it needs. */
async function jobFigures({ port }: Server, path: string): Promise<BenchFigure[]> {
  const etag = (await fetch(`http://127.0.0.1:${port}${path}`)).headers.get('etag') ?? '';
  const polls: [string, string, Partial<LoadSettings>][] = [
    ['whole', path, {}],
    ['unchanged', path, { headers: [`If-None-Match: ${etag}`], status: 304 }],
    ['fields', `${path}?fields=status,progress`, {}],
  ];
  const figures: BenchFigure[] = [];
  for (const [name, polled, settings] of polls) {
    const { latencies, answerBytes } = await load(port, polled, {
      connections: 1,
      milliseconds: ROUNDS * ROUND_MS,
      ...settings,
    });
    const one = { bench: 'requests', figure: `poll_of_a_finished_job_${name}` };
    figures.push(
      { ...one, figure: `${one.figure}_p50`, value: rounded(quantile(latencies, 0.5)), unit: 'ms' },
      { ...one, figure: `${one.figure}_size`, value: answerBytes, unit: 'bytes' },
    );
  }
  return figures;
}

async function startProduct(folder: string): Promise<Server> {
  const port = await freePort();
  const child = spawn(
    process.execPath,
    [...process.execArgv, projectPath('dist', 'apps', 'standalone', 'main.js')],
    {
      env: {
        DATABASE_URL: `sqlite:${folder}/tep.sqlite`,
        QUEUE_URL: `pglite:${folder}/queue`,
        ...process.env,
        PORT: String(port),
        LOG_LEVEL: 'warn',
      },
      stdio: ['ignore', 'ignore', 'inherit'],
    },
  );
  await until('the product to have its history', () => hasHistory(port));
  return { process: child, port };
}

/** The rival answers what the product answers now. */
async function startRival(folder: string, product: Server, paths: Iterable<string>): Promise<Server> {
  const answers: [string, string][] = [];
  for (const path of paths)
    answers.push([path, await (await fetch(`http://127.0.0.1:${product.port}${path}`)).text()]);
  const file = join(folder, 'answers.json');
  await writeFile(file, JSON.stringify(answers));
  const child = spawn(process.execPath, [projectPath('dist', 'bench', 'rivals', 'plain-nest.js'), file], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [port] = (await once(child.stdout, 'data')) as [Buffer];
  return { process: child, port: Number(port.toString()) };
}

async function pathsOf({ port }: Server): Promise<Map<string, string>> {
  const plant = (await (await fetch(`http://127.0.0.1:${port}/api/v1/plant`)).json()) as {
    last_sample_at: string;
  };
  const dayBefore = new Date(Date.parse(plant.last_sample_at) - 86_400_000).toISOString();
  return new Map(
    Object.entries(POLLED).map(([name, path]) => [name, `/api/v1${path(plant.last_sample_at, dayBefore)}`]),
  );
}

async function finishedPrediction({ port }: Server): Promise<string> {
  const jobs = `http://127.0.0.1:${port}/api/v1/predictions`;
  const asked = await fetch(jobs, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ eq_id: 'REACTOR' }),
  });
  if (asked.status !== 202) throw new Error(`a prediction was refused: ${await asked.text()}`);
  const { job_id: jobId } = (await asked.json()) as { job_id: string };
  await until('the prediction', async () => {
    const { status } = (await (await fetch(`${jobs}/${jobId}`)).json()) as { status: string };
    if (status === 'failed') throw new Error('the prediction failed');
    return status === 'completed';
  });
  return jobId;
}

async function hasHistory(port: number): Promise<boolean> {
  try {
    const answer = await fetch(`http://127.0.0.1:${port}/api/v1/plant`);
    return answer.ok && ((await answer.json()) as { samples_written: number }).samples_written >= 480 * 53;
  } catch {
    return false;
  }
}

async function until(what: string, probe: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + READY_TIMEOUT_MS;
  while (!(await probe())) {
    if (Date.now() > deadline) throw new Error(`waited ${READY_TIMEOUT_MS} ms in vain for ${what}`);
    await pause(500);
  }
}

/** Processor time of its main thread, which answers; the clock of /proc/PID/stat is too coarse for a round. */
async function processorMsOf({ pid = 0 }: ChildProcess): Promise<number> {
  const [nanoseconds] = (await readFile(`/proc/${pid}/task/${pid}/schedstat`, 'utf8')).split(' ');
  return Number(nanoseconds) / 1e6;
}

function quantile(ascending: Float64Array, share: number): number {
  return ascending[Math.min(ascending.length - 1, Math.ceil(share * ascending.length) - 1)];
}

function median(values: number[]): number {
  const sorted = values.sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)];
}

function rounded(value: number): number {
  return Number(value.toPrecision(4));
}
