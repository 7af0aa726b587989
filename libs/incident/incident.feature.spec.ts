import { afterAll, beforeAll, expect, it } from '#jest';
import { AnomalyHttpModule, type AnomalyDto, AnomalyJobsModule } from '#anomaly';
import { EventLog, isoTime, Metrics } from '#platform';
import { DISTURBANCES } from '#tep';
import { describeOnBothProfiles, FeatureApp, simulatedRecords, waitFor, writePlantHistory } from '#testing';
import type { IncidentDetailDto, IncidentDto } from './dto/incident.dto.js';
import { IncidentHttpModule } from './incident.http.module.js';
import { IncidentJobsModule } from './incident.jobs.module.js';

const START = Date.UTC(2026, 2, 1);
const HOUR_MS = 3_600_000;
/** Four and a half normal hours, which a diagnosis needs, and three without A feed: the plant has not tripped yet. */
const ONSET_MS = START + 4.5 * HOUR_MS;
const RECORDS = simulatedRecords(START, { seed: 5_151, idv: 6, faultOnsetHour: 4.5, hours: 7.5 });
const LAST_TS = RECORDS[RECORDS.length - 1].ts;

describeOnBothProfiles('an incident', (profile) => {
  let app: FeatureApp;
  let incident: IncidentDto;

  const get = async <Body>(path: string, query: Record<string, string> = {}): Promise<Body> =>
    (await app.http.get(`/api/v1/${path}`).query(query).expect(200)).body as Body;
  const list = async (query: Record<string, string> = {}): Promise<IncidentDto[]> =>
    (await get<{ items: IncidentDto[] }>('incidents', query)).items;
  const anomaliesOf = async (id: number): Promise<AnomalyDto[]> =>
    (await get<{ items: AnomalyDto[] }>('anomalies', { incident_id: String(id), limit: '500' })).items;
  const read = (): Promise<IncidentDetailDto> => get(`incidents/${incident.incident_id}`);

  beforeAll(async () => {
    app = await FeatureApp.start({
      profile,
      imports: [IncidentHttpModule, IncidentJobsModule, AnomalyHttpModule, AnomalyJobsModule],
      queue: 'submits',
    });
    await writePlantHistory(app, RECORDS);
    incident = await waitFor(
      'the incident to be diagnosed two hours on',
      async () => {
        const [newest] = await list();
        const diagnosedAt = Date.parse(newest?.diagnosis?.at ?? '');
        return newest?.last_sign_at === isoTime(LAST_TS) && diagnosedAt > ONSET_MS + 2 * HOUR_MS && newest;
      },
      { progress: () => list() },
    );
  });

  afterAll(() => app.stop());

  it('is one for a disturbance that several detectors see, and they are its anomalies', async () => {
    expect(await list()).toHaveLength(1);
    expect(incident).toMatchObject({ state: 'open', opened_by: 'detector', eq_id: 'FEED', ended_at: null });
    const startedAt = Date.parse(incident.started_at);
    expect(startedAt).toBeGreaterThanOrEqual(ONSET_MS);
    // the sixth sample in a row, five samples on
    expect(Date.parse(incident.detected_at)).toBe(startedAt + 5 * 180_000);
    const anomalies = await anomaliesOf(incident.incident_id);
    expect(anomalies).toHaveLength(incident.anomaly_count);
    expect(new Set(anomalies.map(({ detector }) => detector)).size).toBeGreaterThan(2);
    expect((await read()).anomalies).toEqual(anomalies);
  });

  it('says what it is, how sure that is, what moved first and what to look at', () => {
    const loss = DISTURBANCES[5];
    expect(
      incident.first_tags
        .map(({ tag }) => tag)
        .slice(0, 2)
        .sort(),
    ).toEqual(['XMEAS_01', 'XMV_03']);
    expect(incident.diagnosis).toMatchObject({
      class: 'disturbance',
      idv: 6,
      eq_id: 'FEED',
      cause: loss.cause,
      look_at: loss.lookAt,
      look_at_ko: loss.lookAtKo,
    });
    expect(incident.diagnosis?.probability).toBeGreaterThan(0.9);
  });

  it('shows how its diagnosis came about, from the moment it was certain on', async () => {
    const { diagnoses } = await waitFor('all that is due to be diagnosed', async () => {
      const detail = await read();
      return detail.diagnoses.length >= 5 && detail;
    });
    const minutes = diagnoses.map(({ at }) => (Date.parse(at) - Date.parse(incident.detected_at)) / 60_000);
    expect(minutes.slice(0, 5)).toEqual([0, 15, 30, 60, 120]);
    expect(diagnoses.at(-1)?.causes[0]).toMatchObject({ idv: 6 });
    expect(diagnoses.at(-1)?.important_tags[0].name).not.toBe('');
    expect(diagnoses.every(({ refused }) => refused === null)).toBe(true);
  });

  it('is found by state, equipment, time and severity', async () => {
    const found = async (query: Record<string, string>): Promise<boolean> => (await list(query)).length > 0;
    expect(await found({ state: 'open', eq_id: 'FEED', acknowledged: 'false', min_severity: 'high' })).toBe(
      true,
    );
    expect(await found({ state: 'closed' })).toBe(false);
    expect(await found({ eq_id: 'STRIPPER' })).toBe(false);
    expect(await found({ to: isoTime(ONSET_MS) })).toBe(false);
    expect(await found({ from: isoTime(LAST_TS) })).toBe(true);
    await app.http.get('/api/v1/incidents?from=2026-03-02&to=2026-03-01').expect(400);
    await app.http.get('/api/v1/incidents?state=over').expect(400);
    await app.http.get('/api/v1/incidents?eq_id=NOTHING').expect(404);
    await app.http.get('/api/v1/incidents/999999').expect(404);
  });

  it('is counted', async () => {
    const metrics = await app.get(Metrics).registry.metrics();
    expect(metrics).toContain('incidents_opened_total 1');
    expect(metrics).toContain('incidents_open 1');
  });

  it('is acknowledged with its anomalies, what was said of one of them before stays', async () => {
    const [first, ...others] = await anomaliesOf(incident.incident_id);
    const say = (path: string, comment: string) =>
      app.http.post(`/api/v1/${path}/acknowledge`).send({ comment });
    await say(`anomalies/${first.anomaly_id}`, 'Seen in the field').expect(200);
    expect((await read()).acknowledged).toBeNull();
    await say(`incidents/${incident.incident_id}`, '').expect(400);
    await say('incidents/999999', 'Nothing').expect(404);
    const { body } = await say(`incidents/${incident.incident_id}`, 'A is back').expect(200);
    expect(body).toMatchObject({ acknowledged: { by: 'local', comment: 'A is back' } });
    const again = await say(`incidents/${incident.incident_id}`, 'Me too').expect(409);
    expect(again.body).toMatchObject({ code: 'INCIDENT_ACKNOWLEDGED' });
    const comments = new Map(
      (await anomaliesOf(incident.incident_id)).map((each) => [each.anomaly_id, each.acknowledged?.comment]),
    );
    expect(comments.get(first.anomaly_id)).toBe('Seen in the field');
    for (const { anomaly_id } of others) expect(comments.get(anomaly_id)).toBe('A is back');
  });

  it('is reported by events as its route shows it, and so are its anomalies', async () => {
    const { events } = await app.get(EventLog).eventsAfter(0, 10_000);
    const lastOf = (topic: string, subject: number): unknown =>
      JSON.parse(
        events.findLast((each) => each.topic === topic && each.subject === String(subject))?.data ?? '0',
      );
    const [listed] = await list();
    expect(lastOf('incidents', listed.incident_id)).toEqual(listed);
    for (const anomaly of (await get<{ items: AnomalyDto[] }>('anomalies', { limit: '500' })).items)
      expect(lastOf('anomalies', anomaly.anomaly_id)).toEqual(anomaly);
  });
});
