import { afterEach, expect, it } from '#jest';
import { LotHttpModule, LotService } from '#lot';
import { describeOnBothProfiles, FeatureApp, waitFor } from '#testing';
import type { DisturbanceDto } from './dto/disturbance.dto.js';
import { PlantLots } from './plant-lots.service.js';
import { PlantCommands } from './plant-commands.service.js';
import { PlantHttpModule } from './plant.http.module.js';
import { PlantJobsModule } from './plant.jobs.module.js';

const DAY_MS = 86_400_000;

interface LotBody {
  lot_id: number;
  lot_no: string;
  status: string;
  started_at: string;
  ended_at: string | null;
  known_fault: number | null;
}

/** What these tests are about is what the plant does, however late. */
const COMMAND_WAIT_MS = 120_000;

describeOnBothProfiles('the lots of the live plant', (profile) => {
  let app: FeatureApp;

  async function start(variables: Record<string, string>): Promise<void> {
    app = await FeatureApp.start({
      profile,
      imports: [PlantHttpModule, PlantJobsModule, LotHttpModule],
      variables,
    });
    app.get(PlantCommands).waitMs = COMMAND_WAIT_MS;
  }

  /** Oldest first. */
  async function lots(): Promise<LotBody[]> {
    const { body } = await app.http.get('/api/v1/lots?limit=500').expect(200);
    return (body as { items: LotBody[] }).items.reverse();
  }

  function waitForLots(count: number): Promise<LotBody[]> {
    return waitFor(`${count} lots`, async () => {
      const seen = await lots();
      return seen.length >= count && seen;
    });
  }

  afterEach(() => app.stop());

  it('follow each other every 24 plant hours and know the fault they were made with', async () => {
    await start({ PLANT_HISTORY_HOURS: '23', PLANT_SPEED: '60' });
    await waitFor('the live plant', async () => {
      const { body } = await app.http.get('/api/v1/plant').expect(200);
      return (body as { state: string }).state === 'running';
    });
    const { body } = await app.http.post('/api/v1/plant/disturbances').send({ idv: 15 }).expect(201);
    const since = Date.parse((body as DisturbanceDto).since ?? '');
    await app.http.patch('/api/v1/plant').send({ speed: 1_800 });
    const [first, second] = await waitForLots(2);
    expect(first.status).toBe('closed');
    expect(first.ended_at).toBe(second.started_at);
    expect(Date.parse(second.started_at) - Date.parse(first.started_at)).toBe(DAY_MS);
    expect(second.status).toBe('open');
    const number = second.started_at.replace(/^(\d+)-(\d+)-(\d+)T(\d+):(\d+).*$/, 'TEP-$1$2$3-$4$5');
    expect(second.lot_no).toBe(number);
    // The disturbance stays on: it belongs to the lot in which it began and to the one that began with it.
    expect(since).toBeLessThan(Date.parse(second.started_at));
    expect([first.known_fault, second.known_fault]).toEqual([15, 15]);
  });

  it('begin at the same hour by the clocks of the plant, which their names show', async () => {
    await start({ PLANT_SOURCE: 'external', PLANT_TIME_ZONE: 'Europe/Berlin' });
    // 07:00 in winter; summer time begins on the 29th
    const first = Date.parse('2026-03-28T06:00:00Z');
    await app.get(PlantLots).keepUp(null, first, first + 2 * DAY_MS, []);
    expect((await lots()).map(({ lot_no, started_at }) => [lot_no, started_at])).toEqual([
      ['TEP-20260328-0700', '2026-03-28T06:00:00.000Z'],
      ['TEP-20260329-0700', '2026-03-29T05:00:00.000Z'],
      ['TEP-20260330-0700', '2026-03-30T05:00:00.000Z'],
    ]);
  });

  it('leave room for a lot that people keep by hand', async () => {
    await start({ PLANT_SOURCE: 'external' });
    const plantLots = app.get(PlantLots);
    const lots = app.get(LotService);
    const firstMs = Date.UTC(2026, 2, 1, 9, 30);
    const first = await plantLots.keepUp(null, firstMs, firstMs, []);
    expect(first.lotDueMs).toBe(firstMs + DAY_MS);
    expect(await lots.openLot()).toMatchObject({
      lotNo: 'TEP-20260301-0930',
      startedAt: firstMs,
      knownFault: 0,
    });
    await lots.closeAt(first.lotId ?? 0, firstMs + 1_000);
    const byHand = await lots.add({ lotNo: 'BY-HAND', startedAt: firstMs + 1_000 });
    await plantLots.noteFault(firstMs + 2_000, 8);
    await plantLots.noteFault(firstMs + 3_000, 9);

    const none = await plantLots.keepUp(first.lotId, first.lotDueMs, firstMs + DAY_MS, []);
    expect(none).toEqual({ lotId: null, lotDueMs: firstMs + 2 * DAY_MS });
    expect(await lots.openLot()).toMatchObject({ lotNo: 'BY-HAND', knownFault: 8 });

    await lots.closeAt(byHand.id, firstMs + 2 * DAY_MS - 1);
    await plantLots.keepUp(null, none.lotDueMs, firstMs + 2 * DAY_MS, [
      { idv: 9, since: firstMs + 3_000, until: null },
    ]);
    expect(await lots.openLot()).toMatchObject({ lotNo: 'TEP-20260303-0930', knownFault: 9 });
  });
});
