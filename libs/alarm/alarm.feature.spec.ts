import { afterAll, beforeAll, expect, it } from '#jest';
import { Anomaly, AnomalyHttpModule } from '#anomaly';
import { PlantRegistration } from '#equipment';
import { Incident, IncidentHttpModule } from '#incident';
import { Database, EventLog, HealthIndicators, isoTime, Leases, Metrics, ProcessClock } from '#platform';
import {
  describeOnBothProfiles,
  FeatureApp,
  lastingResources,
  type ProfileResources,
  waitFor,
} from '#testing';
import { SampleFeed, SampleWriter, TagDirectory, TimeseriesHttpModule } from '#timeseries';
import { AlarmHttpModule } from './alarm.http.module.js';
import { AlarmJobsModule } from './alarm.jobs.module.js';
import type { AlarmEntryDto } from './dto/alarm-entry.dto.js';
import type { AlarmFiguresDto } from './dto/alarm-figures.dto.js';
import type { AlarmDto } from './dto/alarm.dto.js';

const SECOND_MS = 1_000;
/** Samples every 10 s, for faster ones than the detectors' are judged, too; an hour ago, so that nothing is in the future. */
const INTERVAL_MS = 10 * SECOND_MS;
const START = Math.floor(Date.now() / 3_600_000) * 3_600_000 - 3_600_000;
/** H 2,880, HH 2,990, deadband 40, and 20 s until an alarm begins or ends. */
const SETTINGS = {
  limits: { ll: null, l: null, h: 2_880, hh: 2_990 },
  deadband: 40,
  on_delay_ms: 20 * SECOND_MS,
  off_delay_ms: 20 * SECOND_MS,
  priority: 'high',
};
const at = (sample: number): number => START + sample * INTERVAL_MS;

describeOnBothProfiles('alarms of limits', (profile) => {
  let resources: ProfileResources;
  let app: FeatureApp;

  const start = async (): Promise<void> => {
    app = await FeatureApp.start({
      profile,
      imports: [
        AlarmHttpModule,
        AlarmJobsModule,
        AnomalyHttpModule,
        IncidentHttpModule,
        TimeseriesHttpModule,
      ],
      queue: 'submits',
      resources,
    });
  };
  /** Pressures, one every 10 s from a sample on. */
  const write = async (from: number, values: readonly number[]): Promise<void> => {
    const tagId = (await app.get(TagDirectory).all()).get('XMEAS_07')?.id ?? 0;
    await app.get(SampleWriter).write(values.map((value, i) => ({ tagId, ts: at(from + i), value })));
  };
  const get = async <Body>(path: string): Promise<Body> =>
    (await app.http.get(`/api/v1/${path}`).expect(200)).body as Body;
  const items = async <Item>(path: string): Promise<Item[]> => (await get<{ items: Item[] }>(path)).items;
  const act = (id: number, action: string, body: object = {}) =>
    app.http.post(`/api/v1/alarms/${id}/${action}`).send(body);
  /** The pressure's alarm of a limit, normal or not. */
  const alarmOf = async (limit: string): Promise<AlarmDto | undefined> => {
    const found = await Promise.all([
      items<AlarmDto>('alarms'),
      items<AlarmDto>('alarms?state=normal&tag=XMEAS_07'),
    ]);
    return found.flat().find((alarm) => alarm.tag === 'XMEAS_07' && alarm.limit === limit);
  };
  const reaches = (limit: string, state: string): Promise<AlarmDto> =>
    waitFor(`${limit} to be ${state}`, async () => {
      const alarm = await alarmOf(limit);
      return alarm?.state === state && alarm;
    });
  /** What happened to the pressure's alarms, in the order in which it was written. */
  const journal = async (): Promise<AlarmEntryDto[]> =>
    (await items<AlarmEntryDto>('alarms/journal?limit=500')).reverse();
  const told = (entries: readonly AlarmEntryDto[]): string[] =>
    entries.map(
      ({ limit, event, plant_at }) => `${limit} ${event} ${(Date.parse(plant_at) - START) / INTERVAL_MS}`,
    );

  /** As the scorer writes it, with an anomaly. */
  const openIncident = async (): Promise<{ incidentId: number; anomalyId: number }> => {
    const equipmentId = (await app.get(TagDirectory).all()).get('XMEAS_07')?.equipmentId ?? null;
    const nothingSaid = {
      acknowledgedAt: null,
      acknowledgedPlantAt: null,
      acknowledgedBy: null,
      comment: null,
    };
    const event = {
      state: 'open',
      severity: 'high',
      equipmentId,
      startedAt: at(40),
      detectedAt: at(45),
    } as const;
    const incident = await app.get(Database).manager.insert(Incident, {
      ...event,
      ...nothingSaid,
      openedBy: 'detector',
      lotId: null,
      lastSignAt: at(45),
      endedAt: null,
      peakAt: at(45),
      peakRatio: 2,
      firstTags: [],
    });
    const incidentId = Number(incident.identifiers[0].id);
    const anomaly = await app.get(Database).manager.insert(Anomaly, {
      ...event,
      ...nothingSaid,
      incidentId,
      detector: 'zscore',
      modelVersion: '1',
      lotId: null,
      endedAt: null,
      peakAt: at(45),
      peakScore: 2,
      threshold: 1,
      sampleCount: 6,
      contributions: [],
    });
    return { incidentId, anomalyId: Number(anomaly.identifiers[0].id) };
  };

  beforeAll(async () => {
    resources = await lastingResources(profile, { tables: 'migrated' });
    await start();
    await app.get(PlantRegistration).register();
    await app.http.patch('/api/v1/tags/XMEAS_07').send(SETTINGS).expect(200);
  });

  afterAll(async () => {
    await app.stop();
    await resources.drop();
  });

  it('begin after the on-delay, and only the graver of two is shown', async () => {
    await write(0, [2_700, 2_900, 2_900, 2_900, 3_000, 3_000, 3_000]);
    const graver = await reaches('HH', 'unacknowledged');
    expect(graver).toMatchObject({
      kind: 'limit',
      eq_id: 'REACTOR',
      priority: 'high',
      active: true,
      active_since: isoTime(at(6)),
      value: 3_000,
      limit_value: 2_990,
    });
    expect(await alarmOf('H')).toMatchObject({
      state: 'suppressed_by_design',
      active: true,
      acknowledged: false,
    });
    expect(told(await journal())).toEqual(['H activated 3', 'HH activated 6', 'H suppressed 6']);
  });

  it('are acknowledged once, whether or not they are still there', async () => {
    const { alarm_id } = await reaches('HH', 'unacknowledged');
    await act(alarm_id, 'acknowledge').expect(400);
    await act(999_999, 'acknowledge', { comment: 'Nothing' }).expect(404);
    const { body } = await act(alarm_id, 'acknowledge', { comment: 'Purge opened' }).expect(200);
    expect(body).toMatchObject({
      state: 'acknowledged',
      acknowledgement: { by: 'local', comment: 'Purge opened' },
    });
    const again = await act(alarm_id, 'acknowledge', { comment: 'Me too' }).expect(409);
    expect(again.body).toMatchObject({ code: 'ALARM_ACKNOWLEDGED' });
  });

  it('end after the off-delay, and go on where a process that was replaced has left off', async () => {
    await write(7, [2_700]);
    await app.stop();
    await start();
    await write(8, [2_700, 2_700]);
    await reaches('HH', 'normal');
    const { alarm_id } = await reaches('H', 'returned_unacknowledged');
    expect(told(await journal()).slice(-3)).toEqual(['HH returned 9', 'H unsuppressed 9', 'H returned 9']);
    const reply = await app.http
      .post('/api/v1/alarms/acknowledge')
      .send({ alarm_ids: [alarm_id, (await alarmOf('HH'))?.alarm_id], comment: 'Seen' })
      .expect(200);
    expect(reply.body).toMatchObject({ acknowledged: [alarm_id] });
    await reaches('H', 'normal');
    await app.http.post('/api/v1/alarms/acknowledge').send({ alarm_ids: [], comment: 'x' }).expect(400);
    await app.http
      .post('/api/v1/alarms/acknowledge')
      .send({ alarm_ids: [alarm_id, 999_999], comment: 'x' })
      .expect(404);
  });

  it('are corrected, not rewritten, when late samples tell another past', async () => {
    const before = await journal();
    // beyond HH for one sample only, while H was right
    await write(4, [2_900, 2_900, 2_900]);
    const corrected = await waitFor('the correction', async () => {
      const entries = await journal();
      return entries.length > before.length && entries;
    });
    expect(corrected.slice(0, before.length)).toEqual(before);
    const added = corrected.slice(before.length);
    expect(added.map(({ limit, event, cause, corrects }) => [limit, event, cause, corrects])).toEqual([
      [
        'HH',
        'retracted',
        'late_samples',
        before.find(({ event, limit }) => event === 'activated' && limit === 'HH')?.entry_id,
      ],
      [
        'HH',
        'retracted',
        'late_samples',
        before.find(({ event, limit }) => event === 'returned' && limit === 'HH')?.entry_id,
      ],
    ]);
    const figures = await get<AlarmFiguresDto>(`alarms/figures?from=${isoTime(START)}&to=${isoTime(at(60))}`);
    expect(figures).toMatchObject({ alarms: 1 });
    expect(figures.top).toMatchObject([{ limit: 'H', alarms: 1, share: 1 }]);
  });

  it('are told nothing by bad samples', async () => {
    const before = await journal();
    const tagId = (await app.get(TagDirectory).all()).get('XMEAS_07')?.id ?? 0;
    const bad = [10, 11, 12, 13].map((sample) => ({ tagId, ts: at(sample), value: 3_100, quality: 2 }));
    await app.get(SampleWriter).write([...bad, { tagId, ts: at(14), value: 2_700 }]);
    await waitFor('all of them to be judged', async () => {
      const [row] = await app
        .get(Database)
        .query<{ at: string | number }>('SELECT MAX(position_ts) AS at FROM alarm_checkpoint');
      return Number(row.at) >= at(14);
    });
    expect(await journal()).toEqual(before);
  });

  it('are put on a shelf for a day at the most, and every shelf ends', async () => {
    const alarm = await reaches('H', 'normal');
    const clock = app.get(ProcessClock);
    const shelve = (untilMs: number) =>
      act(alarm.alarm_id, 'shelve', { reason: 'Calibration', until: isoTime(untilMs) });
    await shelve(clock.now() - SECOND_MS).expect(400);
    await shelve(clock.now() + 25 * 3_600_000).expect(400);
    await act(alarm.alarm_id, 'shelve', { reason: 'Calibration', until: 'soon' }).expect(400);
    const { body } = await shelve(clock.now() + 23 * 3_600_000).expect(200);
    expect(body).toMatchObject({ state: 'shelved', shelved: { by: 'local', comment: 'Calibration' } });
    await act(alarm.alarm_id, 'unshelve', { comment: 'Done' }).expect(200);
    await act(alarm.alarm_id, 'unshelve').expect(409);
    await shelve(clock.now() + SECOND_MS).expect(200);
    await reaches('H', 'normal');
    const shelves = (await journal()).slice(-4);
    expect(shelves.map(({ event, cause, by, comment }) => [event, cause, by, comment])).toEqual([
      ['shelved', 'person', 'local', 'Calibration'],
      ['unshelved', 'person', 'local', 'Done'],
      ['shelved', 'person', 'local', 'Calibration'],
      ['unshelved', 'expiry', null, null],
    ]);
  });

  it('out of service are not shown, and still followed', async () => {
    const alarm = await reaches('H', 'normal');
    const out = await act(alarm.alarm_id, 'out-of-service', { reason: 'Transmitter replaced' }).expect(200);
    expect(out.body).toMatchObject({
      state: 'out_of_service',
      out_of_service: { comment: 'Transmitter replaced' },
    });
    await act(alarm.alarm_id, 'out-of-service', { reason: 'Again' }).expect(409);
    await write(20, [2_900, 2_900, 2_900]);
    const active = await waitFor('the alarm behind it', async () => {
      const found = await alarmOf('H');
      return found?.active && found;
    });
    expect(active).toMatchObject({ state: 'out_of_service', acknowledged: false });
    expect((await journal()).at(-1)).toMatchObject({ event: 'activated', annunciated: false });
    await act(alarm.alarm_id, 'in-service', { comment: 'New one' }).expect(200);
    await act(alarm.alarm_id, 'in-service').expect(409);
    await reaches('H', 'unacknowledged');
    await act(alarm.alarm_id, 'comment', { comment: 'Range 0 to 3 MPa' }).expect(200);
    expect((await journal()).at(-1)).toMatchObject({ event: 'commented', comment: 'Range 0 to 3 MPa' });
  });

  it('end when their limit is taken away', async () => {
    await app.http
      .patch('/api/v1/tags/XMEAS_07')
      .send({ limits: { h: 2_980 }, priority: 'low' })
      .expect(200);
    await write(23, [2_985, 2_985, 2_985]);
    await app.http
      .patch('/api/v1/tags/XMEAS_07')
      .send({ limits: { h: null } })
      .expect(200);
    await write(26, [2_985]);
    await reaches('H', 'returned_unacknowledged');
    expect((await journal()).at(-1)).toMatchObject({
      event: 'returned',
      cause: 'settings',
      limit_value: null,
    });
  });

  it('of the past are judged by the limits of their time', async () => {
    const before = await journal();
    // H was 2,880 then: beyond it one sample longer changes nothing, and there is no H any more
    await write(6, [2_910]);
    await write(3, [2_880]);
    await waitFor('all of it to be judged again', async () => {
      const [row] = await app
        .get(Database)
        .query<{ at: string | number }>('SELECT MAX(position_ts) AS at FROM alarm_checkpoint');
      const [entry] = await app
        .get(Database)
        .query<{ snapshot: string }>(
          'SELECT snapshot FROM alarm_checkpoint ORDER BY position_ts DESC LIMIT 1',
        );
      const position = await app.get(SampleFeed).position();
      const [{ feed }] = await app
        .get(Database)
        .query<{ feed: string | number }>('SELECT MAX(feed_position) AS feed FROM alarm_checkpoint');
      const isSettled = (JSON.parse(entry.snapshot) as { again: unknown }).again === null;
      return Number(row.at) >= at(26) && isSettled && Number(feed) >= position;
    });
    expect(await journal()).toEqual(before);
  });

  it('show in the health answer who judges the samples, and that samples wait', async () => {
    const database = app.get(Database);
    const reading = async () => (await app.get(HealthIndicators).read()).alarms;
    expect(await reading()).toMatchObject({
      status: 'up',
      holder: app.get(Leases).processId,
      held_since: expect.any(String),
      lag_ms: 0,
      behind_after_ms: 30_000,
      judged_to: isoTime(at(26)),
    });
    // As if another process held it, and did nothing.
    await database.query(
      "UPDATE lease SET holder = 'idle', expires_at = expires_at + 3600000 WHERE name = 'alarms'",
    );
    await write(27, [2_700]);
    await database.query('UPDATE ingest_log SET written_at = written_at - 31000');
    const behind = await reading();
    expect(behind).toMatchObject({ status: 'degraded', holder: 'idle', judged_to: isoTime(at(26)) });
    expect(behind.reason).toMatch(/^samples have waited for 3\d s to be judged/);
    await database.query("UPDATE lease SET expires_at = 0 WHERE name = 'alarms'");
    await waitFor('them to be judged', async () => (await reading()).judged_to === isoTime(at(27)));
    expect(await reading()).toMatchObject({ status: 'up', holder: app.get(Leases).processId, lag_ms: 0 });
  });

  it('of incidents have three doors, and one acknowledgement', async () => {
    const doors = {
      alarm: (_: number, alarmId: number) => `alarms/${alarmId}`,
      incident: (id: number) => `incidents/${id}`,
      anomaly: (_: number, _alarm: number, anomalyId: number) => `anomalies/${anomalyId}`,
    };
    for (const [name, door] of Object.entries(doors)) {
      const { incidentId, anomalyId } = await openIncident();
      const alarm = await waitFor('the alarm of the incident', async () =>
        (await items<AlarmDto>('alarms?kind=incident&state=unacknowledged')).find(
          ({ incident_id }) => incident_id === incidentId,
        ),
      );
      expect(alarm).toMatchObject({
        priority: 'high',
        active: true,
        eq_id: 'REACTOR',
        tag: null,
        limit: null,
      });
      const comment = `By the door of the ${name}`;
      await app.http
        .post(`/api/v1/${door(incidentId, alarm.alarm_id, anomalyId)}/acknowledge`)
        .send({ comment })
        .expect(200);
      for (const path of [`incidents/${incidentId}`, `anomalies/${anomalyId}`])
        expect(await get(`${path}`)).toMatchObject({ acknowledged: { by: 'local', comment } });
      expect(await get(`alarms/${alarm.alarm_id}`)).toMatchObject({
        state: 'acknowledged',
        acknowledgement: { by: 'local', comment },
      });
      const own = await items<AlarmEntryDto>(`alarms/journal?alarm_id=${alarm.alarm_id}`);
      expect(own.map(({ event, cause }) => [event, cause])).toEqual([
        ['acknowledged', 'person'],
        ['activated', 'incident'],
      ]);
    }
  });

  it('of incidents end with them, and with those that late samples take back', async () => {
    const [{ incidentId: over }, { incidentId: gone }] = [await openIncident(), await openIncident()];
    const stateOf = async (id: number): Promise<string | undefined> => {
      const all = [
        ...(await items<AlarmDto>('alarms?kind=incident')),
        ...(await items<AlarmDto>('alarms?state=normal&kind=incident')),
      ];
      return all.find(({ incident_id }) => incident_id === id)?.state;
    };
    const becomes = (id: number, state: string) =>
      waitFor(`the alarm to be ${state}`, async () => (await stateOf(id)) === state);
    await becomes(gone, 'unacknowledged');
    const { manager } = app.get(Database);
    await manager.update(Incident, { id: over }, { state: 'closed', endedAt: at(50), firstTags: [] });
    await manager.update(Anomaly, { incidentId: gone }, { incidentId: null, contributions: [] });
    await manager.delete(Incident, { id: gone });
    expect(await becomes(over, 'returned_unacknowledged')).toBe(true);
    expect(await becomes(gone, 'normal')).toBe(true);
  });

  it('are found, counted and told in pages and in lines', async () => {
    const found = async (query: string): Promise<number> => (await items(`alarms?${query}`)).length;
    expect(await found('state=returned_unacknowledged&eq_id=REACTOR&tag=XMEAS_07&kind=limit')).toBe(1);
    expect(await found('min_priority=critical')).toBe(0);
    expect(await found('active=true&kind=limit')).toBe(0);
    await app.http.get('/api/v1/alarms?state=loud').expect(400);
    await app.http.get('/api/v1/alarms?tag=NOTHING').expect(404);
    expect(await get('alarms?state=normal&limit=1&total=true')).toMatchObject({
      next_cursor: expect.any(String),
      total: expect.any(Number),
    });
    const all = (await journal()).reverse();
    const first = await get<{ items: AlarmEntryDto[]; next_cursor: string }>('alarms/journal?limit=3');
    const second = await items<AlarmEntryDto>(`alarms/journal?limit=3&cursor=${first.next_cursor}`);
    expect([...first.items, ...second]).toEqual(all.slice(0, 6));
    const csv = await app.http.get('/api/v1/alarms/journal?limit=3').set('accept', 'text/csv').expect(200);
    expect(csv.headers['x-next-cursor']).toBe(first.next_cursor);
    const lines = csv.text.trim().split('\n');
    expect(lines).toHaveLength(4);
    expect(lines[0]).toMatch(/^entry_id,alarm_id,event,cause,plant_at,/);
    expect(lines[1]).toMatch(new RegExp(`^${all[0].entry_id},${all[0].alarm_id},acknowledged,late_samples,`));
    await app.http.get('/api/v1/alarms/journal?from=2026-03-02&to=2026-03-01').expect(400);
    await app.http.get('/api/v1/alarms/figures?from=2020-01-01&to=2026-01-01').expect(400);
    expect(await app.get(Metrics).registry.metrics()).toContain(
      'alarms_active{priority="high",state="acknowledged"} 3',
    );
  });

  it('are told by events as their route tells them', async () => {
    const { events } = await app.get(EventLog).eventsAfter(0, 10_000);
    const told = new Map(
      events
        .filter(({ topic }) => topic === 'alarms')
        .map(({ subject, data }) => [subject, JSON.parse(data)]),
    );
    expect(told.size).toBeGreaterThan(1);
    for (const [id, data] of told) expect(data).toEqual(await get(`alarms/${id}`));
  });
});
