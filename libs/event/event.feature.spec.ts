import { once } from 'node:events';
import { connect } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '#jest';
import { PlantRegistration } from '#equipment';
import { LotHttpModule, LotService } from '#lot';
import { createApiKey, Database, EventLog, JobsService, Metrics, ProcessClock } from '#platform';
import { ReportHttpModule } from '#report';
import {
  describeOnBothProfiles,
  describeOnServer,
  EventClient,
  FeatureApp,
  profileResources,
  waitFor,
} from '#testing';
import { SampleWriter, TagDirectory, TimeseriesHttpModule } from '#timeseries';
import { EventHttpModule } from './event.http.module.js';
import { EventStreams } from './event-streams.service.js';
import type { SampleState } from './latest-samples.service.js';

const NOW = Date.UTC(2026, 2, 10);
const MINUTE_MS = 60_000;
const KEY = createApiKey('panel', 'operator');
const AUTH = { Authorization: `Bearer ${KEY.secret}` };

describeOnBothProfiles('the stream of events', (profile) => {
  let app: FeatureApp;
  let clients: EventClient[] = [];
  let lotCount = 0;

  beforeAll(async () => {
    app = await FeatureApp.start({
      profile,
      imports: [EventHttpModule, LotHttpModule, ReportHttpModule, TimeseriesHttpModule],
      queue: 'submits',
      variables: { API_KEYS: KEY.entry },
    });
    await app.get(ProcessClock).set({ timeMs: NOW, wallMs: Date.now(), rate: 0 });
    await app.get(PlantRegistration).register();
  });

  afterEach(() => {
    for (const client of clients) client.close();
    clients = [];
  });

  afterAll(() => app.stop());

  async function open(query = '', headers: Record<string, string> = {}): Promise<EventClient> {
    const client = await EventClient.open(`${app.url}/api/v1/events${query}`, { ...AUTH, ...headers });
    clients.push(client);
    await waitFor('the first event', () => client.events.length > 0);
    return client;
  }

  /** Of its own day, so that lots do not overlap. */
  function addLot(): Promise<{ id: number }> {
    const startedAt = NOW - ++lotCount * 24 * 60 * MINUTE_MS;
    return app.get(LotService).add({ lotNo: `L${lotCount}`, startedAt, endedAt: startedAt + MINUTE_MS });
  }

  async function write(tag: string, minute: number, value: number): Promise<void> {
    const tagId = (await app.get(TagDirectory).all()).get(tag)?.id ?? 0;
    await app.get(SampleWriter).write([{ tagId, ts: NOW + minute * MINUTE_MS, value }]);
  }

  const metrics = (): Promise<string> => app.get(Metrics).registry.metrics();

  const idsOf = (client: EventClient): number[] => client.of('lots').map(({ id }) => Number(id));

  it('reports a change in the form of its own route', async () => {
    const client = await open('?types=lots');
    expect(client.answer.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
    expect(client.answer.headers.get('cache-control')).toBe('no-cache, no-transform');
    const { id } = await addLot();
    const received = await client.next<{ lot_id: number }>('lots', ({ lot_id }) => lot_id === id);
    expect(received.data).toEqual((await app.http.get(`/api/v1/lots/${id}`).set(AUTH).expect(200)).body);
  });

  it('says that a row is gone', async () => {
    const client = await open('?types=lots');
    const { id } = await addLot();
    await app.get(LotService).discard(id);
    const gone = await client.next<{ deleted?: true }>('lots', ({ deleted }) => deleted === true);
    expect(gone.data).toEqual({ lot_id: id, deleted: true });
  });

  it('publishes nothing that was rolled back, and numbers what was not without a gap', async () => {
    const before = await app.get(EventLog).position();
    const client = await open('?types=lots');
    const failing = app.get(Database).transaction(async () => {
      await addLot();
      throw new Error('no');
    });
    await expect(failing).rejects.toThrow('no');
    await Promise.all([addLot(), addLot(), addLot()]);
    await waitFor('three lots', () => idsOf(client).length >= 3);
    expect(idsOf(client)).toEqual([before + 1, before + 2, before + 3]);
  });

  it('publishes a row once in a transaction, as it is at its end', async () => {
    const client = await open('?types=lots');
    const { id } = await app.get(Database).transaction(async () => {
      const lot = await addLot();
      await app.get(LotService).update(lot.id, 1, { note: 'first' });
      return app.get(LotService).update(lot.id, 2, { note: 'second' });
    });
    await client.next<{ lot_id: number }>('lots', ({ lot_id }) => lot_id === id);
    await addLot();
    await waitFor('the next lot', () => idsOf(client).length >= 2);
    expect(client.of('lots')).toHaveLength(2);
    expect(client.of('lots')[0].data).toMatchObject({ lot_id: id, note: 'second', version: 3 });
  });

  describe('resumes', () => {
    it.each(['memory', 'the log'])('behind the last id, from %s', async (where) => {
      const first = await open('?types=lots');
      await addLot();
      const { id } = await first.next('lots');
      // As long as one stream is open the process remembers; without any it reads the log.
      if (where === 'the log') first.close();
      const missed = [await addLot(), await addLot()].map((lot) => lot.id);
      if (where === 'memory') await waitFor('them to be read', () => idsOf(first).length >= 3);
      const again = await open('?types=lots', { 'Last-Event-ID': String(id) });
      const next = await addLot();
      await waitFor('all lots', () => idsOf(again).length >= 3);
      expect(again.events[0]).toMatchObject({ event: 'hello', id: undefined, data: { resumed: true } });
      expect(again.of('lots').map(({ data }) => (data as { lot_id: number }).lot_id)).toEqual([
        ...missed,
        next.id,
      ]);
      expect(idsOf(again)).toEqual([1, 2, 3].map((step) => Number(id) + step));
    });

    it('behind ?since=, and Last-Event-ID goes before it', async () => {
      const position = await app.get(EventLog).position();
      await addLot();
      await addLot();
      const both = await open(`?types=lots&since=${position}`);
      await waitFor('two lots', () => idsOf(both).length >= 2);
      const one = await open(`?types=lots&since=${position}`, { 'Last-Event-ID': String(position + 1) });
      await waitFor('one lot', () => idsOf(one).length >= 1);
      expect(idsOf(one)).toEqual([position + 2]);
    });

    it.each([
      ['forgotten', () => 0],
      ['from another database', (position: number) => position + 1_000],
      ['no number', () => 'done'],
    ])('says reset when the id is %s, and goes on from there', async (_why, given) => {
      const witness = await open('?types=lots');
      await addLot();
      // Until it is passed on, a reset goes back to before it.
      await witness.next('lots');
      const position = await app.get(EventLog).position();
      await app.get(Database).query('DELETE FROM event_log WHERE id < ?', [position]);
      const client = await open('?types=lots', { 'Last-Event-ID': String(given(position)) });
      const reset = await client.next('reset');
      expect(reset).toMatchObject({ id: String(position), data: { position } });
      await addLot();
      await client.next('lots');
      expect(idsOf(client)).toEqual([position + 1]);
    });
  });

  describe('of samples', () => {
    it('begins with the newest of every tag and reports what changes, with the limit it has reached', async () => {
      await write('XMEAS_07', 0, 2_705);
      await write('XMEAS_09', 0, 120);
      const client = await open('?types=samples');
      const first = await client.next<{ items: SampleState[] }>('samples');
      expect(first.id).toBeUndefined();
      expect(first.data.items.map(({ tag }) => tag)).toEqual(
        expect.arrayContaining(['XMEAS_07', 'XMEAS_09']),
      );
      await write('XMEAS_07', 3, 2_900);
      const { data } = await client.next<{ items: SampleState[] }>('samples', ({ items }) =>
        items.some(({ value }) => value === 2_900),
      );
      // 2,895 kPa is H, 3,000 kPa is HH.
      expect(data.items).toEqual([
        {
          tag: 'XMEAS_07',
          eq_id: 'REACTOR',
          ts: new Date(NOW + 3 * MINUTE_MS).toISOString(),
          value: 2_900,
          quality: 'good',
          limit_state: 'H',
        },
      ]);
    });

    it('leaves out what lies between two looks, and never the last', async () => {
      const client = await open('?types=samples&tags=XMEAS_12');
      const tagId = (await app.get(TagDirectory).all()).get('XMEAS_12')?.id ?? 0;
      // However slow the machine, no look comes between the two of one transaction.
      for (let i = 1; i <= 40; i += 2)
        await app
          .get(SampleWriter)
          .write([i, i + 1].map((value) => ({ tagId, ts: NOW + value * MINUTE_MS, value })));
      await client.next<{ items: SampleState[] }>('samples', ({ items }) => items[0].value === 40);
      const values = client
        .of('samples')
        .map(({ data }) => (data as { items: SampleState[] }).items[0].value);
      expect(values.length).toBeLessThan(40);
      expect(values).toEqual([...new Set(values)].sort((a, b) => a - b));
    });

    it('carries only the tags, and only the equipment, that were asked for', async () => {
      await write('XMEAS_07', 100, 1);
      const [byTag, byEquipment] = [
        await open('?types=samples&tags=XMEAS_09,XMEAS_10'),
        await open('?types=samples&eq_id=REACTOR'),
      ];
      await write('XMEAS_09', 101, 7);
      await write('XMEAS_10', 101, 8);
      for (const [client, last] of [
        [byTag, 'XMEAS_10'],
        [byEquipment, 'XMEAS_09'],
      ] as const)
        await client.next<{ items: SampleState[] }>('samples', ({ items }) =>
          items.some(({ tag, value }) => tag === last && value >= 7),
        );
      const seen = (client: EventClient): SampleState[] =>
        client.of('samples').flatMap(({ data }) => (data as { items: SampleState[] }).items);
      expect(new Set(seen(byTag).map(({ tag }) => tag))).toEqual(new Set(['XMEAS_09', 'XMEAS_10']));
      expect(new Set(seen(byEquipment).map(({ eq_id }) => eq_id))).toEqual(new Set(['REACTOR']));
    });
  });

  describe('refuses', () => {
    it.each([
      ['?types=weather', 400, 'VALIDATION_FAILED'],
      ['?types=', 400, 'VALIDATION_FAILED'],
      ['?since=-1', 400, 'VALIDATION_FAILED'],
      ['?since=soon', 400, 'VALIDATION_FAILED'],
      ['?tags=XMEAS_99', 404, 'TAG_NOT_FOUND'],
      ['?eq_id=KITCHEN', 404, 'EQUIPMENT_NOT_FOUND'],
    ])('%s with a problem', async (query, status, code) => {
      const { body } = await app.http.get(`/api/v1/events${query}`).set(AUTH).expect(status);
      expect(body).toMatchObject({ code });
    });

    it('who has no key', async () => {
      const { body } = await app.http.get('/api/v1/events').expect(401);
      expect(body).toMatchObject({ code: 'UNAUTHORIZED' });
    });

    it('a job that does not exist', async () => {
      const path = '/api/v1/predictions/5f0c7a52-2b1a-4f9b-9d0e-0d5a2f6f5c11/events';
      const { body } = await app.http.get(path).set(AUTH).expect(404);
      expect(body).toMatchObject({ code: 'PREDICTION_NOT_FOUND' });
    });
  });

  it('answers HEAD without a stream', async () => {
    await app.http
      .head('/api/v1/events')
      .set(AUTH)
      .expect(200)
      .expect('Content-Type', /^text\/event-stream/);
  });

  it('keeps no more in the log than it may', async () => {
    await app.get(Database).query('UPDATE event_log SET written_at = 0');
    await addLot();
    await app.get(EventLog).trim();
    const rows = await app.get(Database).query<{ id: string | number }>('SELECT id FROM event_log');
    expect(rows.map(({ id }) => Number(id))).toEqual([await app.get(EventLog).position()]);
  });

  it('refuses more streams than it may have, until one has closed', async () => {
    const streams = app.get(EventStreams);
    const most = streams.mostStreams;
    const first = await open('?types=lots');
    await waitFor('the others to be gone', async () => /^event_streams_open 1$/m.test(await metrics()));
    streams.mostStreams = 1;
    const refused = await app.http.get('/api/v1/events').set(AUTH).expect(503);
    expect(refused.body).toMatchObject({ code: 'EVENT_STREAMS_FULL' });
    expect(refused.headers['retry-after']).toBe('5');
    first.close();
    await waitFor('room', async () => /^event_streams_open 0$/m.test(await metrics()));
    await open('?types=lots');
    streams.mostStreams = most;
  });

  it('sends heartbeats, and with them the id of events that the reader did not ask for', async () => {
    const streams = app.get(EventStreams);
    const client = await open('?types=plant');
    streams.heartbeatMs = 0;
    await addLot();
    const position = await app.get(EventLog).position();
    await waitFor('the id', () => client.lastEventId === String(position));
    streams.heartbeatMs = 15_000;
    expect(client.comments).toBeGreaterThan(0);
    expect(client.of('lots')).toEqual([]);
  });

  it('cuts off who does not read, and nobody else', async () => {
    const client = await open('?types=lots');
    const socket = connect(Number(new URL(app.url).port), '127.0.0.1');
    const lines = [
      'GET /api/v1/events?types=lots HTTP/1.1',
      'Host: 127.0.0.1',
      `X-API-Key: ${KEY.secret}`,
      '',
      '',
    ];
    socket.write(lines.join('\r\n'));
    await once(socket, 'data');
    socket.pause();
    // As many as the buffers of the line and a megabyte hold, and more.
    const events = app.get(EventLog);
    const data = { text: 'x'.repeat(200_000) };
    events.register({
      name: 'novel',
      topic: 'lots',
      contents: (keys) => Promise.resolve(new Map(keys.map((key) => [key, { data }]))),
    });
    await waitFor('the stream to be cut', async () => {
      await events.append('novel', 1);
      return /^event_streams_ended_total{reason="slow"} 1$/m.test(await metrics());
    });
    expect(client.end).toBeUndefined();
    socket.destroy();
  });

  describe('of a report', () => {
    const reports = () => app.get(JobsService).kindOf('report').rows;

    async function request(): Promise<string> {
      const { body } = await app.http.post('/api/v1/reports').set(AUTH).send({ type: 'daily' }).expect(202);
      return (body as { job_id: string }).job_id;
    }

    async function follow(jobId: string): Promise<EventClient> {
      const client = await EventClient.open(`${app.url}/api/v1/reports/${jobId}/events`, AUTH);
      clients.push(client);
      return client;
    }

    it('reports how far it is and ends with what its route answers', async () => {
      const jobId = await request();
      const client = await follow(jobId);
      await client.next<{ status: string }>('jobs', ({ status }) => status === 'queued');
      const run = await reports().begin(jobId);
      if (!run) throw new Error('it cannot be begun');
      await reports().reportProgress(run, 40);
      await client.next<{ progress: number }>('jobs', ({ progress }) => progress === 40);
      await reports().fail(run, { code: 'NO_PAPER', message: 'There is no paper' });
      const done = await client.next('done');
      const answer = await app.http.get(`/api/v1/reports/${jobId}`).set(AUTH).expect(200);
      expect(done).toMatchObject({ id: 'done', data: answer.body as object });
      expect(done.data).toMatchObject({ status: 'failed', error: { code: 'NO_PAPER' } });
      await waitFor('the end', () => client.end === 'closed');
    });

    it('that is over says so at once, and to a browser that has seen it that it need not come back', async () => {
      const jobId = await request();
      await reports().cancel(jobId);
      const client = await follow(jobId);
      expect((await client.next('done')).data).toMatchObject({ status: 'cancelled' });
      const path = `/api/v1/reports/${jobId}/events`;
      await app.http
        .get(path)
        .set({ ...AUTH, 'Last-Event-ID': 'done' })
        .expect(204);
    });

    it('is among the events of all jobs', async () => {
      const client = await open('?types=jobs');
      const jobId = await request();
      const received = await client.next<{ job_id: string }>('jobs', ({ job_id }) => job_id === jobId);
      expect(received.data).toMatchObject({ kind: 'report', status: 'queued', progress: 0 });
    });
  });
});

describeOnServer('a process that hears no bell', () => {
  it('finds what another one has written', async () => {
    const resources = await profileResources('server', { tables: 'migrated' });
    const start = (prefix: string): Promise<FeatureApp> =>
      FeatureApp.start({
        profile: 'server',
        imports: [EventHttpModule, LotHttpModule],
        queue: 'submits',
        resources,
        variables: { QUEUE_PREFIX: prefix },
      });
    const reading = await start('deaf');
    const writing = await start('mute');
    const client = await EventClient.open(`${reading.url}/api/v1/events?types=lots`);
    await client.next('hello');
    const { id } = await writing.get(LotService).add({ lotNo: 'far', startedAt: NOW, endedAt: NOW + 1 });
    expect((await client.next('lots')).data).toMatchObject({ lot_id: id, lot_no: 'far' });
    client.close();
    await Promise.all([reading.stop(), writing.stop()]);
    await resources.drop();
  });
});
