import { beforeEach, describe, expect, it } from '#jest';
import type { LotService } from '#lot';
import type { ProcessClock } from '#platform';
import type { PlantWindow } from '#tep';
import type { KpiTrendQuery } from './dto/kpi.query.js';
import { KpiController } from './kpi.controller.js';
import { KpiService } from './kpi.service.js';
import type { PlantWindows } from './plant-windows.service.js';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const NOW = Date.UTC(2026, 2, 2, 12, 34);
const iso = (ts: number): string => new Date(ts).toISOString();

/** Hours that the plant ran and was meant to: its availability is their share. */
const window = (runningHours: number, plannedHours: number): PlantWindow => ({
  means: {},
  plannedHours,
  runningHours,
  assayedSamples: 0,
  inSpecificationSamples: 0,
});

describe('KPIs of a period', () => {
  let asked: [from: number, to: number] | undefined;
  let parts: Map<number, PlantWindow>;
  const lots = new Map([
    [1, { startedAt: NOW - 5 * HOUR, endedAt: NOW - 2 * HOUR }],
    [2, { startedAt: NOW - HOUR, endedAt: null }],
  ]);
  const clock = { now: () => NOW, timeZone: 'Asia/Seoul' } as unknown as ProcessClock;
  const service = new KpiService(
    {
      read: (from: number, to: number) => Promise.resolve(((asked = [from, to]), window(1, 1))),
      readParts: (from: number, to: number) => Promise.resolve(((asked = [from, to]), parts)),
    } as unknown as PlantWindows,
    { require: (id: number) => Promise.resolve(lots.get(id)) } as unknown as LotService,
    clock,
  );
  const trend = (query: Partial<KpiTrendQuery>, name = 'availability') =>
    service.trend(name, { bucket: 'hour', ...query });

  beforeEach(() => {
    asked = undefined;
    parts = new Map();
  });

  it('is the last day when none is named, and a day when its begin is not', async () => {
    await service.list({});
    expect(asked).toEqual([NOW - DAY, NOW]);
    await service.list({ from: iso(NOW - HOUR) });
    expect(asked).toEqual([NOW - HOUR, NOW]);
    // midnight in Seoul
    const answer = await service.list({ to: '2026-03-02' });
    expect(asked).toEqual([Date.UTC(2026, 1, 28, 15), Date.UTC(2026, 2, 1, 15)]);
    expect(answer).toMatchObject({
      from: '2026-02-28T15:00:00.000Z',
      to: '2026-03-01T15:00:00.000Z',
      time_zone: 'Asia/Seoul',
      lot_id: null,
    });
  });

  it('is that of a lot, until now while it is open', async () => {
    expect(await service.list({ lot_id: 1 })).toMatchObject({ lot_id: 1, from: iso(NOW - 5 * HOUR) });
    expect(asked).toEqual([NOW - 5 * HOUR, NOW - 2 * HOUR]);
    await service.list({ lot_id: 2 });
    expect(asked).toEqual([NOW - HOUR, NOW]);
  });

  it.each([
    ['from', { from: iso(NOW), to: iso(NOW) }],
    ['from', { from: iso(NOW + HOUR) }],
    ['to', { from: iso(NOW - 400 * DAY - 1), to: iso(NOW) }],
    ['from', { from: 'yesterday' }],
    ['to', { to: 'today' }],
    ['lot_id', { lot_id: 1, from: iso(NOW - HOUR) }],
    ['lot_id', { lot_id: 1, to: iso(NOW) }],
  ])('is refused for its %s: %j', async (field, query) => {
    await expect(service.list(query)).rejects.toMatchObject({
      code: 'VALIDATION_FAILED',
      fields: [{ field, message: expect.stringMatching(/\w/) }],
    });
  });

  it('has 400 days at the most, by the hour 1000 hours', async () => {
    await service.list({ from: iso(NOW - 400 * DAY), to: iso(NOW) });
    expect(asked).toEqual([NOW - 400 * DAY, NOW]);
    expect(await trend({ from: iso(NOW - 1_000 * HOUR), to: iso(NOW) })).toMatchObject({ points: [] });
    const longer = { from: iso(NOW - 1_000 * HOUR - 1), to: iso(NOW) };
    await expect(trend(longer)).rejects.toMatchObject({ fields: [{ field: 'bucket' }] });
    expect(await trend({ ...longer, bucket: 'day' })).toMatchObject({ bucket: 'day', points: [] });
    await expect(trend({}, 'happiness')).rejects.toMatchObject({ code: 'KPI_NOT_FOUND' });
  });

  it('has a point for each bucket with samples, made of all its parts', async () => {
    const midnight = Date.UTC(2026, 2, 2);
    const begins = [0, 0.25, 1, 1.75, 3];
    const running = [0.125, 0.75, 0.25, 0.125, 1];
    const planned = [0.25, 0.75, 0.75, 0.25, 1];
    parts = new Map(begins.map((hour, i) => [midnight + hour * HOUR, window(running[i], planned[i])]));
    parts.set(midnight + 4 * HOUR, window(0, 0));
    const query = { from: iso(midnight), to: iso(midnight + 5 * HOUR), time_zone: 'UTC' };
    const { points, unit } = await trend(query);
    expect(unit).toBe('%');
    // 0.875 of 1 hour, 0.375 of 1, 1 of 1
    expect(points).toEqual(
      [
        [0, 0.875],
        [1, 0.375],
        [3, 1],
      ].map(([hour, share]) => ({
        ts: iso(midnight + hour * HOUR),
        value: 100 * share,
        numerator: share,
        denominator: 1,
      })),
    );
    // 2.25 of 3 hours, all of one day
    expect((await trend({ ...query, bucket: 'day' })).points).toEqual([
      { ts: iso(midnight), value: 75, numerator: 2.25, denominator: 3 },
    ]);
  });

  it('is kept by the clock as long as it has no end of its own', () => {
    const controller = new KpiController(service, clock);
    expect(controller.list({}).keeping?.clock).toBe(clock);
    expect(controller.list({ lot_id: 1 }).keeping?.clock).toBe(clock);
    expect(controller.list({ to: iso(NOW) }).keeping?.clock).toBeUndefined();
    const kept = controller.trend({ name: 'yield' }, { bucket: 'day', to: iso(NOW) }).keeping;
    expect(kept).toMatchObject({ from: expect.arrayContaining(['samples', 'kpi_hours']), clock: undefined });
  });
});
