import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from '#jest';
import { AnomalyHttpModule, type AnomalyDto, AnomalyJobsModule } from '#anomaly';
import { PlantRegistration } from '#equipment';
import { type Incident, IncidentGrouping, loadDetector, ModelStore } from '#ml';
import { isoTime, Metrics } from '#platform';
import {
  describeOnBothProfiles,
  type DetectorModels,
  detectorModels,
  FeatureApp,
  lastingResources,
  type ProfileResources,
  simulatedRecords,
  waitFor,
} from '#testing';
import { SampleWriter } from '#timeseries';
import type { IncidentDetailDto, IncidentDto } from './dto/incident.dto.js';
import { IncidentHttpModule } from './incident.http.module.js';
import { IncidentJobsModule } from './incident.jobs.module.js';

const START = Date.UTC(2026, 2, 1);
const INTERVAL_MS = 180_000;
const ROWS = 160;
/** Two normal hours, then two and a half in which the A/C ratio of the feed has stepped, and it is put right again. */
const RECORDS = simulatedRecords(START, {
  seed: 4_242,
  hours: 8,
  spells: [{ idv: 1, fromHour: 2, toHour: 4.5 }],
});
const LATE = { from: 52, to: 57 };

describeOnBothProfiles('incidents along the scorer', (profile) => {
  let models: DetectorModels;
  let resources: ProfileResources;
  let app: FeatureApp;

  const start = async (): Promise<void> => {
    app = await FeatureApp.start({
      profile,
      imports: [IncidentHttpModule, IncidentJobsModule, AnomalyHttpModule, AnomalyJobsModule],
      variables: models.variables,
      queue: 'submits',
      resources,
    });
  };
  const write = (from: number, to: number) => app.get(SampleWriter).writeRecords(RECORDS.slice(from, to));
  /** @param samples that this process has scored, those that came late and what follows them twice */
  const scored = (samples: number) =>
    waitFor(`${samples} samples to be scored`, async () =>
      (await app.get(Metrics).registry.metrics()).includes(`scorer_samples_total ${samples}\n`),
    );
  const items = async <Item>(path: string): Promise<Item[]> =>
    ((await app.http.get(`/api/v1/${path}`).expect(200)).body as { items: Item[] }).items;
  const list = (): Promise<IncidentDto[]> => items('incidents?limit=500');

  /** What the rule makes of all samples in order, when nothing else happens. */
  async function expectedIncidents(): Promise<Incident[]> {
    const { detector } = await loadDetector(new ModelStore(models.variables.MODELS_DIR), 'zscore');
    const grouping = new IncidentGrouping();
    const found = new Map<number, Incident>();
    for (const { ts, values } of RECORDS) {
      const reading = detector.step(values.slice(0, detector.tagCodes.length));
      const sample = { ts, reading, tagCodes: detector.tagCodes, beyondLimit: [], repeats: false };
      for (const { incident } of grouping.step(sample)) found.set(incident.startedAt, incident);
    }
    return [...found.values()].reverse();
  }

  async function expectIncidents(): Promise<IncidentDto[]> {
    const [incidents, expected] = [await list(), await expectedIncidents()];
    expect(expected.length).toBeGreaterThan(0);
    expect(
      incidents.map(({ started_at, detected_at, last_sign_at }) => [started_at, detected_at, last_sign_at]),
    ).toEqual(
      expected.map(({ startedAt, detectedAt, lastSignAt }) =>
        [startedAt, detectedAt, lastSignAt].map(isoTime),
      ),
    );
    return incidents;
  }

  beforeAll(async () => {
    models = await detectorModels();
  });

  afterAll(() => models.drop());

  beforeEach(async () => {
    resources = await lastingResources(profile, { tables: 'migrated' });
    await start();
    await app.get(PlantRegistration).register();
  });

  afterEach(async () => {
    await app.stop();
    await resources.drop();
  });

  it('are the same when the scorer is restarted in the middle of one', async () => {
    await write(0, 70);
    await scored(70);
    const [before] = await list();
    await app.stop();
    await start();
    await write(70, ROWS);
    await scored(ROWS - 70);
    expect((await expectIncidents()).map(({ incident_id }) => incident_id)).toContain(before.incident_id);
  });

  it('keep their id, their anomalies and what was said of them when samples come late', async () => {
    await write(0, LATE.from);
    await write(LATE.to, ROWS);
    await scored(ROWS - (LATE.to - LATE.from));
    const before = await list();
    const first = before[before.length - 1];
    await app.http
      .post(`/api/v1/incidents/${first.incident_id}/acknowledge`)
      .send({ comment: 'Seen' })
      .expect(200);
    await write(LATE.from, LATE.to);
    // back to the checkpoint before them, which is one of every twenty samples
    const keptBefore = LATE.from - (LATE.from % 20);
    await scored(2 * ROWS - (LATE.to - LATE.from) - keptBefore);
    const after = await expectIncidents();
    expect(after.at(-1)).toMatchObject({ incident_id: first.incident_id, acknowledged: { comment: 'Seen' } });
    const { body } = await app.http.get(`/api/v1/incidents/${first.incident_id}`).expect(200);
    for (const { acknowledged } of (body as IncidentDetailDto).anomalies)
      expect(acknowledged).toMatchObject({ comment: 'Seen' });
  });

  it('are over after two quiet hours, say why there is no diagnosis, and are acknowledged with their last anomaly', async () => {
    await write(0, ROWS);
    await scored(ROWS);
    const incidents = await expectIncidents();
    const [first] = incidents.slice(-1);
    const diagnoses = await waitFor('all answers', async () => {
      const { body } = await app.http.get(`/api/v1/incidents/${first.incident_id}`).expect(200);
      const { diagnoses: answered } = body as IncidentDetailDto;
      const isComplete = answered.some(({ refused }) => refused === 'MODEL_NOT_FOUND');
      return isComplete && answered[0].at === first.detected_at && answered;
    });
    // four hours of history are needed; and there is no network in these models
    expect(first.diagnosis).toBeNull();
    expect(diagnoses[0].refused).toBe('WINDOW_TOO_SHORT');
    expect(diagnoses.at(-1)?.refused).toBe('MODEL_NOT_FOUND');
    const last = RECORDS[ROWS - 1].ts;
    for (const { state, ended_at, last_sign_at } of incidents) {
      const isOver = last - Date.parse(last_sign_at) >= IncidentGrouping.HOLD_MS;
      expect({ state, ended_at }).toEqual(
        isOver ? { state: 'closed', ended_at: last_sign_at } : { state: 'open', ended_at: null },
      );
    }
    // and acknowledged by whoever acknowledges the last of their anomalies
    const anomalies = await items<AnomalyDto>(`anomalies?incident_id=${first.incident_id}`);
    expect(anomalies.length).toBeGreaterThan(1);
    for (const { anomaly_id, acknowledged } of anomalies) {
      expect(acknowledged).toBeNull();
      expect((await list()).at(-1)?.acknowledged).toBeNull();
      await app.http
        .post(`/api/v1/anomalies/${anomaly_id}/acknowledge`)
        .send({ comment: `Seen ${anomaly_id}` })
        .expect(200);
    }
    expect((await list()).at(-1)?.acknowledged?.comment).toBe(`Seen ${anomalies.at(-1)?.anomaly_id}`);
  });

  it('are gone when the samples that showed them are overwritten, unless somebody has acknowledged them', async () => {
    const normal = simulatedRecords(START, { seed: 4_242, hours: 5 });
    await write(0, normal.length);
    await scored(normal.length);
    const [seen] = await list();
    expect(seen).toMatchObject({ state: 'open' });
    await app.get(SampleWriter).writeRecords(normal.slice(40));
    await waitFor('the incident to be gone', async () => (await list()).length === 0);
    const anomalies = await items<AnomalyDto>('anomalies?limit=500');
    expect(anomalies.filter(({ incident_id }) => incident_id !== null)).toEqual([]);
    await write(40, normal.length);
    const [again] = await waitFor('another incident', async () => {
      const incidents = await list();
      return incidents.length > 0 && incidents;
    });
    await app.http
      .post(`/api/v1/incidents/${again.incident_id}/acknowledge`)
      .send({ comment: 'Seen' })
      .expect(200);
    await app.get(SampleWriter).writeRecords(normal.slice(40));
    await waitFor('the incident to be closed', async () => (await list()).at(0)?.state === 'closed');
    expect(await list()).toMatchObject([
      { incident_id: again.incident_id, acknowledged: { comment: 'Seen' } },
    ]);
  });

  it('open when the plant stands still, which no detector needs to find', async () => {
    const still = Array.from({ length: 5 }, (_, i) => ({
      ts: RECORDS[9].ts + (i + 1) * INTERVAL_MS,
      values: RECORDS[9].values,
    }));
    await app.get(SampleWriter).writeRecords([...RECORDS.slice(0, 10), ...still]);
    await waitFor('the incident', async () => (await list()).length > 0);
    expect(await list()).toMatchObject([
      { opened_by: 'standstill', severity: 'critical', started_at: isoTime(still[2].ts) },
    ]);
  });
});
