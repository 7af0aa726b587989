import { afterAll, beforeAll, describe, expect, it } from '#jest';
import { EquipmentHttpModule, PlantRegistration } from '#equipment';
import { LotHttpModule } from '#lot';
import { Database, Heartbeats, ProcessClock } from '#platform';
import { SeriesReader, TagDirectory, TimeseriesHttpModule } from '#timeseries';
import {
  FeatureApp,
  lastingResources,
  missingPrograms,
  OwnMariadb,
  type Profile,
  SmallFileSystem,
  waitFor,
} from '#testing';
import type { SystemHealthDto } from './dto/system-health.dto.js';
import { SystemHealthModule } from './system-health.module.js';

const NOW = Date.UTC(2026, 2, 10, 12);
const SAMPLES = 6_000;
const ROW_BYTES = 3_000;
const ROWS_PER_INSERT = 20;
/** 6 MB. */
const MAX_INSERTS = 100;

/** A database that can be filled until it takes no more, and given room again. */
interface Fillable {
  variables: Record<string, string>;
  fill(database: Database): Promise<void>;
  makeRoom(database: Database): Promise<void>;
  drop(): Promise<void>;
}

async function sqlite(): Promise<Fillable> {
  const { variables, drop } = await lastingResources('embedded');
  return {
    variables,
    fill: async (database) => {
      const [{ page_count }] = await database.query<{ page_count: number }>('PRAGMA page_count');
      await database.query(`PRAGMA max_page_count = ${page_count + 10}`);
    },
    makeRoom: async (database) => void (await database.query('PRAGMA max_page_count = 1000000')),
    drop,
  };
}

async function mariadb(): Promise<Fillable> {
  const disk = SmallFileSystem.mount(160);
  const server = await OwnMariadb.start({ folder: disk.folder });
  return {
    variables: { DATABASE_URL: server.url, QUEUE_URL: 'redis://127.0.0.1:6379' },
    fill: () => Promise.resolve(disk.fill()),
    makeRoom: () => Promise.resolve(disk.empty()),
    drop: async () => {
      await server.kill();
      disk.unmount();
      await server.drop();
    },
  };
}

/** Writes more than there is room for, in one transaction. @throws what the database says then */
function stuff(database: Database): Promise<void> {
  const values = Array.from({ length: ROWS_PER_INSERT }, () => '(?)').join(', ');
  const texts = Array.from({ length: ROWS_PER_INSERT }, () => 'x'.repeat(ROW_BYTES));
  return database.transaction(async () => {
    for (let i = 0; i < MAX_INSERTS; i++)
      await database.query(`INSERT INTO ballast (text) VALUES ${values}`, texts);
  });
}

const DATABASES: [
  name: string,
  profile: Profile,
  make: () => Promise<Fillable>,
  obstacle?: string | undefined,
][] = [
  ['SQLite', 'embedded', sqlite],
  ['MariaDB', 'server', mariadb, obstacleToMariadb()],
];

function obstacleToMariadb(): string | undefined {
  const missing = missingPrograms('mariadbd', 'mariadb-install-db', 'mount');
  return missing.length > 0 ? `${missing.join(', ')} missing` : SmallFileSystem.obstacle();
}

function tests(profile: Profile, make: () => Promise<Fillable>): void {
  let fillable: Fillable;
  let app: FeatureApp;
  let database: Database;

  beforeAll(async () => {
    fillable = await make();
    app = await FeatureApp.start({
      profile,
      imports: [SystemHealthModule, EquipmentHttpModule, LotHttpModule, TimeseriesHttpModule],
      resources: { variables: fillable.variables, drop: fillable.drop },
    });
    database = app.get(Database);
    await database.query('CREATE TABLE ballast (text VARCHAR(3000))');
    await app.get(ProcessClock).set({ timeMs: NOW, wallMs: Date.now(), rate: 0 });
    await app.get(PlantRegistration).register();
    await app.get(Heartbeats).start('standalone');
  });

  afterAll(async () => {
    await app.stop();
    await fillable.drop();
  });

  const samples = Array.from({ length: SAMPLES }, (_, i) => ({
    tag: 'XMEAS_07',
    ts: new Date(NOW - i * 1_000).toISOString(),
    value: i,
  }));
  const send = () =>
    app.http
      .post('/api/v1/timeseries')
      .set('Content-Type', 'application/x-ndjson')
      .send(samples.map((sample) => JSON.stringify(sample)).join('\n'));
  const stored = async (): Promise<number> =>
    app.get(SeriesReader).count(await app.get(TagDirectory).plantTagIds(), 0, NOW + 1);
  /** Readings are up to a second old. */
  const healthIs = (expected: number, database: 'up' | 'down'): Promise<SystemHealthDto['checks'][string]> =>
    waitFor(`the database to be ${database}`, async () => {
      const { status, body } = await app.http.get('/api/v1/health');
      const check = (body as SystemHealthDto).checks.database;
      return status === expected && check.status === database && check;
    });

  it('refuses with 507, half-writes nothing, is read and says so, and is well with the first write that fits', async () => {
    await healthIs(200, 'up');
    await fillable.fill(database);
    const refused = await send();
    expect(refused.body).toMatchObject({ status: 507, code: 'STORAGE_FULL' });
    expect(await stored()).toBe((refused.body as { accepted: number }).accepted);
    expect(await healthIs(503, 'down')).toMatchObject({ reason: expect.stringMatching(/no room/) });
    await app.http.get('/api/v1/health/ready').expect(200);
    await fillable.makeRoom(database);
    await send().expect(200);
    expect(await stored()).toBe(SAMPLES);
    await healthIs(200, 'up');
  });

  // MySQL takes back the one statement, SQLite the whole transaction.
  if (profile === 'embedded')
    it('keeps nothing of a transaction that goes on after it found no room', async () => {
      const rows = async (): Promise<unknown> => database.query('SELECT COUNT(*) AS count FROM ballast');
      const before = await rows();
      await fillable.fill(database);
      const stubborn = database.transaction(async () => {
        await stuff(database).catch(() => undefined);
        await database.query('INSERT INTO ballast (text) VALUES (?)', ['small']).catch(() => undefined);
      });
      await expect(stubborn).rejects.toMatchObject({ code: 'STORAGE_FULL' });
      await fillable.makeRoom(database);
      expect(await rows()).toEqual(before);
    });

  it('names the cause in what it throws', async () => {
    await fillable.fill(database);
    const met = await stuff(database).catch((error: unknown) => error);
    await fillable.makeRoom(database);
    expect(met).toMatchObject({ code: 'STORAGE_FULL', cause: { message: expect.stringMatching(/full/) } });
    await database.query('INSERT INTO ballast (text) VALUES (?)', ['x']);
  });
}

for (const [name, profile, make, obstacle] of DATABASES) {
  if (obstacle) process.stderr.write(`\n*** NOT TESTED: a full ${name}, because ${obstacle}\n`);
  (obstacle ? describe.skip : describe)(`a full ${name}`, () => tests(profile, make));
}
