import { setTimeout } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, expect, it } from '#jest';
import { createConnection } from 'mysql2/promise';
import { EquipmentHttpModule } from '#equipment';
import { SystemHealthModule } from '#health';
import { Database, DatabaseUnavailableError, Heartbeats, LeaseRunner, type SilenceLimits } from '#platform';
import {
  describeOnServer,
  FeatureApp,
  profileResources,
  type ProfileResources,
  TcpProxy,
  waitFor,
} from '#testing';

/** Short, so that the tests are; still many times what an answer takes. */
const LIMITS: Partial<SilenceLimits> = { connectMs: 2_000, askAfterMs: 700, giveUpAfterMs: 2_500 };
const POOL_SIZE = 4;
/** What would otherwise never end does so within this time, on a busy machine too. */
const BOUNDED_MS = 20_000;

interface Health {
  status: string;
  checks: Record<string, { status: string; reason?: string }>;
}

describeOnServer('MySQL that does not answer', () => {
  let resources: ProfileResources;
  let proxied: ProfileResources;
  let proxy: TcpProxy;
  let app: FeatureApp;
  let database: Database;

  const start = (): Promise<FeatureApp> =>
    FeatureApp.start({
      profile: 'server',
      imports: [EquipmentHttpModule, SystemHealthModule],
      resources: proxied,
      silenceLimits: LIMITS,
    });

  beforeAll(async () => {
    resources = await profileResources('server', { tables: 'migrated' });
    proxy = await TcpProxy.listen(resources.variables.DATABASE_URL);
    const variables = { DATABASE_URL: proxy.url, DATABASE_POOL_SIZE: String(POOL_SIZE) };
    proxied = { ...resources, variables: { ...resources.variables, ...variables } };
    app = await start();
    database = app.get(Database);
    await database.query('CREATE TABLE note (id BIGINT PRIMARY KEY, text VARCHAR(20) NOT NULL)');
  });

  afterAll(async () => {
    await app.stop();
    await proxy.close();
    await resources.drop();
  });

  afterEach(async () => {
    proxy.pass();
    await proxy.accept();
    await answersAgain();
  });

  const answersAgain = (): Promise<number> =>
    waitFor('the database to answer again', () => database.now().catch(() => undefined), {
      timeoutMs: 15_000,
    });
  const useAllConnections = (): Promise<unknown> =>
    Promise.all(Array.from({ length: POOL_SIZE }, () => database.query('SELECT SLEEP(0.02)')));
  const get = (path: string): Promise<Response> =>
    fetch(app.url + path, { signal: AbortSignal.timeout(BOUNDED_MS) });
  const health = async (): Promise<{ status: number; body: Health }> => {
    const response = await get('/api/v1/health');
    return { status: response.status, body: (await response.json()) as Health };
  };
  const figure = async (name: string): Promise<string | undefined> => {
    const response = await get('/metrics');
    expect(response.status).toBe(200);
    const line = (await response.text()).split('\n').find((text) => text.startsWith(`${name} `));
    return line?.slice(name.length + 1);
  };

  /** What every route says while the database is away. */
  async function expectOutageReported(): Promise<void> {
    const [refused, whole, ready, up, down] = await Promise.all([
      Promise.all(Array.from({ length: 2 * POOL_SIZE }, () => get('/api/v1/equipment'))),
      health(),
      get('/api/v1/health/ready'),
      figure('database_up'),
      figure('health_check{check="database",status="down"}'),
    ]);
    for (const response of refused) {
      expect(response.status).toBe(503);
      expect(response.headers.get('retry-after')).toBe('5');
      expect(await response.json()).toMatchObject({ code: 'DATABASE_UNAVAILABLE' });
    }
    expect(whole).toMatchObject({ status: 503, body: { status: 'down' } });
    expect(whole.body.checks).toMatchObject({
      database: { status: 'down', reason: 'DATABASE_UNAVAILABLE' },
      workers: { status: 'degraded' },
    });
    expect([ready.status, await ready.json()]).toMatchObject([503, { code: 'NOT_READY' }]);
    expect([up, down]).toEqual(['0', '1']);
  }

  it('while silent is reported by every route within bounds, and the pool is whole again afterwards', async () => {
    await useAllConnections();
    proxy.silence();
    await expectOutageReported();
    proxy.pass();
    await answersAgain();
    await useAllConnections();
    expect((await get('/api/v1/equipment')).status).toBe(200);
    expect(await figure('database_up')).toBe('1');
    expect(await figure('health_check{check="database",status="up"}')).toBe('1');
  });

  it('while silent ends whatever waits for it, however it was asked', async () => {
    await useAllConnections();
    proxy.silence();
    const asked = await Promise.allSettled([
      database.query('SELECT 1'),
      database.execute('UPDATE note SET text = text'),
      database.queryArrays('SELECT 1'),
      database.queryNumbers('SELECT 1', []),
    ]);
    for (const outcome of asked)
      expect(outcome).toMatchObject({ reason: expect.any(DatabaseUnavailableError) as object });
  });

  it('does not cost a caller the time of every connection that has died idle', async () => {
    await useAllConnections();
    proxy.silence();
    proxy.pass();
    await expect(database.now()).rejects.toBeInstanceOf(DatabaseUnavailableError);
    expect(await database.now()).toBeGreaterThan(0);
  });

  it('but works is left to its work, and is slow rather than down', async () => {
    await database.query("INSERT INTO note (id, text) VALUES (1, 'old')");
    const gate = await createConnection(resources.variables.DATABASE_URL);
    await gate.query("SELECT GET_LOCK(CONCAT(DATABASE(), '.gate'), 0)");
    /** Works until the gate is opened, however long the answers take that are looked at meanwhile. */
    const work = (): Promise<unknown> =>
      database.query(
        "SELECT GET_LOCK(CONCAT(DATABASE(), '.gate'), 600), RELEASE_LOCK(CONCAT(DATABASE(), '.gate'))",
      );
    const holdsLock = database.transaction(async () => {
      await database.query("UPDATE note SET text = 'first' WHERE id = 1");
      await work();
    });
    await waitFor('the row to be locked', async () => {
      const rows = await database.query("SELECT id FROM note WHERE text = 'old' FOR UPDATE SKIP LOCKED");
      return rows.length === 0;
    });
    const waitsForLock = database.query("UPDATE note SET text = 'second' WHERE id = 1");
    const computes = [work(), work()];
    const [whole, ready, up] = await Promise.all([
      health(),
      get('/api/v1/health/ready'),
      figure('database_up'),
    ]);
    await gate.end();
    expect(whole).toMatchObject({ status: 200, body: { checks: { database: { status: 'degraded' } } } });
    expect(ready.status).toBe(200);
    expect(up).toBe('1');
    await Promise.all([holdsLock, waitsForLock, ...computes]);
    expect(await database.query('SELECT text FROM note WHERE id = 1')).toEqual([{ text: 'second' }]);
  });

  it('keeps no locks for a connection that was given up without its knowledge', async () => {
    await database.query("INSERT INTO note (id, text) VALUES (2, 'old')");
    const lost = database.transaction(async () => {
      await database.query("UPDATE note SET text = 'lost' WHERE id = 2");
      proxy.lose();
      await database.query("UPDATE note SET text = 'lost twice' WHERE id = 2");
    });
    await expect(lost).rejects.toBeInstanceOf(DatabaseUnavailableError);
    proxy.pass();
    await answersAgain();
    await database.query("UPDATE note SET text = 'new' WHERE id = 2");
    expect(await database.query('SELECT text FROM note WHERE id = 2')).toEqual([{ text: 'new' }]);
    proxy.cut();
  });

  it('while it refuses connections is reported by every route; whoever starts meanwhile waits for it', async () => {
    await proxy.refuse();
    let started = false;
    const starting = start().finally(() => (started = true));
    await expectOutageReported();
    expect(started).toBe(false);
    await proxy.accept();
    const late = await starting;
    await late.stop();
  });

  it('that ends a connection under a transaction undoes it, and says so', async () => {
    const insert = (id: number): Promise<unknown> =>
      database.query("INSERT INTO note (id, text) VALUES (?, 'x')", [id]);
    const cut = database.transaction(async () => {
      await insert(10);
      proxy.cut();
      await insert(11);
    });
    await expect(cut).rejects.toBeInstanceOf(DatabaseUnavailableError);
    const killed = database.transaction(async () => {
      const [{ id }] = await database.query<{ id: number }>('SELECT CONNECTION_ID() AS id');
      await insert(12);
      await onServer(resources.variables.DATABASE_URL, `KILL ${id}`);
      await insert(13);
    });
    await expect(killed).rejects.toBeInstanceOf(DatabaseUnavailableError);
    expect(await database.query('SELECT id FROM note WHERE id >= 10')).toEqual([]);
  });

  it('does not keep a process from stopping', async () => {
    const second = await start();
    await second.get(Heartbeats).start('api');
    await second.get(LeaseRunner).compete({
      name: 'stopping',
      start: () => Promise.resolve(),
      stop: () => Promise.resolve(),
    });
    proxy.silence();
    const timer = new AbortController();
    const stopped = await Promise.race([
      second.stop().then(() => true),
      setTimeout(BOUNDED_MS, false, { signal: timer.signal }),
    ]);
    timer.abort();
    expect(stopped).toBe(true);
  });
});

async function onServer(uri: string, statement: string): Promise<void> {
  const connection = await createConnection({ uri });
  await connection.query(statement);
  await connection.end();
}
