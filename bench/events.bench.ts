import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { type ClientRequest, request } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import libsql from 'libsql';
import { createConnection } from 'mysql2/promise';
import { createApiKey, projectPath } from '#platform';
import { lastingResources } from '../test/harness/lasting-resources.js';
import { ProductProcess } from '../test/harness/product-process.js';
import type { Profile } from '../test/harness/profile-resources.js';
import type { BenchFigure } from './bench-figure.js';

const SUBSCRIBERS = 500;
/** Plant time of 40 min: 13 to 14 records of 53 tags for each reader. */
const MEASURED_MS = 40_000;
const SETTLED_MS = 8_000;
const READY_TIMEOUT_MS = 120_000;
const OPENED_TIMEOUT_MS = 60_000;
/** A process that is asked for hundreds of streams at once may refuse some (503). */
const MOST_ATTEMPTS = 30;
const SPEED = 60;
/** `utime` and `stime` of /proc are counted in these, on every Linux that Node runs on. */
const TICKS_PER_SECOND = 100;

interface Cost {
  /** Processor time over time. */
  cores: number;
  megabytes: number;
}

/** The processes of a product: those that the readers ask, and those beside them. */
interface Product {
  asked: ProductProcess[];
  others: ProductProcess[];
}

/** What was written when. */
interface Write {
  to_ts: number;
  written_at: number;
}

/**
 * What 500 readers of the newest samples cost the product that runs its plant at 60 times real time with keys on, beside the same
 * product without readers, and how long a sample takes from being written to them: of the standalone process, and of
 * two API processes beside a worker that keeps the plant. Four minutes; each figure comes as soon as it is known.
 */
export async function* run(): AsyncGenerator<BenchFigure> {
  for (const profile of ['embedded', 'server'] as const)
    for await (const figure of runOn(profile)) yield { ...figure, figure: `${profile}_${figure.figure}` };
}

async function* runOn(profile: Profile): AsyncGenerator<BenchFigure> {
  const does = (what: string): boolean => process.stderr.write(`${profile}: ${what}\n`);
  const resources = await lastingResources(profile);
  const key = createApiKey('bench', 'viewer');
  const variables: Record<string, string> = {
    ...resources.variables,
    API_KEYS: key.entry,
    PLANT_SPEED: String(SPEED),
  };
  const headers = { 'X-API-Key': key.secret };
  does('the product starts');
  const product = await start(profile, variables).catch(async (error: unknown) => {
    await resources.drop();
    throw error;
  });
  const { asked, others } = product;
  const subscribers: Subscriber[] = [];
  try {
    await runs(`${asked[0].url}/api/v1/plant`, headers);
    does(`${SETTLED_MS / 1_000} s to settle, ${MEASURED_MS / 1_000} s without readers`);
    await pause(SETTLED_MS);
    const without = await costOf(asked);
    yield figureOf('processor_without_readers', without.cores, 'cores');
    yield figureOf('memory_without_readers', without.megabytes, 'MB');
    does(`${SUBSCRIBERS} readers come`);
    for (let i = 0; i < SUBSCRIBERS; i++)
      subscribers.push(new Subscriber(asked[i % asked.length].url, headers));
    await within(
      OPENED_TIMEOUT_MS,
      'all streams to open',
      Promise.all(subscribers.map((each) => each.opened)),
    );
    does(`${SETTLED_MS / 1_000} s to settle, ${MEASURED_MS / 1_000} s with them`);
    await pause(SETTLED_MS);
    const began = Date.now();
    const withThem = await costOf(asked);
    const cut = subscribers.filter(({ isOpen }) => !isOpen).length;
    if (cut > 0) throw new Error(`${cut} of ${SUBSCRIBERS} streams ended while they were measured`);
    const written = await writtenSince(variables.DATABASE_URL, began);
    const delays = subscribers.flatMap(({ received }) => delaysOf(received, written));
    yield figureOf('processor_of_500_readers', withThem.cores - without.cores, 'cores', without.cores);
    yield figureOf('memory_of_500_readers', withThem.megabytes - without.megabytes, 'MB', without.megabytes);
    yield figureOf('written_to_received_p50', quantile(delays, 0.5), 'ms');
    yield figureOf('written_to_received_p95', quantile(delays, 0.95), 'ms');
    yield figureOf('samples_received', delays.length, 'events');
  } finally {
    for (const each of subscribers) each.close();
    await Promise.all([...asked, ...others].map((each) => each.stop()));
    await resources.drop();
  }
}

/** @throws Error when it takes longer */
async function within<T>(timeoutMs: number, what: string, work: Promise<T>): Promise<T> {
  const giveUp = new AbortController();
  const late = pause(timeoutMs, undefined, { signal: giveUp.signal }).then(() => {
    throw new Error(`waited ${timeoutMs} ms in vain for ${what}`);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    giveUp.abort();
    late.catch(() => undefined);
  }
}

async function start(profile: Profile, variables: Record<string, string>): Promise<Product> {
  if (profile === 'embedded')
    return { asked: [await ProductProcess.start('standalone', variables)], others: [] };
  await promisify(execFile)(process.execPath, [projectPath('dist', 'apps', 'cli', 'main.js'), 'db:init'], {
    env: { ...process.env, ...variables },
  });
  return {
    others: [await ProductProcess.start('worker', variables)],
    asked: [await ProductProcess.start('api', variables), await ProductProcess.start('api', variables)],
  };
}

/** Notes when it first hears of every plant time. */
class Subscriber {
  readonly received = new Map<number, number>();
  readonly opened: Promise<void>;
  isOpen = false;
  private call: ClientRequest | undefined;
  private text = '';

  constructor(
    private readonly url: string,
    private readonly headers: Record<string, string>,
  ) {
    this.opened = this.open();
  }

  /** Reconnects, as browsers do, when the server asks for it. */
  private async open(): Promise<void> {
    for (let attempt = 1; !(await this.isTaken()); attempt++) {
      if (attempt === MOST_ATTEMPTS) throw new Error(`a stream was refused ${MOST_ATTEMPTS} times`);
      await pause(1_000);
    }
  }

  private isTaken(): Promise<boolean> {
    return new Promise((resolve, reject) => {
      const call = request(`${this.url}/api/v1/events?types=samples`, {
        headers: this.headers,
        agent: false,
      });
      this.call = call;
      call.once('error', reject);
      call.once('response', (answer) => {
        call.off('error', reject).on('error', () => undefined);
        if (answer.statusCode === 200) {
          answer.setEncoding('utf8').on('data', (chunk: string) => this.take(chunk));
          this.isOpen = true;
          answer.on('error', () => undefined).on('close', () => (this.isOpen = false));
        } else answer.resume();
        resolve(answer.statusCode === 200);
      });
      call.end();
    });
  }

  close(): void {
    this.call?.destroy();
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
async function writtenSince(databaseUrl: string, since: number): Promise<Map<number, number>> {
  const sql = 'SELECT to_ts, written_at FROM ingest_log WHERE written_at > ?';
  const rows = databaseUrl.startsWith('sqlite:')
    ? writtenInFile(databaseUrl.slice('sqlite:'.length), sql, since)
    : await writtenOnServer(databaseUrl, sql, since);
  return new Map(rows.map(({ to_ts, written_at }) => [Number(to_ts), Number(written_at)]));
}

function writtenInFile(file: string, sql: string, since: number): Write[] {
  const database = new libsql(file);
  const rows = database.prepare(sql).all(since) as Write[];
  database.close();
  return rows;
}

async function writtenOnServer(uri: string, sql: string, since: number): Promise<Write[]> {
  const connection = await createConnection({ uri });
  const [rows] = await connection.query(sql, [since]);
  await connection.end();
  return rows as Write[];
}

function delaysOf(received: ReadonlyMap<number, number>, written: ReadonlyMap<number, number>): number[] {
  return [...received].flatMap(([ts, at]) => {
    const from = written.get(ts);
    return from === undefined ? [] : [at - from];
  });
}

/** Of some processes together. */
async function costOf(processes: readonly ProductProcess[]): Promise<Cost> {
  const pids = processes.map(({ pid }) => pid ?? 0);
  const before = await sumOf(pids, processorSeconds);
  const started = performance.now();
  const resident: number[] = [];
  while (performance.now() - started < MEASURED_MS) {
    await pause(1_000);
    resident.push(await sumOf(pids, residentMegabytes));
  }
  const seconds = (performance.now() - started) / 1_000;
  return {
    cores: ((await sumOf(pids, processorSeconds)) - before) / seconds,
    megabytes: quantile(resident, 0.5),
  };
}

async function sumOf(pids: readonly number[], read: (pid: number) => Promise<number>): Promise<number> {
  return (await Promise.all(pids.map(read))).reduce((sum, each) => sum + each, 0);
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
