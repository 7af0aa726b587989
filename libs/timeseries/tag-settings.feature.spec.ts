import { afterAll, beforeAll, expect, it } from '#jest';
import { PlantRegistration } from '#equipment';
import { describeOnBothProfiles, FeatureApp } from '#testing';
import type { SensorDto } from './dto/sensor.dto.js';
import type { TagChangeDto } from './dto/tag-change.dto.js';
import type { TagDto } from './dto/tag.dto.js';
import { SampleWriter } from './ingest/sample-writer.service.js';
import { TagDirectory } from './samples/tag-directory.service.js';
import { TimeseriesHttpModule } from './timeseries.http.module.js';

const TAG = '/api/v1/tags/XMEAS_07';

describeOnBothProfiles('what people decide about tags', (profile) => {
  let app: FeatureApp;

  beforeAll(async () => {
    app = await FeatureApp.start({ profile, imports: [TimeseriesHttpModule] });
    await app.get(PlantRegistration).register();
  });

  afterAll(() => app.stop());

  const read = async (): Promise<TagDto> => (await app.http.get(TAG).expect(200)).body as TagDto;
  const patch = async (body: object): Promise<TagDto> =>
    (await app.http.patch(TAG).send(body).expect(200)).body as TagDto;
  const changes = async (query = ''): Promise<{ items: TagChangeDto[]; next_cursor: string | null }> =>
    (await app.http.get(`${TAG}/changes${query}`).expect(200)).body as never;

  it('begins with what the catalogue says', async () => {
    expect(await read()).toMatchObject({
      tag: 'XMEAS_07',
      eq_id: 'REACTOR',
      limits: { ll: null, l: null, h: 2_895, hh: 3_000 },
      on_delay_ms: 0,
      off_delay_ms: 0,
      priority: 'medium',
    });
    expect(await changes()).toEqual({ items: [], next_cursor: null });
  });

  it('is changed field by field, and noted with who, before and after', async () => {
    const before = await read();
    const after = await patch({ limits: { l: 2_600, h: 2_880 }, priority: 'high', on_delay_ms: 60_000 });
    expect(after).toEqual({
      ...before,
      limits: { ll: null, l: 2_600, h: 2_880, hh: 3_000 },
      priority: 'high',
      on_delay_ms: 60_000,
    });
    expect(await read()).toEqual(after);
    const [change] = (await changes()).items;
    expect(change).toMatchObject({
      changed_by: 'local',
      before: { limits: before.limits, priority: 'medium', on_delay_ms: 0 },
      after: { limits: after.limits, priority: 'high', on_delay_ms: 60_000 },
    });
    expect(Math.abs(Date.parse(change.changed_at) - Date.now())).toBeLessThan(600_000);
  });

  it('decides over limit states at once', async () => {
    const tag = (await app.get(TagDirectory).all()).get('XMEAS_07');
    await app.get(SampleWriter).write([{ tagId: tag?.id ?? 0, ts: Date.now(), value: 2_885 }]);
    const { items } = (await app.http.get('/api/v1/equipment/REACTOR/sensors?limit=100').expect(200))
      .body as { items: SensorDto[] };
    expect(items.find(({ tag: code }) => code === 'XMEAS_07')?.latest?.limit_state).toBe('H');
  });

  it('notes nothing when nothing changes', async () => {
    const { items } = await changes();
    await patch({ priority: 'high' });
    expect((await changes()).items).toEqual(items);
  });

  it('takes a limit away with null', async () => {
    expect((await patch({ limits: { hh: null } })).limits.hh).toBeNull();
    expect((await patch({ limits: { hh: 2_990 }, name_ko: null })).name_ko).toBeNull();
  });

  it('survives a start', async () => {
    const decided = await read();
    await app.get(PlantRegistration).register();
    app.get(TagDirectory).forget();
    expect(await read()).toEqual(decided);
  });

  it('pages through the journal, the newest first', async () => {
    const all = (await changes()).items;
    expect(all.length).toBeGreaterThan(2);
    const seen: TagChangeDto[] = [];
    let cursor: string | null = null;
    do {
      const page: Awaited<ReturnType<typeof changes>> = await changes(
        `?limit=2${cursor === null ? '' : `&cursor=${cursor}`}`,
      );
      seen.push(...page.items);
      cursor = page.next_cursor;
    } while (cursor !== null);
    expect(seen).toEqual(all);
    expect(seen.map(({ change_id }) => change_id)).toEqual(
      seen.map(({ change_id }) => change_id).sort((a, b) => b - a),
    );
  });

  it('loses neither of two changes that come at once', async () => {
    await Promise.all([patch({ deadband: 30 }), patch({ off_delay_ms: 120_000 })]);
    expect(await read()).toMatchObject({ deadband: 30, off_delay_ms: 120_000 });
    const [newest, before] = (await changes()).items;
    expect(newest.before).toEqual(before.after);
  });

  it.each<[string, object, string]>([
    ['nothing', {}, 'name'],
    ['no limit', { limits: {} }, 'name'],
    ['an unknown field', { colour: 'red' }, 'colour'],
    ['an unknown limit', { limits: { hhh: 1 } }, 'limits.hhh'],
    ['a field that is the plant’s', { range_high: 9_000 }, 'range_high'],
    ['H at HH', { limits: { h: 2_990 } }, 'limits.hh'],
    ['L above H', { limits: { l: 2_900 } }, 'limits.h'],
    ['a limit far outside the instrument', { limits: { hh: 6_401 } }, 'limits.hh'],
    ['a limit that is no number', { limits: { h: '2900' } }, 'limits.h'],
    ['limits that are none', { limits: null }, 'limits'],
    ['a list of limits', { limits: [1, 2] }, 'limits'],
    ['a deadband as wide as what lies between L and H', { deadband: 280 }, 'deadband'],
    ['a negative deadband', { deadband: -1 }, 'deadband'],
    ['a delay of more than a day', { on_delay_ms: 86_400_001 }, 'on_delay_ms'],
    ['half a millisecond', { off_delay_ms: 0.5 }, 'off_delay_ms'],
    ['a priority that is none', { priority: 'urgent' }, 'priority'],
    ['an empty name', { name: '' }, 'name'],
    ['a name taken away', { name: null }, 'name'],
  ])('refuses %s and names the field', async (_what, body, field) => {
    const before = await read();
    const answer = await app.http.patch(TAG).send(body).expect(400);
    expect(answer.body.code).toBe('VALIDATION_FAILED');
    expect((answer.body.errors as { field: string }[]).map((error) => error.field)).toContain(field);
    expect(await read()).toEqual(before);
  });

  it('answers 404 for a tag there is not', async () => {
    for (const request of [
      app.http.get('/api/v1/tags/NOTHING'),
      app.http.patch('/api/v1/tags/NOTHING').send({ priority: 'low' }),
      app.http.get('/api/v1/tags/NOTHING/changes'),
    ])
      expect((await request.expect(404)).body).toMatchObject({ code: 'TAG_NOT_FOUND' });
    await app.http.get("/api/v1/tags/x';--").expect(400);
  });
});
