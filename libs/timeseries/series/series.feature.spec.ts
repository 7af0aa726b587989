import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '#jest';
import { EquipmentHttpModule, PlantRegistration } from '#equipment';
import { LotHttpModule } from '#lot';
import { Database, ProcessClock } from '#platform';
import { describeOnBothProfiles, FeatureApp } from '#testing';
import type { LotSummaryDto } from './dto/lot-summary.dto.js';
import type { ListedTagDto, SensorDto } from '../dto/sensor.dto.js';
import type { SeriesDto, TagSeriesDto } from './dto/series.dto.js';
import { SampleWriter } from '../ingest/sample-writer.service.js';
import { BAD_QUALITY } from '../samples/sample-columns.js';
import { SeriesReader } from './series-reader.service.js';
import { TagDirectory } from '../samples/tag-directory.service.js';
import { TimeseriesHttpModule } from '../timeseries.http.module.js';

const HOUR_MS = 3_600_000;

describeOnBothProfiles('samples read over HTTP', (profile) => {
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
  const series = async (query: Record<string, unknown>): Promise<TagSeriesDto[]> => {
    const { body } = await app.http.get('/api/v1/timeseries').query(query).expect(200);
    return (body as SeriesDto).series;
  };

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

    it('of a long range is made from rollups and says so, evenly; no method loses the count', async () => {
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
      // Windows that cut buckets, in which there are too many samples to read them all: as many points as are asked for, as
      // many in one tenth of the window as in the other. A bucket makes one mean or two extremes: 40 h / 1 000 are 144 s,
      // twice that 288 s; 39.123 h / 300 are 469 s, twice that 939 s; 30.4567 h / 5 000 are 22 s and 44 s.
      for (const [hours, points, ofMeans, ofExtremes] of [
        [40, 1_000, 'rollup_1min', 'rollup_1min'],
        [39.123, 300, 'rollup_1min', 'rollup_15min'],
        [30.4567, 5_000, 'rollup_10s', 'rollup_10s'],
      ] as const)
        for (const method of ['avg', 'minmax', 'lttb'] as const) {
          const from = now - Math.round(hours * HOUR_MS);
          const [thinned] = await series({ ...window, from: iso(from), points, method });
          const source = method === 'avg' ? ofMeans : ofExtremes;
          expect(thinned).toMatchObject({ source, raw_count: Math.floor(hours * 1_800) });
          expect(thinned.returned_count).toBeGreaterThanOrEqual(0.8 * points);
          expect(thinned.returned_count).toBeLessThanOrEqual(points);
          const tenths = new Array<number>(10).fill(0);
          for (const { ts } of thinned.points)
            tenths[Math.floor((10 * (Date.parse(ts) - from)) / (now - from))]++;
          expect(Math.min(...tenths)).toBeGreaterThan(0.8 * Math.max(...tenths));
          if (method !== 'avg') expect(Math.max(...thinned.points.map(({ value }) => value))).toBe(99);
        }
      // One that is sampled seldom stays raw beside it.
      await app.get(SampleWriter).write(
        Array.from({ length: 800 }, (_, i) => ({
          tagId: tagIds[3],
          ts: now - (i + 1) * 180_000,
          value: i,
          quality: i === 5 ? 2 : 0,
        })),
      );
      const answer = await series({
        tags: 'XMEAS_04,XMEAS_03,XMEAS_05',
        from: iso(now - 40 * HOUR_MS),
        to: iso(now),
        points: 900,
      });
      expect(
        answer.map(({ source, raw_count, bad_count, returned_count }) => [
          source,
          raw_count,
          bad_count,
          returned_count,
        ]),
      ).toEqual([
        ['raw', 800, 1, 799],
        ['rollup_1min', 72_000, 0, expect.any(Number)],
        ['raw', 0, 0, 0],
      ]);
    });

    it('says how much of it is there, and where none came for long, in whatever pieces it is read', async () => {
      const [from, to] = [now - 12 * HOUR_MS, now];
      const everyThreeMinutes = (
        tagId: number,
        missing: number[],
      ): { tagId: number; ts: number; value: number }[] =>
        Array.from({ length: 240 }, (_, i) => ({ tagId, ts: from + i * 180_000, value: 1 })).filter(
          (_, i) => !missing.includes(i),
        );
      // 8,100 samples each, every two seconds, so that it is read in halves, whose border is in the gap
      for (const start of [from + HOUR_MS, from + 6.5 * HOUR_MS])
        await app
          .get(SampleWriter)
          .write(
            Array.from({ length: 8_100 }, (_, i) => ({ tagId: tagIds[2], ts: start + i * 2_000, value: 1 })),
          );
      await app
        .get(SampleWriter)
        .write([
          { tagId: tagIds[2], ts: from + 6 * HOUR_MS, value: 1, quality: BAD_QUALITY },
          ...everyThreeMinutes(tagIds[3], [100, 101, 102]),
          ...everyThreeMinutes(tagIds[5], [50, 51]),
          ...[0, 1, 4].map((i) => ({ tagId: tagIds[4], ts: from + i * 3 * HOUR_MS, value: 1 })),
        ]);
      const asked = { tagIds: tagIds.slice(1, 6), from, to };
      const longestOf = (tagId: number): number => (tagId === tagIds[4] ? 3 * HOUR_MS : 540_000);
      const hour = (hours: number): number => from + hours * HOUR_MS;
      expect([...(await app.get(SeriesReader).presence(asked, longestOf))]).toEqual([
        [tagIds[1], { usable: 0, bad: 0, gaps: [{ from, to }] }],
        [
          tagIds[2],
          {
            usable: 16_200,
            bad: 1,
            gaps: [
              { from, to: hour(1) },
              { from: hour(5.5) - 2_000, to: hour(6.5) },
              { from: hour(11) - 2_000, to },
            ],
          },
        ],
        [tagIds[3], { usable: 237, bad: 0, gaps: [{ from: from + 99 * 180_000, to: from + 103 * 180_000 }] }],
        // the third is not in the window
        [tagIds[4], { usable: 2, bad: 0, gaps: [{ from: hour(3), to }] }],
        // two missing make nine minutes, which is no gap
        [tagIds[5], { usable: 238, bad: 0, gaps: [] }],
      ]);
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
    await app.http.get('/api/v1/tags?eq_id=NOPE').expect(404);
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

  it('gives the latest values of the whole plant in one answer and one read of samples', async () => {
    await post({
      samples: [
        { tag: 'XMEAS_07', ts: iso(now - HOUR_MS), value: 2_700 },
        { tag: 'XMEAS_07', ts: iso(now), value: 2_950 },
        { tag: 'XMV_12', ts: iso(now - HOUR_MS), value: 47 },
      ],
    }).expect(200);
    const latest = (query: string) => app.http.get(`/api/v1/tags?latest=true${query}`).expect(200);
    // How the tags are sampled is found out once for every write.
    await latest('');
    const statements = jest.spyOn(app.get(Database), 'query');
    const { body } = await latest('&total=true');
    const reads = statements.mock.calls.filter(([sql]) => sql.includes('timeseries_sample'));
    statements.mockRestore();
    expect(reads).toHaveLength(1);
    expect(body).toMatchObject({ items: { length: 53 }, next_cursor: null, total: 53 });
    const tags = new Map((body as { items: ListedTagDto[] }).items.map((tag) => [tag.tag, tag.latest]));
    expect(tags.get('XMEAS_07')).toEqual({
      ts: iso(now),
      value: 2_950,
      quality: 'good',
      limit_state: 'H',
      stale: false,
    });
    expect(tags.get('XMV_12')).toMatchObject({ value: 47, stale: true });
    expect(tags.get('XMEAS_09')).toBeNull();
  });

  it('counts and pages tags as every list, with and without latest values', async () => {
    const few = await app.http.get('/api/v1/tags?latest=true&eq_id=REACTOR&limit=2&total=true').expect(200);
    const sensors = await app.http.get('/api/v1/equipment/REACTOR/sensors?total=true').expect(200);
    expect(few.body).toMatchObject({ items: { length: 2 }, next_cursor: expect.any(String) });
    expect(few.body.total).toBe(sensors.body.items.length);
    expect(sensors.body.total).toBe(sensors.body.items.length);
    const usual = await app.http.get('/api/v1/tags').expect(200);
    expect(usual.body.items).toHaveLength(50);
    expect(usual.body.items[0]).not.toHaveProperty('latest');
    expect(usual.body).not.toHaveProperty('total');
    for (const query of ['latest=yes', 'total=1', 'limit=0', 'limit=501', 'limit=x', 'latest=true&limit=1.5'])
      await app.http.get(`/api/v1/tags?${query}`).expect(400);
  });

  it('writes a series as CSV that can be sent back', async () => {
    await post({
      samples: [
        { tag: 'XMEAS_07', ts: iso(now - 2 * HOUR_MS), value: 2_700.5, quality: 'uncertain' },
        { tag: 'XMEAS_07', ts: iso(now - HOUR_MS), value: 2_701 },
        { tag: 'XMV_12', ts: iso(now - HOUR_MS), value: -1.5 },
      ],
    }).expect(200);
    const ask = (accept: string) =>
      app.http
        .get('/api/v1/timeseries')
        .query({ tags: 'XMV_12,XMEAS_07', from: iso(now - 3 * HOUR_MS), to: iso(now), method: 'raw' })
        .set('Accept', accept);
    const csv = await ask('text/csv').expect(200).expect('Content-Type', 'text/csv; charset=utf-8');
    expect(csv.headers).toMatchObject({
      'content-disposition': 'attachment; filename="timeseries.csv"',
      vary: expect.stringContaining('Accept'),
    });
    expect(csv.text.split('\n')).toEqual([
      'tag,time,value,quality',
      `XMV_12,${iso(now - HOUR_MS)},-1.5,good`,
      `XMEAS_07,${iso(now - 2 * HOUR_MS)},2700.5,uncertain`,
      `XMEAS_07,${iso(now - HOUR_MS)},2701,good`,
      '',
    ]);
    const back = await app.http.post('/api/v1/timeseries').set('Content-Type', 'text/csv').send(csv.text);
    expect(back).toMatchObject({ status: 200, body: { accepted: 3, overwritten: 3 } });
    await ask('*/*').expect('Content-Type', /^application\/json/);
    const refused = await app.http.get('/api/v1/timeseries?tags=NOPE').set('Accept', 'text/csv').expect(404);
    expect(refused.headers['content-type']).toContain('application/problem+json');
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
    // mean 11, deviations ±1: variance 40/39, whose root is written with six digits
    expect(pressure).toMatchObject({ count: 40, coverage: 0.6667, mean: 11, min: 10, max: 12 });
    expect(pressure?.std).toBe(1.01274);
    await app.http.get('/api/v1/lots/999999/summary').expect(404);
  });
});
