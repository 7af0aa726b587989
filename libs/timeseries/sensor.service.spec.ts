import { beforeEach, describe, expect, it } from '#jest';
import { type EquipmentService, type SensorTag } from '#equipment';
import type { ProcessClock } from '#platform';
import type { TagListQuery } from './dto/tag-list.query.js';
import { LimitStates } from './limit-states.service.js';
import { SensorService } from './sensor.service.js';
import type { SamplingSurvey } from './samples/sampling-survey.service.js';
import type { LatestSample } from './samples/sample-columns.js';
import type { TagSampling } from './samples/sampling.js';
import type { TagDirectory } from './samples/tag-directory.service.js';
import type { SeriesReader } from './series/series-reader.service.js';

const NOW = Date.UTC(2026, 2, 1, 12);
const MINUTE = 60_000;
const UNITS = [
  { id: 1, code: 'REACTOR' },
  { id: 2, code: 'PURGE' },
];
const aTag = (id: number, code: string, equipmentId: number, changes: Partial<SensorTag> = {}): SensorTag =>
  ({
    id,
    code,
    equipmentId,
    position: id,
    name: `Name of ${code}`,
    nameKo: null,
    role: 'measurement',
    samplingIntervalMs: 3 * MINUTE,
    limitLl: null,
    limitL: null,
    limitH: 80,
    limitHh: null,
    deadband: 0,
    ...changes,
  }) as SensorTag;
const TAGS = [
  aTag(1, 'P1', 1),
  aTag(2, 'Q1', 2, { nameKo: '압력', role: 'manipulated' }),
  // at the same place as the one before
  aTag(3, 'P2', 1, { position: 2, name: 'Cooling WATER' }),
  aTag(4, 'P3', 1),
];

describe('the tags of a plant', () => {
  let latest: Map<number, LatestSample>;
  let samplings: Map<string, TagSampling>;
  let service: SensorService;

  beforeEach(() => {
    [latest, samplings] = [new Map(), new Map()];
    const require = (code: string) => {
      const unit = UNITS.find((each) => each.code === code);
      return unit ? Promise.resolve(unit) : Promise.reject(new Error(`no ${code}`));
    };
    service = new SensorService(
      { all: () => Promise.resolve(new Map(TAGS.map((tag) => [tag.code, tag]))) } as unknown as TagDirectory,
      { findAll: () => Promise.resolve(UNITS), require } as unknown as EquipmentService,
      {
        latest: (ids: number[]) => Promise.resolve(new Map([...latest].filter(([id]) => ids.includes(id)))),
      } as unknown as SeriesReader,
      {
        at: (ts: number) => Promise.resolve(ts === NOW ? samplings : new Map()),
      } as unknown as SamplingSurvey,
      new LimitStates(),
      { now: () => NOW } as ProcessClock,
    );
  });

  const found = async (query: Partial<TagListQuery>): Promise<string[]> =>
    (await service.listTags({ limit: 50, ...query })).items.map(({ tag }) => tag);

  it('are found by unit, role, and words of their code and names', async () => {
    expect(await found({})).toEqual(['P1', 'Q1', 'P2', 'P3']);
    expect(await found({ eq_id: 'REACTOR' })).toEqual(['P1', 'P2', 'P3']);
    expect(await found({ role: 'manipulated' })).toEqual(['Q1']);
    expect(await found({ q: 'cooling w' })).toEqual(['P2']);
    expect(await found({ q: 'p' })).toEqual(['P1', 'P2', 'P3']);
    expect(await found({ q: '압력' })).toEqual(['Q1']);
    expect(await found({ eq_id: 'PURGE', q: 'p' })).toEqual([]);
    // no other letters than those of code and names
    expect(await found({ q: 's' })).toEqual([]);
    await expect(found({ eq_id: 'NOTHING' })).rejects.toThrow('no NOTHING');
  });

  it('come in pages, each of them once, and are counted when that is asked for', async () => {
    const seen: string[] = [];
    let cursor: string | undefined;
    for (let pages = 0; pages < 9; pages++) {
      const query = { limit: 1, total: true, ...(cursor && { cursor }) };
      const page = await service.listTags(query);
      seen.push(...page.items.map(({ tag }) => tag));
      expect(page.total).toBe(4);
      if (page.next_cursor === null) break;
      cursor = page.next_cursor;
    }
    expect(seen).toEqual(['P1', 'Q1', 'P2', 'P3']);
    expect(await service.listTags({ limit: 4 })).toMatchObject({ next_cursor: null });
    expect(await service.listTags({ limit: 4 })).not.toHaveProperty('total', 4);
  });

  it('of a unit come with their newest values, and what is to be said of them', async () => {
    latest.set(1, { ts: NOW - 9 * MINUTE, value: 80, quality: 0 });
    latest.set(3, { ts: NOW - 9 * MINUTE - 1, value: 79, quality: 1 });
    latest.set(4, { ts: NOW, value: 99, quality: 2 });
    samplings.set('P1', { state: 'regular', intervalMs: 180_000 });
    samplings.set('P2', { state: 'slower', intervalMs: 300_000 });
    const { items } = await service.listSensors('REACTOR', { limit: 50 });
    expect(items.map(({ tag, eq_id, latest: value }) => [tag, eq_id, value])).toEqual([
      [
        'P1',
        'REACTOR',
        {
          ts: new Date(NOW - 9 * MINUTE).toISOString(),
          value: 80,
          quality: 'good',
          limit_state: 'H',
          stale: false,
        },
      ],
      [
        'P2',
        'REACTOR',
        expect.objectContaining({ quality: 'uncertain', limit_state: 'normal', stale: true }),
      ],
      ['P3', 'REACTOR', expect.objectContaining({ value: 99, quality: 'bad', limit_state: null })],
    ]);
    expect(items.map(({ watch }) => watch)).toEqual([
      { state: 'watched', reason_code: null, reason: null, sampled_every_ms: 180_000 },
      {
        state: 'unwatched',
        reason_code: 'slower',
        reason: 'not watched: sampled every 300 s, learnt at 180 s',
        sampled_every_ms: 300_000,
      },
      {
        state: 'unwatched',
        reason_code: 'never_sent',
        reason: expect.stringMatching(/^not watched: \w/),
        sampled_every_ms: null,
      },
    ]);
    const [purge] = (await service.listSensors('PURGE', { limit: 50 })).items;
    expect(purge).toMatchObject({ tag: 'Q1', eq_id: 'PURGE', latest: null });
  });

  it('come with their newest values only when these are asked for', async () => {
    latest.set(1, { ts: NOW, value: 1, quality: 0 });
    const [without] = (await service.listTags({ limit: 1 })).items;
    expect(without).toMatchObject({ tag: 'P1', eq_id: 'REACTOR' });
    expect(without).not.toHaveProperty('latest');
    const [withValues] = (await service.listTags({ limit: 1, latest: true })).items;
    expect(withValues).toMatchObject({ ...without, latest: { value: 1 } });
  });
});
