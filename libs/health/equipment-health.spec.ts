import { beforeEach, describe, expect, it } from '#jest';
import type { EquipmentService } from '#equipment';
import type { EventContent, EventLog, ProcessClock } from '#platform';
import { type TagDirectory, unwatched, type WatchDto, watched } from '#timeseries';
import { EquipmentHealthService } from './equipment-health.service.js';
import type { HealthDriver } from './equipment-score.js';
import type { EquipmentWatch } from './equipment-watch.service.js';
import type { HealthScoreRepository, ScorePoint, StoredScore } from './health-score.repository.js';

const NOW = Date.UTC(2026, 2, 2, 12);
const HALF_AN_HOUR = 30 * 60_000;
const DAY = 24 * 3_600_000;
const iso = (ts: number): string => new Date(ts).toISOString();
const UNITS = ['FEED', 'REACTOR', 'PURGE'].map((code, i) => ({
  id: i + 1,
  code,
  name: code.toLowerCase(),
  nameKo: null,
}));
const [FEED, REACTOR, PURGE] = [1, 2, 3];

describe('the health of units', () => {
  let newest: Map<number, StoredScore>;
  let watches: Map<number, WatchDto>;
  let points: Map<number, ScorePoint[]>;
  /** What was asked of the scores: times up to which, and histories. */
  let asked: unknown[];
  let contents: (ids: readonly string[]) => Promise<Map<string, EventContent>>;
  let topic: string;
  let service: EquipmentHealthService;

  const drivers: HealthDriver[] = [
    { reason: 'deviation', tag: 'XMV_10', points: 40, detector: 'pca_spe', limit: null, value: null },
    { reason: 'stale', tag: 'GONE', points: 10, detector: null, limit: null, value: null },
  ];
  const scored = (equipmentId: number, score: number, ts = NOW): void =>
    void newest.set(equipmentId, { equipmentId, ts, spanMs: 0, samples: 1, score, lowest: score, drivers });

  beforeEach(() => {
    newest = new Map();
    watches = new Map(UNITS.map(({ id }) => [id, watched(180_000)]));
    [points, asked] = [new Map(), []];
    const scores = {
      findNewest: (until: number) => Promise.resolve((asked.push(until), newest)),
      history: (id: number, ...window: number[]) =>
        Promise.resolve((asked.push(window), points.get(id) ?? [])),
    };
    const events = {
      register: (event: { topic: string; contents: typeof contents }) => ({ topic, contents } = event),
    };
    const require = (code: string) => Promise.resolve(UNITS.find((unit) => unit.code === code));
    service = new EquipmentHealthService(
      scores as unknown as HealthScoreRepository,
      { findAll: () => Promise.resolve(UNITS), require } as unknown as EquipmentService,
      {
        all: () => Promise.resolve(new Map([['XMV_10', { name: 'Cooling valve' }]])),
      } as unknown as TagDirectory,
      { at: () => Promise.resolve(watches) } as unknown as EquipmentWatch,
      { now: () => NOW, parseTime: (text: string) => Date.parse(text) } as unknown as ProcessClock,
      events as unknown as EventLog,
    );
  });

  it('is known for half an hour, and of those that are watched', async () => {
    scored(FEED, 90, NOW - HALF_AN_HOUR);
    scored(REACTOR, 80, NOW - HALF_AN_HOUR - 1);
    scored(PURGE, 70);
    watches.set(PURGE, unwatched('slower', 'not watched', 300_000));
    const unknown = { score: null, at: null, drivers: [] };
    expect(await service.current()).toMatchObject([
      { equipment: UNITS[0], score: 90, at: NOW - HALF_AN_HOUR, drivers },
      { equipment: UNITS[1], ...unknown, watch: { state: 'watched' } },
      { equipment: UNITS[2], ...unknown, watch: { state: 'unwatched' } },
    ]);
    expect(asked).toEqual([NOW]);
    watches.delete(FEED);
    expect((await service.current())[0]).toMatchObject({ score: null, watch: { reason_code: 'no_tags' } });
  });

  it('makes the plant as well as its worst unit', async () => {
    expect(await service.list()).toMatchObject({ score: null, band: null, worst_eq_id: null });
    scored(FEED, 90);
    scored(PURGE, 79.9);
    const plant = await service.list();
    expect(plant).toMatchObject({ score: 79.9, band: 'fair', worst_eq_id: 'PURGE' });
    expect(plant.items.map(({ eq_id, band, at }) => [eq_id, band, at])).toEqual([
      ['FEED', 'good', iso(NOW)],
      ['REACTOR', null, null],
      ['PURGE', 'fair', iso(NOW)],
    ]);
    // a tag that is known no more is called by its code
    expect(plant.items[0].drivers.map(({ name }) => name)).toEqual(['Cooling valve', 'GONE']);
  });

  it('has a history of the last day, or of what is asked for', async () => {
    scored(REACTOR, 60);
    points.set(REACTOR, [{ ts: NOW - 1_000, score: 200 / 3, lowest: 60 }]);
    const health = await service.read('REACTOR', {});
    expect(health).toMatchObject({
      eq_id: 'REACTOR',
      score: 60,
      from: iso(NOW - DAY),
      to: iso(NOW),
      // a day in 999 stretches of a whole number of samples
      resolution_ms: 180_000,
      history: [{ ts: iso(NOW - 1_000), score: 66.6667, lowest: 60 }],
    });
    expect(asked).toEqual([NOW, [NOW - DAY, NOW, 180_000]]);
    const from = iso(NOW - 400 * DAY);
    // 400 days in 999 stretches: 576.6 minutes, that is 193 samples and not 192
    expect(await service.read('REACTOR', { from })).toMatchObject({ from, resolution_ms: 193 * 180_000 });
    const to = iso(NOW - DAY);
    expect(await service.read('REACTOR', { to })).toMatchObject({ from: iso(NOW - 2 * DAY), to });
  });

  it.each([
    ['from', { from: iso(NOW) }],
    ['from', { from: iso(NOW + 1), to: iso(NOW) }],
    ['to', { from: iso(NOW - 400 * DAY - 1) }],
  ])('refuses a period for its %s: %j', async (field, query) => {
    await expect(service.read('REACTOR', query)).rejects.toMatchObject({
      code: 'VALIDATION_FAILED',
      fields: [{ field, message: expect.stringMatching(/\w/) }],
    });
  });

  it('is summed up over a period', async () => {
    const from = NOW - DAY;
    scored(REACTOR, 60, from);
    scored(PURGE, 50, from - 1);
    points.set(REACTOR, [
      { ts: from, score: 90, lowest: 70 },
      { ts: from + 1, score: 60, lowest: 40 },
      { ts: from + 2, score: 30, lowest: 30 },
    ]);
    const [feed, reactor, purge] = await service.scoresIn(from, NOW);
    expect(reactor).toMatchObject({ score: 60, mean: 60, lowest: 30, points: points.get(REACTOR) });
    expect([feed.score, feed.mean, feed.lowest, feed.points]).toEqual([null, null, null, []]);
    // its last score is from before the period
    expect(purge.score).toBeNull();
    // a day in 199 stretches: 434.2 s, three samples
    expect(asked).toEqual([NOW - 1, ...UNITS.map(() => [from, NOW, 540_000])]);
  });

  it('is told by events as it is now, of the units that are asked for', async () => {
    scored(REACTOR, 60);
    scored(PURGE, 70);
    expect(topic).toBe('health');
    const told = await contents([String(REACTOR), '99']);
    const { items } = await service.list();
    expect([...told]).toEqual([[String(REACTOR), { data: items[1], scope: 'REACTOR' }]]);
  });
});
