import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { createConnection } from 'mysql2/promise';
import { projectPath } from '#platform';
import {
  availableProfiles,
  ContractClient,
  ProductProcess,
  type ProfileResources,
  profileResources,
  waitFor,
} from './harness/index.js';

interface Job {
  job_id: string;
  status: string;
  finished_at: string | null;
}

interface Plant {
  first_sample_at: string;
  last_sample_at: string;
  samples_written: number;
  holder: { process_id: string } | null;
}

const SAMPLING_INTERVAL_MS = 180_000;
/** `concurrency` of the report queue. */
const REPORTS_AT_ONCE = 2;
const describeServer = availableProfiles().includes('server') ? describe : describe.skip;

describeServer('API and workers as processes of their own, on MySQL and Redis', () => {
  let resources: ProfileResources;
  let api: ProductProcess;
  let workers: ProductProcess[];
  let client: ContractClient;

  beforeAll(async () => {
    resources = await profileResources('server');
    const { status, stderr } = spawnSync(
      process.execPath,
      [projectPath('dist', 'apps', 'cli', 'main.js'), 'db:init'],
      {
        env: { ...process.env, ...resources.variables, NODE_OPTIONS: '' },
        encoding: 'utf8',
      },
    );
    if (status !== 0) throw new Error(`db:init failed: ${stderr}`);
    api = await ProductProcess.start('api', resources.variables);
    workers = await Promise.all([
      ProductProcess.start('worker', resources.variables),
      ProductProcess.start('worker', resources.variables),
    ]);
    client = await ContractClient.connect(api.url);
    await waitFor('the plant to run', async () => (await plant()).samples_written >= 480 * 53, {
      timeoutMs: 90_000,
    });
  }, 240_000);

  afterAll(async () => {
    await Promise.all([api.stop(), ...workers.map((worker) => worker.stop())]);
    await resources.drop();
  });

  async function plant(): Promise<Plant> {
    return (await client.get<Plant>('/api/v1/plant')).body;
  }

  /** Every scored sample leaves a health score, in the transaction of the scorer. */
  function scoresSince(from: string, to: string, timeoutMs: number): Promise<{ ts: string }[]> {
    const path = `/api/v1/equipment/REACTOR/health?from=${from}`;
    return waitFor(
      `the scorer to reach ${to}`,
      async () => {
        const { history } = (await client.get<{ history: { ts: string }[] }>(path)).body;
        return Date.parse(history.at(-1)?.ts ?? '') >= Date.parse(to) ? history : undefined;
      },
      { timeoutMs },
    );
  }

  async function query<Row>(sql: string): Promise<Row[]> {
    const connection = await createConnection({ uri: resources.variables.DATABASE_URL });
    try {
      return (await connection.query(sql))[0] as Row[];
    } finally {
      await connection.end();
    }
  }

  it('says that all parts are well', async () => {
    const health = await waitFor('two workers and all parts well', async () => {
      const { body } = await client.get<{ status: string; checks: { workers: { alive: number } } }>(
        '/api/v1/health',
      );
      return body.status === 'up' && body.checks.workers.alive === 2 ? body : undefined;
    });
    expect(Object.keys(health.checks).sort()).toEqual(
      expect.arrayContaining(['database', 'models', 'plant', 'queue', 'workers']),
    );
  });

  it('shows on the queue board that every queue is worked on', async () => {
    const board = await fetch(`${api.url}/admin/queues/api/queues`);
    const { queues } = (await board.json()) as { queues: { name: string; hasWorkers: boolean | null }[] };
    expect(queues.map(({ name, hasWorkers }) => [name, hasWorkers]).sort()).toEqual([
      ['prediction', true],
      ['report', true],
      ['training', true],
    ]);
  });

  it('finishes every job once, though a worker is killed in the middle', async () => {
    const [victim, survivor] = workers;
    const ask = async (path: string, body: object): Promise<string> =>
      `${path}/${(await client.post<Job>(path, body)).body.job_id}`;
    const [reports, predictions] = await Promise.all(
      [
        ['/api/v1/reports', { type: 'daily' }] as const,
        ['/api/v1/predictions', { eq_id: 'REACTOR' }] as const,
      ].map(([path, body]) => Promise.all(Array.from({ length: 6 }, () => ask(path, body)))),
    );
    const jobsOf = (paths: string[]): Promise<Job[]> =>
      Promise.all(paths.map(async (path) => (await client.get<Job>(path)).body));
    // More than one worker takes at once: the victim is in the middle of one, whoever has the others.
    await waitFor(
      'more reports under way than one worker prints',
      async () =>
        (await jobsOf(reports)).filter(({ status }) => status === 'active').length > REPORTS_AT_ONCE,
      { intervalMs: 10 },
    );
    await victim.kill();
    workers = [survivor];
    const jobs = await waitFor(
      'all jobs to be finished',
      async () => {
        const now = await jobsOf([...reports, ...predictions]);
        return now.every(({ finished_at }) => finished_at !== null) ? now : undefined;
      },
      { timeoutMs: 120_000, intervalMs: 500 },
    );
    expect(jobs.map(({ status }) => status)).toEqual(jobs.map(() => 'completed'));
    expect(survivor.log).toContain('job lost its worker');
    const files = await query<{ id: number }>('SELECT id FROM report_file');
    expect(files).toHaveLength(reports.length);
  });

  it('keeps plant and scoring running without a gap when their process is gone, within 30 s', async () => {
    const before = await plant();
    await scoresSince(before.first_sample_at, before.last_sample_at, 60_000);
    const replacement = await ProductProcess.start('worker', resources.variables);
    await Promise.all(workers.map((worker) => worker.kill()));
    const killedAt = Date.now();
    workers = [replacement];
    const later = Date.parse(before.last_sample_at) + 3 * SAMPLING_INTERVAL_MS;
    const after = await waitFor(
      'the plant to run on',
      async () => {
        const now = await plant();
        return Date.parse(now.last_sample_at) > later ? now : undefined;
      },
      { timeoutMs: 30_000 },
    );
    const from = new Date(Date.parse(before.last_sample_at) - 10 * SAMPLING_INTERVAL_MS).toISOString();
    const { body } = await client.get<{ series: { points: { ts: string }[] }[] }>(
      `/api/v1/timeseries?tags=XMEAS_07&from=${from}&to=${after.last_sample_at}&method=raw&points=5000`,
    );
    expect(stepsOf(body.series[0].points)).toEqual([SAMPLING_INTERVAL_MS]);

    const scores = await scoresSince(from, after.last_sample_at, 30_000 - (Date.now() - killedAt));
    expect(stepsOf(scores)).toEqual([SAMPLING_INTERVAL_MS]);
    expect(scores[0].ts).toBe(from);
    expect(Date.now() - killedAt).toBeLessThan(30_000);
  });

  it('answers the first reply again for the same Idempotency-Key', async () => {
    const ask = () =>
      client.post<Job>('/api/v1/predictions', { eq_id: 'REACTOR' }, { 'idempotency-key': 'e2e-1' });
    const [first, second] = [await ask(), await ask()];
    expect(second.body.job_id).toBe(first.body.job_id);
  });

  it('stops cleanly when it is asked to', async () => {
    expect(await api.stop()).toBe(0);
    expect(await Promise.all(workers.map((worker) => worker.stop()))).toEqual(workers.map(() => 0));
  });
});

/** The different distances between neighbours in time. */
function stepsOf(points: { ts: string }[]): number[] {
  const times = points.map(({ ts }) => Date.parse(ts));
  return [...new Set(times.slice(1).map((time, i) => time - times[i]))];
}
