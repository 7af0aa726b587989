import { request as httpRequest } from 'node:http';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { EquipmentHttpModule, PlantRegistration } from '#equipment';
import { LotHttpModule } from '#lot';
import { Database, ProcessClock } from '#platform';
import { describeOnBothProfiles, FeatureApp, waitFor } from '#testing';
import type { LotSummaryDto } from './dto/lot-summary.dto.js';
import type { SensorDto } from './dto/sensor.dto.js';
import type { SeriesDto, TagSeriesDto } from './dto/series.dto.js';
import { MAX_STREAMS } from './ingest-door.service.js';
import { expectRollupsToMatchSamples } from './rollups-match.fixture.js';
import { SampleWriter } from './sample-writer.service.js';
import { SeriesReader } from './series-reader.service.js';
import { TagDirectory } from './tag-directory.service.js';
import { TimeseriesHttpModule } from './timeseries.http.module.js';

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

interface ProblemBody {
  code: string;
  detail: string;
  errors?: { field: string }[];
  line?: number;
  accepted?: number;
  chunks?: number;
  kept_through_line?: number;
}

describeOnBothProfiles('time series over HTTP', (profile) => {
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
        const problem = answer.body as ProblemBody;
        expect(problem).toMatchObject({ code, errors: [{ field }] });
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

    it('of 100 MB is answered without being read', async () => {
      const { port } = new URL(app.url);
      const answer = await new Promise<{ status?: number }>((resolve, reject) => {
        const request = httpRequest(
          {
            port,
            host: '127.0.0.1',
            method: 'POST',
            path: '/api/v1/timeseries',
            headers: { 'Content-Type': 'text/csv', 'Content-Length': 100_000_000 },
          },
          (response) => {
            resolve({ status: response.statusCode });
            request.destroy();
          },
        );
        request.on('error', reject);
        request.write('tag,time,value\n');
      });
      expect(answer.status).toBe(413);
    });

    it('has to wait when four others are being read', async () => {
      const { port } = new URL(app.url);
      const senders = Array.from({ length: MAX_STREAMS }, () =>
        httpRequest({
          port,
          host: '127.0.0.1',
          method: 'POST',
          path: '/api/v1/timeseries',
          headers: { 'Content-Type': 'text/csv', 'Transfer-Encoding': 'chunked' },
        }),
      );
      const answers = senders.map(
        (sender) =>
          new Promise((resolve) => sender.on('response', (response) => resolve(response.statusCode))),
      );
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
      const { port } = new URL(app.url);
      await new Promise<void>((resolve) => {
        const request = httpRequest({
          port,
          host: '127.0.0.1',
          method: 'POST',
          path: '/api/v1/timeseries',
          headers: { 'Content-Type': 'text/csv', 'Transfer-Encoding': 'chunked' },
        });
        request.on('error', () => resolve());
        request.on('close', () => resolve());
        request.write(csv(6_000).join('\n'), () => {
          const poll = setInterval(() => {
            void stored().then((count) => {
              if (count < 5_000) return;
              clearInterval(poll);
              request.destroy();
            });
          }, 20);
        });
      });
      expect(await stored()).toBe(5_000);
      await app.http.get('/api/v1/tags').expect(200);
    });
  });

  describe('a series', () => {
    /** XMEAS_03 every two seconds for 40 hours: 72,000 samples, a sine with one spike. */
    const spikeAt = now - 20 * HOUR_MS + 124_000;

    const writeFine = async (): Promise<void> => {
      const start = now - 40 * HOUR_MS;
      for (let i = 0; i < 72_000; i += 8_000) {
        await app.get(SampleWriter).write(
          Array.from({ length: 8_000 }, (_, j) => {
            const ts = start + (i + j) * 2_000;
            return { tagId: tagIds[2], ts, value: ts === spikeAt ? 99 : Math.sin((i + j) / 500) };
          }),
        );
      }
    };

    it('of a long range is made from rollups and says so; no method loses the count', async () => {
      await writeFine();
      const window = { tags: 'XMEAS_03', from: iso(now - 40 * HOUR_MS), to: iso(now), points: 100 };
      const [minmax] = await series({ ...window, method: 'minmax' });
      expect(minmax).toMatchObject({ raw_count: 72_000, source: 'rollup_15min', method: 'minmax' });
      expect(minmax.returned_count).toBeLessThanOrEqual(100);
      expect(minmax.returned_count).toBe(minmax.points.length);
      expect(Math.max(...minmax.points.map(({ value }) => value))).toBe(99);
      const [lttb] = await series({ ...window, method: 'lttb' });
      expect(lttb).toMatchObject({ raw_count: 72_000, returned_count: 100, source: 'rollup_15min' });
      expect(lttb.points.map(({ value }) => value)).toContain(99);
      const [avg] = await series({ ...window, method: 'avg' });
      expect(avg.returned_count).toBe(100);
      const mean = avg.points.reduce((sum, { value }) => sum + value, 0) / 100;
      const exact = (await app.get(SeriesReader).statistics(tagIds, now - 40 * HOUR_MS, now)).get(tagIds[2]);
      expect(mean).toBeCloseTo(exact?.mean ?? NaN, 1);
      const problem = await app.http
        .get('/api/v1/timeseries')
        .query({ ...window, points: 5_000, method: 'raw' })
        .expect(422);
      expect(problem.body).toMatchObject({ code: 'TOO_MANY_SAMPLES', raw_count: 72_000 });
      const [shorter] = await series({ ...window, from: iso(now - 25 * HOUR_MS), method: 'minmax' });
      expect(shorter).toMatchObject({ raw_count: 45_000, source: 'raw' });
      const spike = shorter.points.find(({ value }) => value === 99);
      expect(spike?.ts).toBe(iso(spikeAt));
    });

    it('comes in the order asked for, empty where there is nothing', async () => {
      await post({ samples: [{ tag: 'XMV_12', ts: iso(now - HOUR_MS), value: 47 }] }).expect(200);
      const answer = await series({ tags: 'XMEAS_41, XMV_12' });
      expect(answer.map(({ tag, raw_count }) => [tag, raw_count])).toEqual([
        ['XMEAS_41', 0],
        ['XMV_12', 1],
      ]);
    });

    it('covers the last 8 plant hours unless it is told otherwise', async () => {
      const { body } = await app.http.get('/api/v1/timeseries?tags=XMEAS_01').expect(200);
      expect(body).toMatchObject({ from: iso(now - 8 * HOUR_MS), to: iso(now) });
    });

    it.each([
      ['no tags', {}, 400],
      ['61 tags', { tags: Array.from({ length: 61 }, (_, i) => `T${i}`).join(',') }, 400],
      ['10,000 tags', { tags: Array.from({ length: 1_500 }, (_, i) => `T${i}`).join(',') }, 400],
      ['a tag twice', { tags: 'XMEAS_01,XMEAS_01' }, 400],
      ['an unknown tag', { tags: 'XMEAS_99' }, 404],
      ['from after to', { tags: 'XMEAS_01', from: iso(now), to: iso(now - 1) }, 400],
      ['100 years', { tags: 'XMEAS_01', from: '1926-01-01', to: '2026-01-01' }, 400],
      ['a time that is none', { tags: 'XMEAS_01', from: 'today' }, 400],
      ['a negative count', { tags: 'XMEAS_01', points: -5 }, 400],
      ['too many points', { tags: 'XMEAS_01', points: 5_001 }, 400],
      [
        'too many points for so many tags',
        {
          tags: 'XMEAS_01,XMEAS_02,XMEAS_03,XMEAS_04,XMEAS_05,XMEAS_06,XMEAS_07,XMEAS_08,XMEAS_09',
          points: 5_000,
        },
        400,
      ],
      ['a method nobody knows', { tags: 'XMEAS_01', method: 'median' }, 400],
    ])('of %s is refused', async (_what, query, status) => {
      const answer = await app.http.get('/api/v1/timeseries').query(query).expect(status);
      expect(answer.headers['content-type']).toContain('application/problem+json');
    });
  });

  it('lists the tags of the plant in its order, page by page, and filters them', async () => {
    const seen: string[] = [];
    let cursor: string | null = null;
    do {
      const { body } = await app.http.get('/api/v1/tags').query({ limit: 20, ...(cursor ? { cursor } : {}) });
      const page = body as { items: { tag: string }[]; next_cursor: string | null };
      seen.push(...page.items.map(({ tag }) => tag));
      cursor = page.next_cursor;
    } while (cursor);
    expect(seen).toHaveLength(53);
    expect(seen[0]).toBe('XMEAS_01');
    expect(seen[52]).toBe('XMV_12');
    const { body } = await app.http.get('/api/v1/tags?eq_id=REACTOR&q=pressure').expect(200);
    expect((body as { items: { tag: string }[] }).items.map(({ tag }) => tag)).toContain('XMEAS_07');
    await app.http.get('/api/v1/tags?role=ghost').expect(400);
  });

  it('shows the sensors of an equipment with latest values, limit states and age', async () => {
    await post({
      samples: [
        { tag: 'XMEAS_07', ts: iso(now - HOUR_MS), value: 2_700 },
        { tag: 'XMEAS_07', ts: iso(now), value: 2_950 },
        { tag: 'XMEAS_08', ts: iso(now - HOUR_MS), value: 75 },
      ],
    }).expect(200);
    const { body } = await app.http.get('/api/v1/equipment/REACTOR/sensors').expect(200);
    const sensors = new Map((body as { items: SensorDto[] }).items.map((sensor) => [sensor.tag, sensor]));
    expect(sensors.get('XMEAS_07')).toMatchObject({
      eq_id: 'REACTOR',
      limits: { h: 2895, hh: 3000 },
      latest: { ts: iso(now), value: 2_950, quality: 'good', limit_state: 'H', stale: false },
    });
    expect(sensors.get('XMEAS_08')?.latest).toMatchObject({ limit_state: 'normal', stale: true });
    expect(sensors.get('XMEAS_09')?.latest).toBeNull();
    await app.http.get('/api/v1/equipment/NOWHERE/sensors').expect(404);
  });

  it('sums a lot up: length, coverage and what every tag did', async () => {
    const start = now - 10 * HOUR_MS;
    const { body: lot } = await app.http
      .post('/api/v1/lots')
      .send({ lot_no: `S-${profile}`, started_at: iso(start), ended_at: iso(start + 3 * HOUR_MS) })
      .expect(201);
    // 2 of the 3 hours, a value every 3 minutes: 40 samples of 60
    await app.get(SampleWriter).writeRecords(
      Array.from({ length: 40 }, (_, i) => ({
        ts: start + i * 180_000,
        values: Float64Array.from(tagIds, () => (i % 2 ? 12 : 10)),
      })),
    );
    const answer = await app.http
      .get(`/api/v1/lots/${(lot as { lot_id: number }).lot_id}/summary`)
      .expect(200);
    const summary = answer.body as LotSummaryDto;
    expect(summary).toMatchObject({
      duration_s: 10_800,
      sample_count: 40 * 53,
      lot: { lot_no: `S-${profile}` },
    });
    const pressure = summary.tags.find(({ tag }) => tag === 'XMEAS_07');
    // mean 11, deviations ±1: variance 40/39
    expect(pressure).toMatchObject({ count: 40, coverage: 0.6667, mean: 11, min: 10, max: 12 });
    expect(pressure?.std).toBeCloseTo(Math.sqrt(40 / 39), 12);
    await app.http.get('/api/v1/lots/999999/summary').expect(404);
  });
});
