import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it, jest } from '#jest';
import { AnomalyHttpModule } from '#anomaly';
import { EquipmentHttpModule, EquipmentService } from '#equipment';
import { KpiHttpModule } from '#kpi';
import { LotHttpModule } from '#lot';
import { isoTime, ProcessClock } from '#platform';
import {
  describeOnBothProfiles,
  FeatureApp,
  type Profile,
  profileResources,
  type ProfileResources,
  simulatedRecords,
  writePlantHistory,
} from '#testing';
import {
  SampleRetention,
  SampleWriter,
  type SensorDto,
  TagDirectory,
  TimeseriesHttpModule,
} from '#timeseries';
import { insertAnomaly } from '../../test/factories/anomaly.fixture.js';
import { HealthScoreRepository } from './health-score.repository.js';
import { HealthHttpModule } from './health.http.module.js';

const INTERVAL_MS = 180_000;
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const MODULES = [
  EquipmentHttpModule,
  LotHttpModule,
  TimeseriesHttpModule,
  KpiHttpModule,
  AnomalyHttpModule,
  HealthHttpModule,
];

/** What two processes share: a server, or a file. */
async function sharedResources(profile: Profile): Promise<ProfileResources> {
  const resources = await profileResources(profile, { tables: 'migrated' });
  if (profile === 'server') return resources;
  const folder = await mkdtemp(join(tmpdir(), 'tep-kept-'));
  return {
    variables: { ...resources.variables, DATABASE_URL: `sqlite:${folder}/tep.sqlite` },
    drop: () => rm(folder, { recursive: true }),
  };
}

describeOnBothProfiles('answers that are kept', (profile) => {
  const now = Math.floor(Date.now() / INTERVAL_MS) * INTERVAL_MS;
  const start = now - 3 * HOUR_MS;
  const records = simulatedRecords(start, { seed: 7, hours: 3 });
  const period = `from=${isoTime(start)}&to=${isoTime(now)}`;
  let resources: ProfileResources;
  /** The process that is asked, and another one that changes things. */
  let here: FeatureApp;
  let there: FeatureApp;

  beforeAll(async () => {
    resources = await sharedResources(profile);
    const variables = { RAW_RETENTION_DAYS: '1' };
    here = await FeatureApp.start({ profile, imports: MODULES, resources, variables });
    there = await FeatureApp.start({ profile, imports: MODULES, resources, variables });
    await writePlantHistory(there, records);
  });

  afterAll(async () => {
    await here.stop();
    await there.stop();
    await resources.drop();
  });

  const read = async (path: string): Promise<unknown> =>
    (await here.http.get(`/api/v1/${path}`).expect(200)).body as unknown;

  /** Reads twice, the second time what is kept; has something changed elsewhere; and reads again, at once. */
  async function expectChanged(paths: string[], change: () => Promise<unknown>): Promise<unknown[]> {
    const before: unknown[] = [];
    for (const path of paths) {
      before.push(await read(path));
      expect(await read(path)).toEqual(before.at(-1));
    }
    await change();
    const after: unknown[] = [];
    for (const path of paths) after.push(await read(path));
    for (const [i, path] of paths.entries()) expect([path, after[i]]).not.toEqual([path, before[i]]);
    return after;
  }

  const write = async (tag: string, ts: number, value: number): Promise<unknown> => {
    const samples = [{ tag, ts: isoTime(ts), value }];
    return there.http.post('/api/v1/timeseries').send({ samples }).expect(200);
  };

  it('are made once for all who ask until something changes', async () => {
    const list = jest.spyOn(here.get(EquipmentService), 'list');
    const ask = () => Promise.all(Array.from({ length: 10 }, () => read('equipment?limit=3')));
    const [first] = await ask();
    const made = list.mock.calls.length;
    expect(await ask()).toEqual(Array.from({ length: 10 }, () => first));
    expect(list).toHaveBeenCalledTimes(made);
    await there.http
      .post('/api/v1/equipment')
      .send({ eq_id: 'TANK', name: 'Tank', kind: 'tank', position: 0 });
    expect(await read('equipment?limit=3')).toMatchObject({ items: [{ eq_id: 'TANK' }, {}, {}] });
    expect(list).toHaveBeenCalledTimes(made + 1);
    list.mockRestore();
  });

  it('say that they are unchanged, and what they are when they have changed', async () => {
    const path = '/api/v1/tags/XMEAS_08';
    const { headers, body } = await here.http.get(path).expect(200);
    const unchanged = await here.http.get(path).set('If-None-Match', headers.etag).expect(304);
    expect(unchanged.text).toBe('');
    expect(unchanged.headers.etag).toBe(headers.etag);
    await there.http.patch(path).send({ priority: 'high' }).expect(200);
    const changed = await here.http.get(path).set('If-None-Match', headers.etag).expect(200);
    expect(changed.body).toEqual({ ...body, priority: 'high' });
  });

  it('hear of a sample, and of one that replaces another', async () => {
    const paths = [
      `kpi?${period}`,
      `timeseries?tags=XMEAS_07&${period}`,
      'tags?latest=true&q=XMEAS_07',
      'equipment/REACTOR/sensors',
      'equipment/REACTOR/status',
    ];
    await expectChanged(paths, () => write('XMEAS_07', now - 1_000, 2_990));
    const overwritten = [`kpi?${period}`, `timeseries?tags=XMEAS_17&${period}`];
    const [, series] = await expectChanged(overwritten, () =>
      write('XMEAS_17', start + 30 * INTERVAL_MS, 26),
    );
    expect(JSON.stringify(series)).toContain('"value":26}');
  });

  it('hear of what people decide about a tag', async () => {
    const [, , status] = await expectChanged(
      ['tags?q=XMEAS_07', 'equipment/REACTOR/sensors', 'equipment/REACTOR/status'],
      () =>
        there.http
          .patch('/api/v1/tags/XMEAS_07')
          .send({ limits: { h: 2_000 } })
          .expect(200),
    );
    expect(status).toMatchObject({ limit_violations: [{ tag: 'XMEAS_07', limit_value: 2_000 }] });
  });

  it('hear of equipment that is changed and removed', async () => {
    await expectChanged(['equipment', 'health/equipment'], () =>
      there.http
        .patch('/api/v1/equipment/TANK')
        .set('If-Match', '"1"')
        .send({ name: 'Old tank' })
        .expect(200),
    );
    await expectChanged(['equipment', 'health/equipment'], () =>
      there.http.delete('/api/v1/equipment/TANK').expect(204),
    );
  });

  it('hear of an anomaly and of its acknowledgement', async () => {
    const { id: equipmentId } = await there.get(EquipmentService).require('REACTOR');
    const anomaly = {
      detector: 'pca_spe' as const,
      modelVersion: '1',
      equipmentId,
      lotId: null,
      state: 'open' as const,
      severity: 'high' as const,
      startedAt: now - HOUR_MS,
      detectedAt: now - HOUR_MS,
      endedAt: null,
      peakAt: now - HOUR_MS,
      peakScore: 9,
      threshold: 1,
      sampleCount: 3,
      contributions: [],
      acknowledgedAt: null,
      acknowledgedPlantAt: null,
      acknowledgedBy: null,
      comment: null,
    };
    let id = 0;
    const paths = ['anomalies', 'equipment/REACTOR/status'];
    await expectChanged(paths, async () => (id = await insertAnomaly(there, anomaly)));
    const answers = await expectChanged([...paths, `anomalies/${id}`], () =>
      there.http.post(`/api/v1/anomalies/${id}/acknowledge`).send({ comment: 'seen' }).expect(200),
    );
    expect(answers[2]).toMatchObject({ anomaly_id: id, acknowledged: { comment: 'seen' } });
  });

  it('hear of a score', async () => {
    const { id: equipmentId } = await there.get(EquipmentService).require('REACTOR');
    const scores = [{ equipmentId, ts: now, score: 42, drivers: [] }];
    const [unit] = await expectChanged(['equipment/REACTOR/health', 'health/equipment'], () =>
      there.get(HealthScoreRepository).replace(now - 1, now, scores),
    );
    expect(unit).toMatchObject({ score: 42 });
  });

  it('hear of a lot', async () => {
    const lot = { lot_no: 'L-1', grade: 'G50/H50', started_at: isoTime(start), ended_at: isoTime(now) };
    const created = await there.http.post('/api/v1/lots').send(lot).expect(201);
    const { lot_id: lotId, version } = created.body as { lot_id: number; version: number };
    const [kpi] = await expectChanged([`kpi?lot_id=${lotId}`], () =>
      there.http
        .patch(`/api/v1/lots/${lotId}`)
        .set('If-Match', `"${version}"`)
        .send({ ended_at: isoTime(now - HOUR_MS) })
        .expect(200),
    );
    expect(kpi).toMatchObject({ to: isoTime(now - HOUR_MS) });
  });

  it('hear of raw samples that are removed', async () => {
    const { id: tagId } = (await there.get(TagDirectory).all()).get('XMEAS_07') ?? { id: 0 };
    const old = now - 3 * DAY_MS;
    await there.get(SampleWriter).write([{ tagId, ts: old, value: 1 }]);
    const query = `tags=XMEAS_07&method=raw&from=${isoTime(old)}&to=${isoTime(old + HOUR_MS)}`;
    const [series] = await expectChanged([`timeseries?${query}`], () => there.get(SampleRetention).sweep());
    expect(series).toMatchObject({ series: [{ points: [] }] });
  });

  it('know what time it is', async () => {
    const clock = here.get(ProcessClock);
    const at = (timeMs: number) => clock.set({ timeMs, wallMs: Date.now(), rate: 0 });
    await at(now + 60_000);
    const [sensors, status] = await expectChanged(
      ['equipment/REACTOR/sensors', 'equipment/REACTOR/status', 'kpi'],
      () => at(now + 2 * HOUR_MS),
    );
    expect((sensors as { items: SensorDto[] }).items.every(({ latest }) => latest?.stale)).toBe(true);
    expect(status).toMatchObject({ status: 'unknown' });
    await clock.release();
  });

  it('are not kept when they are refusals', async () => {
    await here.http.get('/api/v1/equipment/NEW/status').expect(404);
    await there.http.post('/api/v1/equipment').send({ eq_id: 'NEW', name: 'New', kind: 'tank', position: 9 });
    await here.http.get('/api/v1/equipment/NEW/status').expect(200);
    await there.http.delete('/api/v1/equipment/NEW').expect(204);
    await here.http.get('/api/v1/equipment/NEW/status').expect(404);
  });
});
