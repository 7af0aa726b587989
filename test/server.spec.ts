import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { spawnSync } from 'node:child_process';
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
}

interface Plant {
  last_sample_at: string;
  samples_written: number;
  holder: { process_id: string } | null;
}

const SAMPLING_INTERVAL_MS = 180_000;
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

  it('says that all parts are well', async () => {
    const health = await waitFor('two workers to be seen', async () => {
      const { body } = await client.get<{ status: string; checks: { workers: { alive: number } } }>(
        '/api/v1/health',
      );
      return body.checks.workers.alive === 2 ? body : undefined;
    });
    expect(health.status).toBe('up');
  });

  it('finishes every job once, though a worker is killed in the middle', async () => {
    const asked = await Promise.all(
      Array.from({ length: 8 }, (_, i) =>
        i % 2 === 0
          ? client.post<Job>('/api/v1/predictions', { eq_id: 'REACTOR' })
          : client.post<Job>('/api/v1/reports', { type: 'daily' }),
      ),
    );
    const paths = asked.map(
      ({ body }, i) => `/api/v1/${i % 2 === 0 ? 'predictions' : 'reports'}/${body.job_id}`,
    );
    const [victim, survivor] = workers;
    await victim.kill();
    workers = [survivor];
    const states = await waitFor(
      'all jobs to come to an end',
      async () => {
        const seen = await Promise.all(
          paths.map(async (path) => (await client.get<Job>(path)).body.status),
        );
        return seen.every((state) => ['completed', 'failed'].includes(state)) ? seen : undefined;
      },
      { timeoutMs: 120_000, intervalMs: 500 },
    );
    expect(states).toEqual(paths.map(() => 'completed'));
  });

  it('keeps the plant running without a gap when its process is gone', async () => {
    const before = await plant();
    const replacement = await ProductProcess.start('worker', resources.variables);
    await Promise.all(workers.map((worker) => worker.kill()));
    workers = [replacement];
    const after = await waitFor(
      'the plant to run on',
      async () => {
        const now = await plant();
        const further = Date.parse(now.last_sample_at) - Date.parse(before.last_sample_at);
        return further > 3 * SAMPLING_INTERVAL_MS ? now : undefined;
      },
      { timeoutMs: 45_000 },
    );
    const from = new Date(Date.parse(before.last_sample_at) - 10 * SAMPLING_INTERVAL_MS).toISOString();
    const { body } = await client.get<{ series: { points: { ts: string }[] }[] }>(
      `/api/v1/timeseries?tags=XMEAS_07&from=${from}&to=${after.last_sample_at}&method=raw&points=5000`,
    );
    const times = body.series[0].points.map(({ ts }) => Date.parse(ts));
    expect([...new Set(times.slice(1).map((time, i) => time - times[i]))]).toEqual([SAMPLING_INTERVAL_MS]);
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
