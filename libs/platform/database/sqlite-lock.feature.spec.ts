import { AsyncResource } from 'node:async_hooks';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '#jest';
import { FeatureApp, lastingResources, type ProfileResources } from '#testing';
import { Database } from './database.js';
import { OtherProgram } from '../../../test/factories/other-program.fixture.js';

/** As short as the setting allows. */
const LOCK_WAIT_S = 1;
const WRITERS = 30;
/** A second for each of the writers that queue for a lock would take longer. */
const LONG_BEFORE_ONE_SECOND_EACH_MS = 15_000;

describe('a SQLite file another program has open', () => {
  let resources: ProfileResources;
  let app: FeatureApp;
  let database: Database;
  let other: OtherProgram;

  beforeAll(async () => {
    resources = await lastingResources('embedded');
    resources.variables.SQLITE_LOCK_WAIT_S = String(LOCK_WAIT_S);
    app = await FeatureApp.start({ profile: 'embedded', imports: [], resources });
    database = app.get(Database);
    await database.query('CREATE TABLE note (id BIGINT PRIMARY KEY, text VARCHAR(100) NOT NULL)');
    other = new OtherProgram(fileOf(resources));
    await other.run('SELECT 1');
  });

  afterAll(async () => {
    await other.end();
    await app.stop();
    await resources.drop();
  });
  afterEach(async () => {
    // A test that failed under the lock leaves it to the next ones.
    await other.run('ROLLBACK').catch(() => undefined);
    await database.query('DELETE FROM note');
  });

  const insert = (id: number): Promise<unknown> =>
    database.query('INSERT INTO note (id, text) VALUES (?, ?)', [id, 'x']);
  const ids = async (): Promise<number[]> =>
    (await database.query<{ id: number }>('SELECT id FROM note ORDER BY id')).map(({ id }) => id);

  it.each(['IMMEDIATE', 'EXCLUSIVE'])(
    'is read while a BEGIN %s locks it; what is written waits',
    async (mode) => {
      await insert(1);
      await other.run(`BEGIN ${mode}`);
      let written = false;
      const writing = insert(2).then(() => (written = true));
      expect(await ids()).toEqual([1]);
      expect(await database.now()).toBeGreaterThan(0);
      expect(written).toBe(false);
      await other.run('COMMIT');
      await writing;
      expect(await ids()).toEqual([1, 2]);
    },
  );

  it('gives up all that wait for a lock together, without blocking, and keeps none of it', async () => {
    await other.run('BEGIN IMMEDIATE');
    let begun = 0;
    let turns = 0;
    const turning = setInterval(() => turns++, 1);
    const started = performance.now();
    const outcomes = await Promise.allSettled(
      Array.from({ length: WRITERS }, (_, i) =>
        i % 2 === 0 ? insert(i) : database.transaction(() => (begun++, insert(i))),
      ),
    );
    clearInterval(turning);
    // One a delay between two attempts, where waiting as SQLite does it allows none.
    expect(turns).toBeGreaterThan(10);
    expect(performance.now() - started).toBeLessThan(LONG_BEFORE_ONE_SECOND_EACH_MS);
    for (const outcome of outcomes)
      expect(outcome).toMatchObject({ status: 'rejected', reason: { code: 'DATABASE_BUSY' } });
    expect(begun).toBe(0);
    expect(database.writeReading()).toEqual({ status: 'degraded', reason: expect.stringMatching(/locked/) });
    await other.run('COMMIT');
    await database.transaction(() => insert(100));
    await insert(101);
    expect(await ids()).toEqual([100, 101]);
    expect(database.writeReading()).toEqual({ status: 'up' });
  });

  it('shows others what is committed and the transaction its own, without waiting for each other', async () => {
    const outside = AsyncResource.bind(ids);
    await database.transaction(async () => {
      await insert(1);
      expect(await ids()).toEqual([1]);
      expect(await outside()).toEqual([]);
    });
    expect(await ids()).toEqual([1]);
  });

  it('keeps nothing of a transaction whose statements outlive it', async () => {
    const failing = database.transaction(() =>
      Promise.all([
        insert(1),
        insert(1),
        // Comes when the one before has failed and the transaction is rolled back.
        new Promise((resolve) => setTimeout(resolve, 20)).then(() => insert(2)),
      ]),
    );
    await expect(failing).rejects.toThrow('UNIQUE');
    await new Promise((resolve) => setTimeout(resolve, 40));
    expect(await ids()).toEqual([]);
  });

  it('is waited for by a process that starts while it is locked', async () => {
    const another = await lastingResources('embedded');
    const holder = new OtherProgram(fileOf(another));
    try {
      await holder.run('PRAGMA locking_mode = EXCLUSIVE; CREATE TABLE theirs (id INTEGER)');
      const starting = FeatureApp.start({ profile: 'embedded', imports: [], resources: another });
      await Promise.race([starting, new Promise((resolve) => setTimeout(resolve, 200))]);
      await holder.end();
      const late = await starting;
      expect(await late.get(Database).query('SELECT COUNT(*) AS count FROM theirs')).toEqual([{ count: 0 }]);
      await late.stop();
    } finally {
      await another.drop();
    }
  });
});

function fileOf({ variables }: ProfileResources): string {
  return variables.DATABASE_URL.slice('sqlite:'.length);
}
