import { spawnSync } from 'node:child_process';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '#jest';
import { createConnection } from 'mysql2/promise';
import { projectPath } from '#platform';
import {
  ContractClient,
  describeOnServer,
  Patience,
  ProductProcess,
  type ProfileResources,
  profileResources,
  waitFor,
} from './harness/index.js';
import { figuresMissingFrom } from './harness/monitored-figures.js';
import { describeQueueBoard } from './queue-board.behaviour.js';

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

interface WholeHealth {
  status: string;
  checks: { workers: { alive: number }; scorer: { lag_ms: number | null } };
}

const SAMPLING_INTERVAL_MS = 180_000;

describeOnServer('API and workers as processes of their own, on MySQL and Redis', () => {
  let folder: string;
  let resources: ProfileResources;
  let api: ProductProcess;
  let workers: ProductProcess[];
  let client: ContractClient;

  beforeAll(async () => {
    const fresh = await profileResources('server');
    folder = await mkdtemp(join(tmpdir(), 'tep-server-'));
    const variables = { ...fresh.variables, PLANT_HISTORY_HOURS: '5', MODELS_DIR: join(folder, 'models') };
    await cp(projectPath('models'), variables.MODELS_DIR, { recursive: true });
    resources = { ...fresh, variables };
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
    await waitFor('the plant to run', async () => (await plant()).samples_written >= 100 * 53, {
      progress: async () => (await plant()).samples_written,
    });
  });

  afterAll(async () => {
    await Promise.all([api.stop(), ...workers.map((worker) => worker.stop())]);
    await resources.drop();
    await rm(folder, { recursive: true, force: true });
  });

  async function plant(): Promise<Plant> {
    return (await client.get<Plant>('/api/v1/plant')).body;
  }

  /** Every scored sample leaves a health score, in the transaction of the scorer. */
  function scoresSince(from: string, to: string, patience: Patience): Promise<{ ts: string }[]> {
    const path = `/api/v1/equipment/REACTOR/health?from=${from}`;
    return waitFor(
      `the scorer to reach ${to}`,
      async () => {
        const { history } = (await client.get<{ history: { ts: string }[] }>(path)).body;
        return Date.parse(history.at(-1)?.ts ?? '') >= Date.parse(to) ? history : undefined;
      },
      { patience },
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
      const { body } = await client.get<WholeHealth>('/api/v1/health');
      const { workers, scorer } = body.checks;
      return body.status === 'up' && workers.alive === 2 && scorer.lag_ms !== null ? body : undefined;
    });
    expect(Object.keys(health.checks).sort()).toEqual(
      expect.arrayContaining(['database', 'models', 'plant', 'queue', 'scorer', 'workers']),
    );
    // Both are kept by a worker; the API is where everybody looks.
    expect(health.checks).toMatchObject({
      plant: { late_after_seconds: 10, dead_after_seconds: 30 },
      scorer: { holder: expect.any(String), lag_ms: expect.any(Number), behind_after_ms: 1_800_000 },
    });
  });

  it('has every figure that alerts and dashboard ask for, on the page of one process or the other', async () => {
    const pages = [api, ...workers].map(async ({ url }) => (await fetch(`${url}/metrics`)).text());
    expect(figuresMissingFrom(await Promise.all(pages))).toEqual([]);
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

  describeQueueBoard(() => ({ url: api.url, modelsFolder: resources.variables.MODELS_DIR }));

  it('finishes every job once, though a worker is killed in the middle', async () => {
    const [victim, survivor] = workers;
    // Whatever is begun meanwhile, the victim has it.
    survivor.freeze();
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
    const printing = async (): Promise<boolean> =>
      (await query<{ n: number }>("SELECT COUNT(*) AS n FROM report WHERE status = 'active'"))[0].n > 0;
    await waitFor('the victim to be in the middle of a report', async () => {
      if (!(await printing())) return false;
      victim.freeze();
      if (await printing()) return true;
      victim.thaw();
      return false;
    });
    await victim.kill();
    survivor.thaw();
    workers = [survivor];
    const jobs = await waitFor(
      'all jobs to be finished',
      async () => {
        const now = await jobsOf([...reports, ...predictions]);
        return now.every(isFinished) ? now : undefined;
      },
      {
        intervalMs: 500,
        progress: async () => (await jobsOf([...reports, ...predictions])).filter(isFinished).length,
      },
    );
    expect(jobs.map(({ status }) => status)).toEqual(jobs.map(() => 'completed'));
    expect(survivor.log).toContain('job lost its worker');
    const files = await query<{ id: number }>('SELECT id FROM report_file');
    expect(files).toHaveLength(reports.length);
  });

  it('keeps plant and scoring running without a gap when their process is gone, within 30 s', async () => {
    const before = await plant();
    await scoresSince(before.first_sample_at, before.last_sample_at, new Patience(60_000));
    const replacement = await ProductProcess.start('worker', resources.variables);
    await Promise.all(workers.map((worker) => worker.kill()));
    const patience = new Patience(30_000);
    workers = [replacement];
    const later = Date.parse(before.last_sample_at) + 3 * SAMPLING_INTERVAL_MS;
    const after = await waitFor(
      'the plant to run on',
      async () => {
        const now = await plant();
        return Date.parse(now.last_sample_at) > later ? now : undefined;
      },
      { patience },
    );
    const from = new Date(Date.parse(before.last_sample_at) - 10 * SAMPLING_INTERVAL_MS).toISOString();
    const { body } = await client.get<{ series: { points: { ts: string }[] }[] }>(
      `/api/v1/timeseries?tags=XMEAS_07&from=${from}&to=${after.last_sample_at}&method=raw&points=5000`,
    );
    expect(stepsOf(body.series[0].points)).toEqual([SAMPLING_INTERVAL_MS]);

    const scores = await scoresSince(from, after.last_sample_at, patience);
    expect(stepsOf(scores)).toEqual([SAMPLING_INTERVAL_MS]);
    expect(scores[0].ts).toBe(from);
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

function isFinished({ finished_at }: Job): boolean {
  return finished_at !== null;
}

/** The different distances between neighbours in time. */
function stepsOf(points: { ts: string }[]): number[] {
  const times = points.map(({ ts }) => Date.parse(ts));
  return [...new Set(times.slice(1).map((time, i) => time - times[i]))];
}
