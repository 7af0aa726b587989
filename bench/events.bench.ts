import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { type ClientRequest, request } from 'node:http';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import libsql from 'libsql';
import { createApiKey, projectPath } from '#platform';
import type { BenchFigure } from './bench-figure.js';

const SUBSCRIBERS = 500;
const MEASURED_MS = 60_000;
const SETTLED_MS = 10_000;
const READY_TIMEOUT_MS = 300_000;
const SPEED = 60;
/** `utime` and `stime` of /proc are counted in these, on every Linux that Node runs on. */
const TICKS_PER_SECOND = 100;

interface Cost {
  /** Processor time over time. */
  cores: number;
  megabytes: number;
}

/**
 * What 500 readers of the newest samples cost the standalone product that runs its plant at 60 times real time with keys on,
 * beside the same product without readers, and how long a sample takes from being written to them.
 */
export async function run(): Promise<BenchFigure[]> {
  const folder = await mkdtemp(join(tmpdir(), 'tep-events-'));
  const key = createApiKey('bench', 'viewer');
  const port = await freePort();
  const product = spawn(process.execPath, [projectPath('dist', 'apps', 'standalone', 'main.js')], {
    env: {
      ...process.env,
      PORT: String(port),
      DATABASE_URL: `sqlite:${folder}/tep.sqlite`,
      QUEUE_URL: `pglite:${folder}/queue`,
      API_KEYS: key.entry,
      PLANT_SPEED: String(SPEED),
      LOG_LEVEL: 'warn',
    },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const headers = { 'X-API-Key': key.secret };
  try {
    await runs(`http://127.0.0.1:${port}/api/v1/plant`, headers);
    await pause(SETTLED_MS);
    const without = await costOf(product.pid ?? 0);
    const subscribers = Array.from({ length: SUBSCRIBERS }, () => new Subscriber(port, headers));
    await Promise.all(subscribers.map((each) => each.opened));
    await pause(SETTLED_MS);
    const began = Date.now();
    const withThem = await costOf(product.pid ?? 0);
    const delays = subscribers.flatMap(({ received }) => delaysOf(received, writtenAt(folder, began)));
    for (const each of subscribers) each.close();
    return [
      figureOf('processor_of_500_readers', withThem.cores - without.cores, 'cores', without.cores),
      figureOf('memory_of_500_readers', withThem.megabytes - without.megabytes, 'MB', without.megabytes),
      figureOf('written_to_received_p95', quantile(delays, 0.95), 'ms'),
      figureOf('samples_received', delays.length, 'events'),
    ];
  } finally {
    product.kill('SIGTERM');
    await once(product, 'exit');
    await rm(folder, { recursive: true, force: true });
  }
}

/** Notes when it first hears of every plant time. */
class Subscriber {
  readonly received = new Map<number, number>();
  readonly opened: Promise<void>;
  private readonly call: ClientRequest;
  private text = '';

  constructor(port: number, headers: Record<string, string>) {
    this.call = request({
      port,
      host: '127.0.0.1',
      path: '/api/v1/events?types=samples',
      headers,
      agent: false,
    });
    this.call.on('error', () => undefined).end();
    this.opened = new Promise((resolve, reject) => {
      this.call.once('response', (answer) => {
        if (answer.statusCode !== 200) reject(new Error(`a stream was answered ${answer.statusCode}`));
        answer.setEncoding('utf8').on('data', (chunk: string) => this.take(chunk));
        answer.on('error', () => undefined);
        resolve();
      });
    });
  }

  close(): void {
    this.call.destroy();
  }

  private take(chunk: string): void {
    const now = Date.now();
    const blocks = (this.text + chunk).split('\n\n');
    this.text = blocks.pop() ?? '';
    for (const block of blocks) {
      const ts = /"ts":"([^"]+)"/.exec(block)?.[1];
      if (ts === undefined) continue;
      const at = Date.parse(ts);
      if (!this.received.has(at)) this.received.set(at, now);
    }
  }
}

/** When the newest sample of each transaction was written, wall time, by its plant time. */
function writtenAt(folder: string, since: number): Map<number, number> {
  const database = new libsql(join(folder, 'tep.sqlite'));
  const rows = database
    .prepare('SELECT to_ts, written_at FROM ingest_log WHERE written_at > ?')
    .all(since) as { to_ts: number; written_at: number }[];
  database.close();
  return new Map(rows.map(({ to_ts, written_at }) => [to_ts, written_at]));
}

function delaysOf(received: ReadonlyMap<number, number>, written: ReadonlyMap<number, number>): number[] {
  return [...received].flatMap(([ts, at]) => {
    const from = written.get(ts);
    return from === undefined ? [] : [at - from];
  });
}

async function costOf(pid: number): Promise<Cost> {
  const before = await processorSeconds(pid);
  const started = performance.now();
  const resident: number[] = [];
  while (performance.now() - started < MEASURED_MS) {
    await pause(1_000);
    resident.push(await residentMegabytes(pid));
  }
  const seconds = (performance.now() - started) / 1_000;
  return { cores: ((await processorSeconds(pid)) - before) / seconds, megabytes: quantile(resident, 0.5) };
}

async function processorSeconds(pid: number): Promise<number> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
  const [utime, stime] = stat
    .slice(stat.lastIndexOf(')') + 2)
    .split(' ')
    .slice(11, 13)
    .map(Number);
  return (utime + stime) / TICKS_PER_SECOND;
}

async function residentMegabytes(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]) / 1_024;
}

async function runs(plant: string, headers: Record<string, string>): Promise<void> {
  const deadline = Date.now() + READY_TIMEOUT_MS;
  for (;;) {
    const answer = await fetch(plant, { headers }).catch(() => undefined);
    if (answer?.ok && ((await answer.json()) as { state: string }).state === 'running') return;
    if (Date.now() > deadline) throw new Error(`waited ${READY_TIMEOUT_MS} ms in vain for the plant to run`);
    await pause(500);
  }
}

function figureOf(figure: string, value: number, unit: string, rivalValue?: number): BenchFigure {
  const rival =
    rivalValue === undefined ? {} : { rival: 'all of it without readers', rival_value: rivalValue };
  return { bench: 'events', figure, value, unit, ...rival };
}

function quantile(values: number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)];
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
