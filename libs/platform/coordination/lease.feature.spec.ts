import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from '#jest';
import { describeOnBothProfiles, FeatureApp, waitFor } from '#testing';
import { Database } from '../database/database.js';
import { type LeasedWork, LeaseRunner } from './lease-runner.js';
import { LEASE_TTL_MS, LeaseLostError, Leases } from './lease.js';

/** Work that notes when it begins and ends. */
class NotingWork implements LeasedWork {
  readonly name = 'plant';
  readonly notes: string[] = [];
  failures = 0;

  start(): Promise<void> {
    if (this.failures-- > 0) return Promise.reject(new Error('cannot start'));
    this.notes.push('start');
    return Promise.resolve();
  }

  stop(): Promise<void> {
    this.notes.push('stop');
    return Promise.resolve();
  }
}

describeOnBothProfiles('a lease', (profile) => {
  let app: FeatureApp;
  let database: Database;
  let [mine, theirs]: Leases[] = [];

  beforeAll(async () => {
    app = await FeatureApp.start({ profile, imports: [] });
    database = app.get(Database);
  });

  beforeEach(() => void ([mine, theirs] = [new Leases(database), new Leases(database)]));

  afterAll(() => app.stop());
  afterEach(() => database.query('DELETE FROM lease'));

  const expire = (): Promise<unknown> => database.query('UPDATE lease SET expires_at = 1');
  const fence = async (): Promise<number> =>
    Number((await database.query<{ fence: string | number }>('SELECT fence FROM lease'))[0].fence);

  it('is held by one process at a time, and renewed by it', async () => {
    expect(await mine.hold('plant')).toBe(true);
    expect(await theirs.hold('plant')).toBe(false);
    expect(await mine.hold('plant')).toBe(true);
    expect(await theirs.hold('scorer')).toBe(true);
    expect(await theirs.tenure('plant')).toMatchObject({ processId: mine.processId });
    const [{ expires_at }] = await database.query<{ expires_at: string | number }>(
      "SELECT expires_at FROM lease WHERE name = 'plant'",
    );
    const left = Number(expires_at) - (await database.now());
    expect(left).toBeGreaterThan(LEASE_TTL_MS - 5_000);
    expect(left).toBeLessThanOrEqual(LEASE_TTL_MS);
  });

  it('is taken by one of many that ask at once', async () => {
    const rivals = Array.from({ length: 8 }, () => new Leases(database));
    const first = await Promise.all(rivals.map((leases) => leases.hold('plant')));
    expect(first.filter(Boolean)).toHaveLength(1);
    await expire();
    const second = await Promise.all(rivals.map((leases) => leases.hold('plant')));
    expect(second.filter(Boolean)).toHaveLength(1);
  });

  it('can be taken over once it has expired, with a higher fence', async () => {
    await mine.hold('plant');
    const before = await fence();
    await mine.hold('plant');
    expect(await fence()).toBe(before);
    await expire();
    expect(await theirs.hold('plant')).toBe(true);
    expect(await fence()).toBe(before + 1);
    expect(await mine.hold('plant')).toBe(false);
  });

  it('knows since when it is held, whoever renews it, and since when it is free', async () => {
    expect(await mine.tenure('plant')).toBeUndefined();
    await mine.hold('plant');
    const hourAgo = (await database.now()) - 3_600_000;
    await database.query('UPDATE lease SET since = ?', [hourAgo]);
    await mine.hold('plant');
    expect((await theirs.tenure('plant'))?.forMs).toBeGreaterThanOrEqual(3_600_000);
    await database.query('UPDATE lease SET expires_at = ?', [hourAgo + 1_800_000]);
    const free = await theirs.tenure('plant');
    expect(free?.processId).toBeNull();
    expect(free?.forMs).toBeGreaterThanOrEqual(1_800_000);
    expect(free?.forMs).toBeLessThan(3_600_000);
    await theirs.hold('plant');
    expect((await mine.tenure('plant'))?.forMs).toBeLessThan(1_800_000);
    await theirs.release('plant');
    expect(await mine.tenure('plant')).toMatchObject({ processId: null });
    expect((await mine.tenure('plant'))?.forMs).toBeLessThan(1_800_000);
  });

  it('keeps a former holder that wakes up late from writing', async () => {
    await database.query('CREATE TABLE fenced (id BIGINT)');
    await mine.hold('plant');
    const write = (leases: Leases): Promise<void> =>
      database.transaction(async () => {
        await database.query('INSERT INTO fenced (id) VALUES (1)');
        await leases.assertHeld('plant');
      });
    await write(mine);
    await expire();
    await theirs.hold('plant');
    await expect(write(mine)).rejects.toBeInstanceOf(LeaseLostError);
    await write(theirs);
    expect(await database.query('SELECT id FROM fenced')).toHaveLength(2);
  });

  it('keeps a holder that slept while another one had it from writing its work in progress, though it is free again', async () => {
    await mine.hold('plant');
    await expire();
    await theirs.hold('plant');
    await theirs.release('plant');
    const assert = (): Promise<void> => database.transaction(() => mine.assertHeld('plant'));
    await expect(assert()).rejects.toBeInstanceOf(LeaseLostError);
    expect(await mine.hold('plant')).toBe(false);
    await expect(assert()).rejects.toBeInstanceOf(LeaseLostError);
    expect(await mine.hold('plant')).toBe(true);
    await assert();
  });

  it('has the work of a holder begin anew that slept while another one had it', async () => {
    const work = new NotingWork();
    const runner = new LeaseRunner(mine);
    await runner.compete(work);
    await expire();
    await theirs.hold('plant');
    await theirs.release('plant');
    await waitFor('the work to begin anew', () => work.notes.length === 3, { timeoutMs: 10_000 });
    expect(work.notes).toEqual(['start', 'stop', 'start']);
    await runner.beforeApplicationShutdown();
  });

  it('that was given back is free at once; that of another is left alone', async () => {
    await mine.hold('plant');
    await theirs.release('plant');
    expect(await theirs.hold('plant')).toBe(false);
    await mine.release('plant');
    expect(await theirs.tenure('plant')).toMatchObject({ processId: null });
    expect(await theirs.hold('plant')).toBe(true);
    await expect(database.transaction(() => mine.assertHeld('plant'))).rejects.toBeInstanceOf(LeaseLostError);
  });

  it('starts the work of its holder, which gives it back when it shuts down', async () => {
    const [here, there] = [new NotingWork(), new NotingWork()];
    const [runner, other] = [new LeaseRunner(mine), new LeaseRunner(theirs)];
    await runner.compete(here);
    await other.compete(there);
    expect(here.notes).toEqual(['start']);
    expect(runner.holds('plant')).toBe(true);
    expect(other.holds('plant')).toBe(false);
    await runner.beforeApplicationShutdown();
    expect(here.notes).toEqual(['start', 'stop']);
    await waitFor('the other one to take over', () => other.holds('plant'), { timeoutMs: 5_000 });
    expect(there.notes).toEqual(['start']);
    await other.beforeApplicationShutdown();
  });

  it('that somebody else has taken stops the work of its former holder', async () => {
    const work = new NotingWork();
    const runner = new LeaseRunner(mine);
    await runner.compete(work);
    await expire();
    await theirs.hold('plant');
    await waitFor('the work to stop', () => work.notes.includes('stop'), { timeoutMs: 5_000 });
    expect(runner.holds('plant')).toBe(false);
    await runner.beforeApplicationShutdown();
    expect(await theirs.hold('plant')).toBe(true);
  });

  it('is given back when the work cannot start, and asked for again', async () => {
    const work = new NotingWork();
    work.failures = 1;
    const runner = new LeaseRunner(mine);
    await runner.compete(work);
    expect(await theirs.tenure('plant')).toMatchObject({ processId: null });
    await waitFor('the second attempt', () => runner.holds('plant'), { timeoutMs: 5_000 });
    expect(work.notes).toEqual(['start']);
    await runner.beforeApplicationShutdown();
  });
});
