import { cp, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '#jest';
import { projectPath } from '#platform';
import { expectEveryEventOnce, expectFarewell } from './event-reader.behaviour.js';
import { ContractClient, ProductProcess, rawRequest, waitFor } from './harness/index.js';
import { figuresMissingFrom } from './harness/monitored-figures.js';
import { describeQueueBoard } from './queue-board.behaviour.js';

interface Plant {
  time: string;
  state: string;
  samples_written: number;
  first_sample_at: string;
  last_sample_at: string;
}

interface Job {
  job_id: string;
  status: string;
  error: unknown;
}

/** A place in the OpenAPI document that holds a time, and what is said of it there or around it. */
interface DocumentedTime {
  place: string;
  description: string;
}

const SAMPLING_INTERVAL_MS = 180_000;

/** Everything of the format date-time. A parameter describes its schema, an array its items. */
function timesIn(node: unknown, place = '', around = ''): DocumentedTime[] {
  if (typeof node !== 'object' || node === null) return [];
  const { format, description } = node as { format?: unknown; description?: unknown };
  const said = typeof description === 'string' ? description : around;
  const inside = Object.entries(node).flatMap(([name, value]) =>
    timesIn(value, `${place}/${name}`, /^(schema|items|anyOf|oneOf|allOf|\d+)$/.test(name) ? said : ''),
  );
  return format === 'date-time' ? [{ place, description: said }, ...inside] : inside;
}

describe('the standalone product', () => {
  let folder: string;
  let product: ProductProcess;
  let client: ContractClient;
  let variables: Record<string, string>;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'tep-standalone-'));
    variables = {
      DATABASE_URL: `sqlite:${folder}/tep.sqlite`,
      QUEUE_URL: `pglite:${folder}/queue`,
      MODELS_DIR: join(folder, 'models'),
    };
    await cp(projectPath('models'), variables.MODELS_DIR, { recursive: true });
    product = await ProductProcess.start('standalone', variables);
    client = await ContractClient.connect(product.url);
    await waitFor('the history to be written', async () => (await plant()).samples_written >= 480 * 53, {
      progress: async () => (await plant()).samples_written,
    });
  });

  afterAll(async () => {
    await product.stop();
    await rm(folder, { recursive: true, force: true });
  });

  async function plant(): Promise<Plant> {
    return (await client.get<Plant>('/api/v1/plant')).body;
  }

  /** Counts a list that fits on one page. */
  async function counts(list: string): Promise<void> {
    const path = `/api/v1/${list}${list.includes('?') ? '&' : '?'}limit=500&total=true`;
    const { body } = await client.get<{ items: unknown[]; total: number }>(path);
    expect([list, body.total]).toEqual([list, body.items.length]);
  }

  async function finished<J extends Job>(path: string): Promise<J> {
    return waitFor(`${path} to be completed`, async () => {
      const { body } = await client.get<J>(path);
      if (body.status === 'failed') throw new Error(`${path} failed: ${JSON.stringify(body.error)}`);
      return body.status === 'completed' ? body : undefined;
    });
  }

  it('has registered the plant and written its last 24 hours', async () => {
    const { first_sample_at, last_sample_at } = await plant();
    expect(Date.parse(last_sample_at) - Date.parse(first_sample_at)).toBeGreaterThanOrEqual(
      479 * SAMPLING_INTERVAL_MS,
    );
    const { body } = await client.get<{ items: unknown[] }>('/api/v1/tags?limit=100');
    expect(body.items).toHaveLength(53);
    await client.get('/api/v1/tags/XMEAS_07');
    const priority = { body: { priority: 'high' } };
    expect((await client.send('PATCH', '/api/v1/tags/XMEAS_07', priority)).status).toBe(200);
    expect((await client.send('PATCH', '/api/v1/tags/XMEAS_07', { body: {} })).status).toBe(400);
    await client.get('/api/v1/tags/XMEAS_07/changes?limit=1');
    await client.get('/api/v1/equipment/REACTOR/sensors');
    await client.get('/api/v1/equipment/REACTOR/status');
    await client.get('/api/v1/equipment/REACTOR/health');
    await client.get('/api/v1/plant/streams');
    await client.get('/api/v1/kpi');
    await client.get('/api/v1/models');
    const latest = await client.get<{ items: { latest: unknown }[] }>('/api/v1/tags?latest=true');
    expect(latest.body.items.filter((tag) => tag.latest !== null)).toHaveLength(53);
    await client.get('/api/v1/timeseries?tags=XMEAS_07', { headers: { accept: 'text/csv' } });
    for (const list of [
      'lots',
      'equipment',
      'tags',
      'equipment/REACTOR/sensors',
      'anomalies',
      'incidents',
      'alarms?state=normal',
      'alarms/journal',
      'predictions',
    ])
      await counts(list);
    for (const list of ['reports?order=oldest', 'model-trainings?status=queued']) await counts(list);
  });

  it('has the routes that docs/api.md describes, and no others', async () => {
    const guide = await readFile(projectPath('docs', 'api.md'), 'utf8');
    const described = [...guide.matchAll(/`((?:GET|POST|PUT|PATCH|DELETE) \/[^`?]*)/g)].map(
      ([, route]) => route,
    );
    const offered = client.operations.map((operation) => operation.replace('/api/v1/', '/'));
    expect([...new Set(described)].sort()).toEqual(offered.sort());
  });

  it('says of every time in its document whether it is plant time or wall time', async () => {
    const times = timesIn(await (await fetch(`${product.url}/docs-json`)).json());
    expect(times.length).toBeGreaterThan(60);
    const silent = times.filter(({ description }) => !/\b(plant|wall) time\b/i.test(description));
    expect(silent).toEqual([]);
  });

  it('has every figure that alerts and dashboard ask for', async () => {
    const page = await client.get<string>('/metrics');
    expect(figuresMissingFrom([page.body])).toEqual([]);
  });

  it('shows on the queue board that every queue is worked on', async () => {
    const board = await fetch(`${product.url}/admin/queues/api/queues`);
    const { queues } = (await board.json()) as { queues: { name: string; hasWorkers: boolean | null }[] };
    expect(queues.map(({ name, hasWorkers }) => [name, hasWorkers]).sort()).toEqual([
      ['prediction', true],
      ['report', true],
      ['training', true],
    ]);
  });

  it('predicts, explains and reports', async () => {
    const asked = await client.post<Job>('/api/v1/predictions', { eq_id: 'REACTOR' });
    expect(asked.status).toBe(202);
    const prediction = await finished<Job & { result: { fault_classes: { probability: number }[] } }>(
      `/api/v1/predictions/${asked.body.job_id}`,
    );
    const total = prediction.result.fault_classes.reduce((sum, { probability }) => sum + probability, 0);
    expect(total).toBeCloseTo(1, 4);
    const chart = await client.get<string>(`/api/v1/predictions/${asked.body.job_id}/feature-importance`, {
      headers: { accept: 'image/svg+xml' },
    });
    expect(chart.body).toMatch(/^<svg/);

    const report = await client.post<Job>('/api/v1/reports', { type: 'daily', lang: 'ko' });
    const printed = await finished<Job & { download_url: string }>(`/api/v1/reports/${report.body.job_id}`);
    const pdf = await fetch(client.url + printed.download_url);
    const bytes = Buffer.from(await pdf.arrayBuffer());
    expect(bytes.subarray(0, 5).toString()).toBe('%PDF-');
    const part = await fetch(client.url + printed.download_url, { headers: { range: 'bytes=0-99' } });
    expect(part.status).toBe(206);
    const hundred = Buffer.from(await part.arrayBuffer());
    expect(hundred).toEqual(bytes.subarray(0, 100));
    for (const [{ status, headers }, body] of [[pdf, bytes] as const, [part, hundred] as const]) {
      const contentType = headers.get('content-type') ?? undefined;
      client.hold('GET', printed.download_url, {
        status,
        headers: { 'content-type': contentType },
        body: body.toString('latin1'),
      });
    }
    const again = await rawRequest(client.url + printed.download_url, {
      headers: { 'if-none-match': pdf.headers.get('etag') ?? '' },
    });
    expect(again.status).toBe(304);
    client.hold('GET', printed.download_url, again);
  });

  it('writes no figure with more digits than six', async () => {
    const { first_sample_at, last_sample_at } = await plant();
    const { items } = (await client.get<{ items: { lot_id: number }[] }>('/api/v1/lots')).body;
    const predictions = (await client.get<{ items: Job[] }>('/api/v1/predictions')).body.items;
    const answers = await Promise.all([
      client.get('/api/v1/kpi'),
      client.get('/api/v1/kpi/operating_cost/trend'),
      client.get('/api/v1/health/equipment'),
      client.get('/api/v1/equipment/REACTOR/health'),
      client.get('/api/v1/equipment/REACTOR/sensors'),
      client.get('/api/v1/anomalies'),
      client.get('/api/v1/incidents'),
      client.get('/api/v1/alarms?state=normal'),
      client.get('/api/v1/alarms/figures'),
      client.get(`/api/v1/lots/${items[0].lot_id}/summary`),
      client.get('/api/v1/timeseries?tags=XMEAS_07,XMV_10&method=avg&points=17'),
      client.get(`/api/v1/predictions/${predictions[0].job_id}`),
      client.get(`/api/v1/predictions/${predictions[0].job_id}/feature-importance`),
      client.post('/api/v1/anomalies/scan', { from: first_sample_at, to: last_sample_at }),
    ]);
    const fractions = answers.flatMap(({ body }) => fractionsIn(body));
    expect(fractions.length).toBeGreaterThan(1_000);
    expect(fractions.filter((value) => value !== Number(value.toPrecision(6)))).toEqual([]);
  });

  it('trains and activates as the document says', async () => {
    const tooLittle = await client.post<{ code: string }>('/api/v1/models/zscore/train', { lot_ids: [1] });
    expect(tooLittle).toMatchObject({ status: 422, body: { code: 'TRAINING_DATA_INSUFFICIENT' } });
    const asked = await client.post<Job>('/api/v1/models/zscore/train', { source: 'simulated' });
    expect(asked.status).toBe(202);
    const path = `/api/v1/model-trainings/${asked.body.job_id}`;
    const second = await client.post<{ code: string }>('/api/v1/models/cva/train', { source: 'simulated' });
    expect(second).toMatchObject({ status: 409, body: { code: 'TRAINING_UNDER_WAY' } });
    await client.get(path);
    expect((await client.send('DELETE', path)).status).toBe(204);
    expect((await client.get<Job>(path)).body.status).toBe('cancelled');
    await client.get('/api/v1/model-trainings?model=zscore');
    expect((await client.post('/api/v1/models/zscore/activate', { version: '99' })).status).toBe(404);
  });

  it('answers a problem document to whatever is thrown at it', async () => {
    const answers = await Promise.all([
      client.post('/api/v1/predictions', {}),
      client.post('/api/v1/predictions', { eq_id: 'REACTOR', horizon_steps: -1 }),
      client.post('/api/v1/reports', { type: "daily'; DROP TABLE report; --" }),
      client.get('/api/v1/predictions/not-a-uuid'),
      client.get(
        `/api/v1/timeseries?tags=${Array.from({ length: 10_000 }, () => 'X').join(',')}`.slice(0, 12_000),
      ),
      client.get('/api/v1/kpi?from=2026-02-01T00:00:00Z&to=2026-01-01T00:00:00Z'),
    ]);
    for (const { status, body } of answers) {
      expect(status).toBe(400);
      expect(body).toHaveProperty('code');
    }
  });

  describeQueueBoard(() => ({ url: product.url, modelsFolder: variables.MODELS_DIR }));

  describe('that is killed, and started again', () => {
    let before: Plant;

    it('sends its readers every event once and in order, through 20 reconnects', () =>
      expectEveryEventOnce(
        () => [product],
        async () => {
          before = await plant();
          await product.kill();
          product = await ProductProcess.start('standalone', variables);
          client = await ContractClient.connect(product.url);
        },
      ));

    it('loses no sample, and continues where it was', async () => {
      const after = await waitFor('the plant to run on', async () => {
        const now = await plant();
        return Date.parse(now.last_sample_at) > Date.parse(before.last_sample_at) + 3 * SAMPLING_INTERVAL_MS
          ? now
          : undefined;
      });
      const from = new Date(Date.parse(before.last_sample_at) - 10 * SAMPLING_INTERVAL_MS).toISOString();
      const { body } = await client.get<{ series: { points: { ts: string }[] }[] }>(
        `/api/v1/timeseries?tags=XMEAS_07&from=${from}&to=${after.last_sample_at}&method=raw&points=5000`,
      );
      const times = body.series[0].points.map(({ ts }) => Date.parse(ts));
      const steps = new Set(times.slice(1).map((time, i) => time - times[i]));
      expect([...steps]).toEqual([SAMPLING_INTERVAL_MS]);
    });
  });

  it('stops cleanly when it is asked to, and asks readers of its events to reconnect', () =>
    expectFarewell(product));
});

/** Every number in a JSON document that is neither whole nor a length of time, which is exact. */
function fractionsIn(value: unknown): number[] {
  if (typeof value === 'number') return Number.isInteger(value) ? [] : [value];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, member]) =>
    name === 'duration_s' ? [] : fractionsIn(member),
  );
}
