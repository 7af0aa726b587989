import { randomUUID } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import { afterEach, expect, it } from '#jest';
import { DataSource } from 'typeorm';
import { Database, Leases } from '#platform';
import { RECORD_LENGTH, roundToSignificantDigits, TepSimulation } from '#tep';
import {
  describeOnBothProfiles,
  FeatureApp,
  lastingResources,
  type ProfileResources,
  waitFor,
} from '#testing';
import type { PlantDto } from './dto/plant.dto.js';
import { PLANT_LEASE } from './plant-lease.js';
import { PlantCommands } from './plant-commands.service.js';
import { PlantHttpModule } from './plant.http.module.js';
import { PlantJobsModule } from './plant.jobs.module.js';
import { RECORD_INTERVAL_MS } from './simulated-plant.js';

const SEED = 4_651_207_995;
const HOUR_MS = 3_600_000;
/** Ten plant minutes at the speed of the test. */
const UNKEPT_MS = 1_000;

/** A switch of a disturbance at a moment of plant time. */
interface Switch {
  idv: number;
  at: number;
}

/** Records the simulator makes when it runs through without a stop. */
function uninterruptedSeries(fromMs: number, toMs: number, switches: Switch[] = []): number[][] {
  const simulation = new TepSimulation({ seed: SEED });
  const record = new Float64Array(RECORD_LENGTH);
  const rows: number[][] = [];
  const advanceTo = (ms: number): void => simulation.advance((ms - fromMs) / 1_000 - simulation.clockS);
  const waiting = [...switches];
  for (let ts = fromMs + RECORD_INTERVAL_MS; ts <= toMs; ts += RECORD_INTERVAL_MS) {
    for (let next = waiting[0]; next && next.at < ts; next = waiting[0]) {
      advanceTo(next.at);
      simulation.setDisturbance(next.idv, true);
      waiting.shift();
    }
    advanceTo(ts);
    simulation.record(record);
    rows.push(Array.from(record, (value) => roundToSignificantDigits(value, 5)));
  }
  return rows;
}

/** What is stored, in order of time: times, and values in plant order. */
/** What these tests are about is what the plant does, however late. */
const COMMAND_WAIT_MS = 120_000;

async function storedSeries(app: FeatureApp): Promise<{ times: number[]; rows: number[][] }> {
  const samples = await app
    .get(Database)
    .query<{ ts: string | number; value: number }>(
      'SELECT s.ts, s.value FROM timeseries_sample s JOIN sensor_tag t ON t.id = s.tag_id ORDER BY s.ts, t.position',
    );
  const times: number[] = [];
  const rows: number[][] = [];
  for (let i = 0; i < samples.length; i += RECORD_LENGTH) {
    const row = samples.slice(i, i + RECORD_LENGTH);
    expect(new Set(row.map(({ ts }) => Number(ts))).size).toBe(1);
    times.push(Number(row[0].ts));
    rows.push(row.map(({ value }) => value));
  }
  return { times, rows };
}

/** Every third minute from the beginning to the end, each once, with the values of a plant that never stopped. */
async function expectUninterrupted(app: FeatureApp, switches: Switch[] = []): Promise<void> {
  const { times, rows } = await storedSeries(app);
  const firstMs = times[0] - RECORD_INTERVAL_MS;
  expect(times).toEqual(times.map((_, i) => firstMs + (i + 1) * RECORD_INTERVAL_MS));
  expect(rows).toEqual(uninterruptedSeries(firstMs, times[times.length - 1], switches));
}

async function readPlant(app: FeatureApp): Promise<PlantDto> {
  return (await app.http.get('/api/v1/plant').expect(200)).body as PlantDto;
}

async function patchPlant(app: FeatureApp, wanted: { speed: number } | { paused: true }): Promise<void> {
  await app.http.patch('/api/v1/plant').send(wanted).expect(200);
  await waitFor(`the plant to obey ${JSON.stringify(wanted)}`, async () => {
    const plant = await readPlant(app);
    return 'speed' in wanted ? plant.speed === wanted.speed : plant.state === 'paused';
  });
}

function recordsOf({ samples_written: samples }: PlantDto): number {
  return samples / RECORD_LENGTH;
}

async function waitForRecords(app: FeatureApp, count: number): Promise<PlantDto> {
  return waitFor(`${count} records`, async () => {
    const plant = await readPlant(app);
    return recordsOf(plant) >= count && plant.state === 'running' && plant;
  });
}

describeOnBothProfiles('the series of the live plant', (profile) => {
  const apps: FeatureApp[] = [];
  const killed: FeatureApp[] = [];
  let resources: ProfileResources;

  async function start(variables: Record<string, string>): Promise<FeatureApp> {
    const app = await FeatureApp.start({
      profile,
      imports: [PlantHttpModule, PlantJobsModule],
      variables: { PLANT_SEED: String(SEED), ...variables },
      resources,
    });
    apps.push(app);
    app.get(PlantCommands).waitMs = COMMAND_WAIT_MS;
    return app;
  }

  async function fresh(variables: Record<string, string>): Promise<FeatureApp> {
    resources = await lastingResources(profile, { tables: 'migrated' });
    return start(variables);
  }

  /** As after kill -9: nothing is given back, nothing is written any more. */
  async function kill(app: FeatureApp): Promise<void> {
    await app.get(DataSource).destroy();
    killed.push(...apps.splice(apps.indexOf(app), 1));
  }

  async function expireLease(app: FeatureApp): Promise<void> {
    await app.get(Database).query('UPDATE lease SET expires_at = 0 WHERE name = ?', [PLANT_LEASE]);
  }

  afterEach(async () => {
    for (const app of apps.splice(0)) await app.stop();
    for (const app of killed.splice(0)) await app.stop().catch(() => undefined);
    await resources.drop();
  });

  it('begins with the hours before the first start and ends at the wall clock', async () => {
    const before = Date.now();
    const app = await fresh({ PLANT_HISTORY_HOURS: '3', PLANT_SPEED: '0.1' });
    const plant = await waitForRecords(app, 60);
    expect(recordsOf(plant)).toBeLessThanOrEqual(61);
    expect(Date.parse(plant.time)).toBeGreaterThanOrEqual(before);
    expect(Date.parse(plant.time)).toBeLessThanOrEqual(Date.now());
    expect(Date.parse(plant.time) - Date.parse(plant.last_sample_at ?? '')).toBeLessThan(
      2 * RECORD_INTERVAL_MS,
    );
    await expectUninterrupted(app);
  });

  it('continues after a restart as if there had been none', async () => {
    const app = await fresh({ PLANT_HISTORY_HOURS: '1', PLANT_SPEED: '1200' });
    await waitForRecords(app, 30);
    const { body } = await app.http.post('/api/v1/plant/disturbances').send({ idv: 11 }).expect(201);
    const since = Date.parse((body as { since: string }).since);
    await app.stop();
    apps.splice(0);
    const again = await start({ PLANT_SPEED: '60' });
    const plant = await waitFor('the plant to run on', async () => {
      const seen = await readPlant(again);
      return seen.state === 'running' && Date.parse(seen.time) > since + 2 * HOUR_MS && seen;
    });
    expect(plant).toMatchObject({ speed: 1_200, seed: SEED, disturbances: [{ idv: 11 }] });
    await patchPlant(again, { speed: 0.1 });
    await expectUninterrupted(again, [{ idv: 11, at: since }]);
  });

  it('stands still while no process keeps it', async () => {
    const app = await fresh({ PLANT_HISTORY_HOURS: '0', PLANT_SPEED: '600' });
    await waitForRecords(app, 3);
    const seenAt = Date.now();
    const seen = Date.parse((await readPlant(app)).time);
    await app.stop();
    apps.splice(0);
    const stoppedAt = Date.now();
    await setTimeout(UNKEPT_MS);
    const startedAt = Date.now();
    const again = await start({});
    const { time, speed } = await waitFor('the plant to run', async () => {
      const plant = await readPlant(again);
      return plant.state === 'running' && plant.holder !== null && plant;
    });
    await patchPlant(again, { paused: true });
    const keptMs = stoppedAt - seenAt + (Date.now() - startedAt);
    await expectUninterrupted(again);
    expect(speed).toBe(600);
    // At most what it ran while a process kept it: nothing for the time in which none did.
    expect(Date.parse(time) - seen).toBeLessThanOrEqual(keptMs * 600);
  });

  // SQLite belongs to one process, and killing that is a matter of the end-to-end tests.
  if (profile === 'server')
    it('catches up with what its clock had said when its process was killed', async () => {
      const app = await fresh({ PLANT_HISTORY_HOURS: '1', PLANT_SPEED: '1200' });
      await waitForRecords(app, 30);
      const shown = Date.parse((await readPlant(app)).time);
      await kill(app);
      const next = await start({});
      await expireLease(next);
      const plant = await waitFor('another process to keep the plant', async () => {
        const seen = await readPlant(next);
        return seen.holder?.process_id === next.get(Leases).processId && recordsOf(seen) > 40 && seen;
      });
      expect(Date.parse(plant.time)).toBeGreaterThanOrEqual(shown);
      await patchPlant(next, { paused: true });
      await expectUninterrupted(next);
    });

  it('is written by nobody who has lost the lease', async () => {
    const app = await fresh({ PLANT_HISTORY_HOURS: '1', PLANT_SPEED: '1200' });
    await waitForRecords(app, 25);
    const database = app.get(Database);
    const thief = randomUUID();
    await database.query('UPDATE lease SET holder = ?, expires_at = ? WHERE name = ?', [
      thief,
      (await database.now()) + 60_000,
      PLANT_LEASE,
    ]);
    const count = async (): Promise<number> => (await storedSeries(app)).times.length;
    const left = await count();
    await waitFor('the former keeper to notice', async () => {
      const { reported_at: reportedAt } = await readPlant(app);
      return Date.now() - Date.parse(reportedAt ?? '') > 1_500;
    });
    expect(await count()).toBe(left);
    await expireLease(app);
    await waitForRecords(app, left + 10);
    await expectUninterrupted(app);
  });
});
