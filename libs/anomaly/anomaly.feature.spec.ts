import { afterAll, beforeAll, expect, it } from '#jest';
import { PlantRegistration } from '#equipment';
import { isoTime, ProcessClock } from '#platform';
import {
  describeOnBothProfiles,
  type DetectorModels,
  detectorModels,
  FeatureApp,
  simulatedRecords,
  waitFor,
} from '#testing';
import { SampleWriter } from '#timeseries';
import { AnomalyHttpModule } from './anomaly.http.module.js';
import { AnomalyJobsModule } from './anomaly.jobs.module.js';
import type { AnomalyDto } from './dto/anomaly.dto.js';
import type { ScanDto } from './dto/scan-window.dto.js';
import { ScorerStateRepository } from './scorer-state.repository.js';

const START = Date.UTC(2026, 2, 1);
const ROWS = 120;
const ONSET_ROW = 40;

const timeOf = (row: number): number => START + row * 180_000;

describeOnBothProfiles('the anomaly routes', (profile) => {
  const records = simulatedRecords(START, { seed: 4_242, idv: 1, faultOnsetHour: 2, hours: 6 });
  const window = { from: isoTime(START), to: isoTime(timeOf(ROWS)) };
  let models: DetectorModels;
  let app: FeatureApp;
  let all: AnomalyDto[];

  const list = async (query: Record<string, string>): Promise<AnomalyDto[]> => {
    const { body } = await app.http.get('/api/v1/anomalies').query(query).expect(200);
    return (body as { items: AnomalyDto[] }).items;
  };

  beforeAll(async () => {
    models = await detectorModels();
    app = await FeatureApp.start({
      profile,
      imports: [AnomalyHttpModule, AnomalyJobsModule],
      variables: models.variables,
    });
    await app.get(PlantRegistration).register();
    await app.get(SampleWriter).writeRecords(records);
    await waitFor(
      'all samples to be scored',
      async () => (await app.get(ScorerStateRepository).newestPosition()) === timeOf(ROWS - 1),
    );
    all = await list({ limit: '500' });
  });

  afterAll(async () => {
    await app.stop();
    await models.drop();
  });

  it('filter by detector, equipment, state, severity and time', async () => {
    const ids = (items: AnomalyDto[]) => items.map(({ anomaly_id }) => anomaly_id);
    const where = (keep: (anomaly: AnomalyDto) => boolean) => ids(all.filter(keep));
    const [{ eq_id: eqId }] = all;
    expect(ids(await list({ detector: 'pca_spe' }))).toEqual(where(({ detector }) => detector === 'pca_spe'));
    expect(ids(await list({ eq_id: eqId ?? '' }))).toEqual(where(({ eq_id }) => eq_id === eqId));
    expect(ids(await list({ state: 'closed' }))).toEqual(where(({ state }) => state === 'closed'));
    expect(ids(await list({ min_severity: 'high' }))).toEqual(
      where(({ severity }) => ['high', 'critical'].includes(severity)),
    );
    expect(await list({ to: isoTime(timeOf(ONSET_ROW)) })).toEqual(
      all.filter(({ started_at }) => Date.parse(started_at) < timeOf(ONSET_ROW)),
    );
    expect(await list({ from: isoTime(timeOf(ROWS)) })).toEqual(all.filter(({ state }) => state === 'open'));
  });

  it('page through the list, newest first', async () => {
    const seen: AnomalyDto[] = [];
    for (let cursor: string | null = ''; cursor !== null;) {
      const { body } = await app.http
        .get('/api/v1/anomalies')
        .query({ limit: 1, ...(cursor ? { cursor } : {}) })
        .expect(200);
      const page = body as { items: AnomalyDto[]; next_cursor: string | null };
      seen.push(...page.items);
      cursor = page.next_cursor;
    }
    expect(seen).toEqual(all);
    const counted = await app.http.get('/api/v1/anomalies?limit=1&total=true&min_severity=high').expect(200);
    expect(counted.body.total).toBe(
      all.filter(({ severity }) => ['high', 'critical'].includes(severity)).length,
    );
    const starts = all.map(({ started_at }) => started_at);
    expect(starts).toEqual([...starts].sort().reverse());
  });

  it('acknowledge once, with a comment', async () => {
    const path = `/api/v1/anomalies/${all[0].anomaly_id}/acknowledge`;
    await app.http.post(path).send({}).expect(400);
    const clock = app.get(ProcessClock);
    const before = Date.now();
    const plantMs = before + 30 * 86_400_000;
    await clock.set({ timeMs: plantMs, wallMs: before, rate: 0 });
    const done = await app.http.post(path).send({ comment: 'Feed analyser calibrated' }).expect(200);
    await clock.release();
    expect(done.body).toMatchObject({
      acknowledged: { by: 'local', comment: 'Feed analyser calibrated', plant_at: isoTime(plantMs) },
    });
    const { at } = (done.body as AnomalyDto).acknowledged ?? { at: '' };
    expect(Date.parse(at)).toBeGreaterThanOrEqual(before);
    expect(Date.parse(at)).toBeLessThan(plantMs);
    const again = await app.http.post(path).send({ comment: 'Me too' }).expect(409);
    expect(again.body).toMatchObject({ code: 'ANOMALY_ACKNOWLEDGED' });
    const { body } = await app.http.get(`/api/v1/anomalies/${all[0].anomaly_id}`).expect(200);
    expect(body).toEqual(done.body);
    await app.http.post('/api/v1/anomalies/999999/acknowledge').send({ comment: 'x' }).expect(404);
  });

  it('find the same events when a past window is scanned', async () => {
    const { body } = await app.http.post('/api/v1/anomalies/scan').send(window).expect(200);
    expect(body).toMatchObject({ ...window, sample_count: ROWS });
    const scans = (body as ScanDto).detectors;
    expect(scans.map(({ detector }) => detector)).toEqual(['zscore', 'pca_t2', 'pca_spe']);
    for (const { detector, statistics, anomalies } of scans) {
      expect(statistics).toHaveLength(ROWS);
      const stored = all.filter((anomaly) => anomaly.detector === detector);
      expect(anomalies.map(({ started_at }) => started_at).sort()).toEqual(
        stored.map(({ started_at }) => started_at).sort(),
      );
    }
  });

  it('say what is wrong with a scan', async () => {
    const scan = (body: object) => app.http.post('/api/v1/anomalies/scan').send(body);
    expect((await scan({ ...window, detectors: ['cva'] }).expect(422)).body).toMatchObject({
      code: 'DETECTOR_NOT_AVAILABLE',
      available: ['zscore', 'pca_t2', 'pca_spe'],
    });
    expect((await scan({ from: '2020-01-01', to: '2020-01-02' }).expect(422)).body).toMatchObject({
      code: 'WINDOW_EMPTY',
    });
    expect((await scan({ from: '2020-01-01', to: '2020-01-07' }).expect(400)).body).toMatchObject({
      code: 'WINDOW_TOO_LONG',
    });
    await scan({ from: window.to, to: window.from }).expect(400);
    await scan({ ...window, detectors: ['magic'] }).expect(400);
  });

  it.each([
    ['from after to', { from: window.to, to: window.from }],
    ['an unknown detector', { detector: 'magic' }],
    ['an unknown severity', { min_severity: 'dire' }],
    ['a lot that is no number', { lot_id: "1'; DROP TABLE anomaly; --" }],
    ['a cursor of another list', { cursor: 'WzFd' }],
  ])('answer 400 to %s', async (_what, query) => {
    await app.http.get('/api/v1/anomalies').query(query).expect(400);
  });

  it('answer 404 for what is not there', async () => {
    await app.http.get('/api/v1/anomalies/999999').expect(404);
    await app.http.get('/api/v1/anomalies?eq_id=NOTHING').expect(404);
    await app.http.get('/api/v1/anomalies/abc').expect(400);
  });
});
