import { once } from 'node:events';
import {
  Agent,
  type ClientRequest,
  type IncomingMessage,
  type OutgoingHttpHeaders,
  request as httpRequest,
  type RequestOptions,
} from 'node:http';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '#jest';
import { EquipmentHttpModule, PlantRegistration } from '#equipment';
import { LotHttpModule } from '#lot';
import { Database, ProcessClock } from '#platform';
import { describeOnBothProfiles, FeatureApp, waitFor } from '#testing';
import type { SeriesDto, TagSeriesDto } from '../series/dto/series.dto.js';
import { MAX_STREAMS } from './ingest-door.service.js';
import { expectRollupsToMatchSamples } from '../../../test/factories/rollups-match.fixture.js';
import { SeriesReader } from '../series/series-reader.service.js';
import { TagDirectory } from '../samples/tag-directory.service.js';
import { TimeseriesHttpModule } from '../timeseries.http.module.js';

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

describeOnBothProfiles('samples sent over HTTP', (profile) => {
  let app: FeatureApp;
  let tagIds: number[];
  /** The plant's now in all these tests. */
  const now = Date.UTC(2026, 2, 10, 12);
  const iso = (ts: number): string => new Date(ts).toISOString();

  beforeAll(async () => {
    app = await FeatureApp.start({
      profile,
      imports: [EquipmentHttpModule, LotHttpModule, TimeseriesHttpModule],
    });
    await app.get(ProcessClock).set({ timeMs: now, wallMs: Date.now(), rate: 0 });
    await app.get(PlantRegistration).register();
    tagIds = await app.get(TagDirectory).plantTagIds();
  });

  afterAll(() => app.stop());

  beforeEach(async () => {
    await app.get(Database).query('DELETE FROM timeseries_sample');
    await app.get(Database).query('DELETE FROM timeseries_rollup');
  });

  const post = (body: unknown) => app.http.post('/api/v1/timeseries').send(body as object);
  const stream = (type: string, body: string) =>
    app.http.post('/api/v1/timeseries').set('Content-Type', type).send(body);
  /** A request whose body is sent piece by piece. */
  const openStream = (headers: OutgoingHttpHeaders = { 'Transfer-Encoding': 'chunked' }): ClientRequest =>
    httpRequest(`${app.url}/api/v1/timeseries`, {
      method: 'POST',
      headers: { 'Content-Type': 'text/csv', ...headers },
    });
  const series = async (query: Record<string, unknown>): Promise<TagSeriesDto[]> => {
    const { body } = await app.http.get('/api/v1/timeseries').query(query).expect(200);
    return (body as SeriesDto).series;
  };
  const stored = (): Promise<number> => app.get(SeriesReader).count(tagIds, 0, now + DAY_MS);

  describe('a JSON batch', () => {
    it('of samples and records is stored, late ones too, and read back', async () => {
      const answer = await post({
        samples: [
          { tag: 'XMEAS_07', ts: iso(now), value: 2705 },
          { tag: 'XMEAS_07', ts: iso(now - 20 * DAY_MS), value: 2600, quality: 'uncertain' },
        ],
        records: [
          { ts: iso(now - 3 * MINUTE_MS), values: { XMEAS_07: 2701.5, XMEAS_09: 120.4, XMV_01: null } },
        ],
      }).expect(200);
      expect(answer.body).toEqual({ accepted: 4, overwritten: 0, chunks: 1 });
      const [pressure, temperature] = await series({
        tags: 'XMEAS_07,XMEAS_09',
        from: iso(now - 30 * DAY_MS),
        to: iso(now + 1),
        method: 'raw',
      });
      expect(pressure).toEqual({
        tag: 'XMEAS_07',
        unit: expect.any(String),
        raw_count: 3,
        uncertain_count: 1,
        bad_count: 0,
        returned_count: 3,
        method: 'raw',
        source: 'raw',
        points: [
          { ts: iso(now - 20 * DAY_MS), value: 2600, quality: 'uncertain' },
          { ts: iso(now - 3 * MINUTE_MS), value: 2701.5, quality: 'good' },
          { ts: iso(now), value: 2705, quality: 'good' },
        ],
      });
      expect(temperature.points).toHaveLength(1);
    });

    it('overwrites what has the same tag and time', async () => {
      const sample = { tag: 'XMEAS_01', ts: iso(now), value: 1 };
      await post({ samples: [sample] }).expect(200);
      const again = await post({
        samples: [
          { ...sample, value: 2 },
          { ...sample, ts: iso(now - 1), value: 3 },
        ],
      });
      expect(again.body).toEqual({ accepted: 2, overwritten: 1, chunks: 1 });
      const [{ points }] = await series({ tags: 'XMEAS_01', to: iso(now + 1) });
      expect(points.map(({ value }) => value)).toEqual([3, 2]);
      await expectRollupsToMatchSamples(app.get(Database));
    });

    it('counts what it overwrites of itself', async () => {
      const sample = { tag: 'XMEAS_01', ts: iso(now), value: 1 };
      const twice = await post({ samples: [sample, { ...sample, value: 2 }] });
      expect(twice.body).toEqual({ accepted: 2, overwritten: 1, chunks: 1 });
      // Of these two, the first replaces what is stored and the second the first.
      const csv = await stream('text/csv', `tag,time,value\nXMEAS_01,${iso(now)},3\nXMEAS_01,${iso(now)},4`);
      expect(csv.body).toEqual({ accepted: 2, overwritten: 2, chunks: 1 });
      expect(await stored()).toBe(1);
    });

    it.each([
      ['an unknown tag', { tag: 'XMEAS_99' }, 422, 'TAG_NOT_FOUND', 'samples[1].tag'],
      ['the future', { ts: iso(now + 6 * MINUTE_MS) }, 422, 'SAMPLE_IN_FUTURE', 'samples[1].ts'],
      ['a time beyond what is kept', { ts: iso(now - 91 * DAY_MS) }, 422, 'SAMPLE_TOO_OLD', 'samples[1].ts'],
      ['a text as value', { value: 'NaN' }, 422, 'SAMPLE_INVALID', 'samples[1].value'],
      ['null as value', { value: null }, 422, 'SAMPLE_INVALID', 'samples[1].value'],
      ['an unknown field', { unit: 'kPa' }, 400, 'VALIDATION_FAILED', 'samples[1]."unit"'],
      ['SQL in the tag', { tag: "X'; DROP TABLE lot; --" }, 422, 'TAG_NOT_FOUND', 'samples[1].tag'],
    ])(
      'with %s in it is refused as a whole, and the sample named',
      async (_what, wrong, status, code, field) => {
        const good = { tag: 'XMEAS_01', ts: iso(now), value: 1 };
        const answer = await post({ samples: [good, { ...good, ...wrong }] }).expect(status);
        expect(answer.body).toMatchObject({ code, errors: [{ field }] });
        expect(await stored()).toBe(0);
      },
    );

    it('takes 5 minutes ahead of the plant', async () => {
      await post({ samples: [{ tag: 'XMEAS_01', ts: iso(now + 5 * MINUTE_MS), value: 1 }] }).expect(200);
    });

    it.each([
      ['nothing', {}, 400],
      ['an array', [], 400],
      ['samples that are no array', { samples: 'many' }, 400],
      ['an unknown field', { sample: [] }, 400],
      ['20,001 samples', { samples: Array(20_001).fill(0) }, 413],
    ])('that is %s is refused', async (_what, body, status) => {
      const answer = await post(body).expect(status);
      expect(answer.headers['content-type']).toContain('application/problem+json');
    });

    it('without a body or with the wrong content type is refused', async () => {
      await app.http.post('/api/v1/timeseries').expect(400);
      await stream('text/plain', 'tag,time,value').expect(415);
      await stream('application/json', '{"samples":').expect(400);
    });
  });

  describe('a stream', () => {
    const csv = (lines: number): string[] => [
      'tag,time,value',
      ...Array.from({ length: lines }, (_, i) => `XMEAS_02,${iso(now - DAY_MS + i * 1_000)},${i}`),
    ];

    it('of CSV is written in chunks of 5,000 samples', async () => {
      const answer = await stream('text/csv; charset=utf-8', csv(12_000).join('\r\n')).expect(200);
      expect(answer.body).toEqual({ accepted: 12_000, overwritten: 0, chunks: 3 });
      const statistics = await app.get(SeriesReader).statistics(tagIds, now - DAY_MS, now);
      expect(statistics.get(tagIds[1])).toMatchObject({ count: 12_000, min: 0, max: 11_999, mean: 5_999.5 });
      await expectRollupsToMatchSamples(app.get(Database));
    });

    it('of wide CSV or NDJSON records is written whole lines at a time', async () => {
      const wide = `time,XMEAS_01,XMEAS_02\n${iso(now)},1,2\n${iso(now - 1)},,3\n`;
      expect((await stream('text/csv', wide).expect(200)).body).toMatchObject({ accepted: 3 });
      const ndjson = [
        JSON.stringify({ ts: iso(now), values: { XMEAS_01: 4, XMEAS_03: 5 } }),
        JSON.stringify({ tag: 'XMEAS_03', ts: iso(now - 1), value: 6 }),
      ].join('\n');
      expect((await stream('application/x-ndjson', ndjson).expect(200)).body).toEqual({
        accepted: 3,
        overwritten: 1,
        chunks: 1,
      });
    });

    it('that goes wrong in the middle names the line and says what was kept', async () => {
      const lines = csv(7_000);
      lines[6_500] = `XMEAS_77,${iso(now)},1`;
      const answer = await stream('text/csv', lines.join('\n')).expect(422);
      expect(answer.body).toMatchObject({
        code: 'TAG_NOT_FOUND',
        line: 6_501,
        accepted: 5_000,
        chunks: 1,
        kept_through_line: 5_001,
        errors: [{ field: 'line 6501, tag' }],
      });
      expect(await stored()).toBe(5_000);
      await expectRollupsToMatchSamples(app.get(Database));
    });

    it('that is not in UTF-8 names the line', async () => {
      const body = Buffer.from(
        `tag,time,value\nXMEAS_01,${iso(now)},1\nXMEAS_01,${iso(now)},\xb0\n`,
        'latin1',
      );
      const answer = await app.http
        .post('/api/v1/timeseries')
        .set('Content-Type', 'text/csv')
        .send(body)
        .expect(400);
      expect(answer.body).toMatchObject({
        code: 'VALIDATION_FAILED',
        line: 3,
        detail: 'line 3: is not text in UTF-8',
      });
      expect(await stored()).toBe(0);
    });

    it.each([
      ['NaN', 'text/csv', `tag,time,value\nXMEAS_01,${iso(now)},NaN`, 422, 2],
      ['a header of an unknown tag', 'text/csv', `time,XMEAS_01,FOO\n${iso(now)},1,2`, 422, 1],
      ['broken JSON', 'application/x-ndjson', '{"tag":"XMEAS_01"', 400, 1],
      ['a line of 70,000 characters', 'application/x-ndjson', `\n\n"${'x'.repeat(70_000)}"\n`, 400, 3],
    ])('with %s keeps nothing', async (_what, type, body, status, line) => {
      const answer = await stream(type, body).expect(status);
      expect(answer.body).toMatchObject({ line, accepted: 0 });
      expect(await stored()).toBe(0);
    });

    it.each([
      ['empty', { 'Content-Type': 'text/csv' }, '\n\n', 400],
      ['compressed', { 'Content-Type': 'text/csv', 'Content-Encoding': 'gzip' }, 'x', 415],
      ['in another character set', { 'Content-Type': 'text/csv; charset=euc-kr' }, 'x', 415],
    ])('that is %s is refused', async (_what, headers, body, status) => {
      const answer = await app.http.post('/api/v1/timeseries').set(headers).send(body).expect(status);
      expect(answer.headers['content-type']).toContain('application/problem+json');
    });

    it.each([
      ['wrong in its second line', '/timeseries', 'text/csv', 422],
      ['in another character set', '/timeseries', 'text/csv; charset=euc-kr', 415],
      ['sent to nobody', '/nowhere', 'text/csv', 404],
      ['JSON that is too large', '/timeseries', 'application/json', 413],
    ])('that is refused early, %s, leaves the next request well', async (_what, path, type, status) => {
      const agent = new Agent({ keepAlive: true, maxSockets: 1 });
      const send = async (options: RequestOptions, body = ''): Promise<IncomingMessage> => {
        const sent = httpRequest(app.url, { agent, ...options });
        sent.end(body);
        const [answer] = (await once(sent, 'response')) as [IncomingMessage];
        return answer.resume();
      };
      const body = 'tag,time,value\nXMEAS_77,never,1\n'.padEnd(2_000_000, '\n');
      for (let round = 0; round < 2; round++) {
        const headers = { 'Content-Type': type };
        const refused = await send({ method: 'POST', path: `/api/v1${path}`, headers }, body);
        expect([refused.statusCode, refused.headers.connection]).toEqual([status, 'close']);
        expect((await send({ path: '/api/v1/tags' })).statusCode).toBe(200);
      }
      agent.destroy();
    });

    it('of 100 MB is answered without being read', async () => {
      const sender = openStream({ 'Content-Length': 100_000_000 });
      sender.write('tag,time,value\n');
      const [answer] = (await once(sender, 'response')) as [IncomingMessage];
      expect(answer.statusCode).toBe(413);
      sender.destroy();
    });

    it('has to wait when four others are being read', async () => {
      const senders = Array.from({ length: MAX_STREAMS }, () => openStream());
      const answers = senders.map(async (sender) => {
        const [answer] = (await once(sender, 'response')) as [IncomingMessage];
        return answer.statusCode;
      });
      for (const sender of senders) sender.write('tag,time,value\n');
      const refused = await waitFor('a refusal', async () => {
        const answer = await stream('text/csv', `tag,time,value\nXMEAS_01,${iso(now)},1\n`);
        return answer.status === 200 ? undefined : answer;
      });
      expect(refused.status).toBe(429);
      expect(refused.headers['retry-after']).toBe('5');
      for (const sender of senders) sender.end(`XMEAS_01,${iso(now)},1\n`);
      expect(await Promise.all(answers)).toEqual(Array(MAX_STREAMS).fill(200));
      await stream('text/csv', `tag,time,value\nXMEAS_01,${iso(now)},1\n`).expect(200);
    });

    it('that ends in the middle because the sender goes away keeps whole chunks', async () => {
      const sender = openStream();
      const closed = new Promise((resolve) => sender.once('close', resolve));
      sender.on('error', () => undefined);
      sender.write(csv(6_000).join('\n'));
      await waitFor('the first chunk', async () => (await stored()) >= 5_000);
      sender.destroy();
      await closed;
      expect(await stored()).toBe(5_000);
      await app.http.get('/api/v1/tags').expect(200);
    });
  });
});
