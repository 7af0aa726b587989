import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { projectPath } from '#platform';
import { freePort } from '../test/harness/product-process.js';
import type { BenchFigure } from './bench-figure.js';

const PREDICTIONS = 20;
const REPORTS = 5;
const IDLE_PROBES = 300;
const PROBE_PAUSE_MS = 10;
const READY_TIMEOUT_MS = 120_000;
const JOBS_TIMEOUT_MS = 180_000;

/**
 * How long `GET /health/live` takes on the standalone product while it works on 20 predictions and 5 reports; the
 * rival is the same product doing nothing but running its plant.
 */
export async function run(): Promise<BenchFigure[]> {
  const folder = await mkdtemp(join(tmpdir(), 'tep-latency-'));
  const port = await freePort();
  const product = spawn(process.execPath, [projectPath('dist', 'apps', 'standalone', 'main.js')], {
    env: {
      ...process.env,
      PORT: String(port),
      DATABASE_URL: `sqlite:${folder}/tep.sqlite`,
      QUEUE_URL: `pglite:${folder}/queue`,
      LOG_LEVEL: 'warn',
    },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  try {
    const api = `http://127.0.0.1:${port}/api/v1`;
    await until('the product to have its history', READY_TIMEOUT_MS, () => hasHistory(api));
    const idle = await probeTimes(api, IDLE_PROBES);
    const jobs = await submitAll(api);
    let done = false;
    const finished = until('the jobs to be finished', JOBS_TIMEOUT_MS, () => allCompleted(jobs)).finally(
      () => (done = true),
    );
    const busy = await probeTimes(api, Infinity, () => done);
    await finished;
    return ['p50', 'p99', 'max'].map((figure) => figureOf(figure, busy, idle));
  } finally {
    product.kill('SIGTERM');
    await once(product, 'exit');
    await rm(folder, { recursive: true, force: true });
  }
}

function figureOf(figure: string, busy: number[], idle: number[]): BenchFigure {
  const share = figure === 'p50' ? 0.5 : figure === 'p99' ? 0.99 : 1;
  const value = quantile(busy, share);
  const rivalValue = quantile(idle, share);
  return {
    bench: 'latency',
    figure: `health_live_${figure}_under_load`,
    value,
    unit: 'ms',
    rival: 'idle product',
    rival_value: rivalValue,
    ratio: value / rivalValue,
  };
}

async function hasHistory(api: string): Promise<boolean> {
  try {
    const answer = await fetch(`${api}/plant`);
    return answer.ok && ((await answer.json()) as { samples_written: number }).samples_written >= 480 * 53;
  } catch {
    return false;
  }
}

async function submitAll(api: string): Promise<string[]> {
  const submit = async (path: string, body: object): Promise<string> => {
    const answer = await fetch(`${api}/${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    if (answer.status !== 202)
      throw new Error(`POST ${path} answered ${answer.status}: ${await answer.text()}`);
    return `${api}/${path}/${((await answer.json()) as { job_id: string }).job_id}`;
  };
  const predictions = Array.from({ length: PREDICTIONS }, () => submit('predictions', { eq_id: 'REACTOR' }));
  const reports = Array.from({ length: REPORTS }, () => submit('reports', { type: 'daily' }));
  return Promise.all([...predictions, ...reports]);
}

async function allCompleted(jobs: string[]): Promise<boolean> {
  const states = await Promise.all(
    jobs.map(async (job) => ((await (await fetch(job)).json()) as { status: string }).status),
  );
  if (states.includes('failed')) throw new Error('a job failed');
  return states.every((state) => state === 'completed');
}

/** Milliseconds of one request after the other, at most `count`, until `stop` says so. */
async function probeTimes(api: string, count: number, stop: () => boolean = () => false): Promise<number[]> {
  const times: number[] = [];
  while (times.length < count && !stop()) {
    const started = performance.now();
    await (await fetch(`${api}/health/live`)).arrayBuffer();
    times.push(performance.now() - started);
    await pause(PROBE_PAUSE_MS);
  }
  return times;
}

function quantile(values: number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)];
}

async function until(what: string, timeoutMs: number, probe: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + timeoutMs;
  while (!(await probe())) {
    if (Date.now() > deadline) throw new Error(`waited ${timeoutMs} ms in vain for ${what}`);
    await pause(500);
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
