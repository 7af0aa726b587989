import { afterAll, afterEach, beforeAll, expect, it, jest } from '#jest';
import { describeOnBothProfiles, FeatureApp } from '#testing';
import { isDuplicateKey, isStillReferenced } from './constraint-errors.js';
import { Database } from './database.js';
import { SharedTransaction } from './shared-transaction.js';

/** Resolves when `open` is called. */
function gate(): { opened: Promise<void>; open: () => void } {
  let open = (): void => undefined;
  const opened = new Promise<void>((resolve) => (open = resolve));
  return { opened, open };
}

describeOnBothProfiles('the database', (profile) => {
  let app: FeatureApp;
  let database: Database;

  beforeAll(async () => {
    app = await FeatureApp.start({ profile, imports: [] });
    database = app.get(Database);
    await database.query('CREATE TABLE note (id BIGINT PRIMARY KEY, text VARCHAR(100) NOT NULL)');
  });

  afterAll(() => app.stop());
  afterEach(() => database.query('DELETE FROM note'));

  const insert = (id: number, text = 'x'): Promise<unknown> =>
    database.query('INSERT INTO note (id, text) VALUES (?, ?)', [id, text]);
  const ids = async (): Promise<number[]> =>
    (await database.query<{ id: string | number }>('SELECT id FROM note ORDER BY id')).map(({ id }) =>
      Number(id),
    );

  it('keeps a transaction whole: all of it or nothing', async () => {
    await database.transaction(async () => {
      await insert(1);
      await insert(2);
    });
    const failing = database.transaction(async () => {
      await insert(3);
      throw new Error('no');
    });
    await expect(failing).rejects.toThrow('no');
    expect(await ids()).toEqual([1, 2]);
  });

  it('joins a transaction opened further up, and goes down with it', async () => {
    const failing = database.transaction(async () => {
      await database.transaction(() => insert(1));
      expect(await ids()).toEqual([1]);
      throw new Error('no');
    });
    await expect(failing).rejects.toThrow('no');
    expect(await ids()).toEqual([]);
  });

  it('keeps statements from outside out of an open transaction', async () => {
    const [inside, outside] = [gate(), gate()];
    const transaction = database.transaction(async () => {
      await insert(1);
      inside.open();
      await outside.opened;
      throw new Error('rolled back');
    });
    await inside.opened;
    const written = insert(2);
    outside.open();
    await expect(transaction).rejects.toThrow('rolled back');
    await written;
    expect(await ids()).toEqual([2]);
  });

  it('shows nobody what is not committed', async () => {
    const [inside, outside] = [gate(), gate()];
    const transaction = database.transaction(async () => {
      await insert(1);
      inside.open();
      await outside.opened;
    });
    await inside.opened;
    const seen = ids();
    // SQLite answers after the transaction, MySQL at once; neither may have seen half of it.
    if (profile === 'server') expect(await seen).toEqual([]);
    outside.open();
    await transaction;
    if (profile === 'embedded') expect(await seen).toEqual([1]);
    expect(await ids()).toEqual([1]);
  });

  it('lets a hundred transactions at one counter lose no step', async () => {
    await insert(1, '0');
    const step = (): Promise<void> =>
      database.transaction(async () => {
        const [{ text }] = await database.query<{ text: string }>(
          `SELECT text FROM note WHERE id = 1 ${database.forUpdateSql}`,
        );
        await database.query('UPDATE note SET text = ? WHERE id = 1', [String(Number(text) + 1)]);
      });
    await Promise.all(Array.from({ length: 100 }, step));
    const [{ text }] = await database.query<{ text: string }>('SELECT text FROM note WHERE id = 1');
    expect(text).toBe('100');
  });

  it('runs the victim of a deadlock again, effects after commit once', async () => {
    await insert(1, '0');
    await insert(2, '0');
    const committed: string[] = [];
    const add = (first: number, second: number, name: string): Promise<void> =>
      database.transaction(async () => {
        await database.afterCommit(() => void committed.push(name));
        for (const id of [first, second]) {
          await database.query('UPDATE note SET text = CAST(text AS DECIMAL) + 1 WHERE id = ?', [id]);
          await new Promise((resolve) => setImmediate(resolve));
        }
      });
    await Promise.all(
      Array.from({ length: 20 }, (_, i) => (i % 2 === 0 ? add(1, 2, `a${i}`) : add(2, 1, `b${i}`))),
    );
    const rows = await database.query<{ text: string }>('SELECT text FROM note');
    expect(rows.map(({ text }) => Number(text))).toEqual([20, 20]);
    expect(new Set(committed).size).toBe(20);
    expect(committed).toHaveLength(20);
  });

  it('writes what many ask for at once in two transactions: the first at once, the others once it is committed', async () => {
    const shared = new SharedTransaction(database);
    const transaction = jest.spyOn(database, 'transaction');
    await Promise.all([1, 2, 3, 4, 5, 6].map((id) => shared.run(() => insert(id))));
    expect(await ids()).toEqual([1, 2, 3, 4, 5, 6]);
    expect(transaction).toHaveBeenCalledTimes(2);
    transaction.mockRestore();
  });

  it('tells others only of what is committed', async () => {
    const told: string[] = [];
    await database.transaction(async () => {
      await database.afterCommit(async () => void told.push(`committed ${(await ids()).length}`));
      await insert(1);
      told.push('inside');
    });
    await database.afterCommit(() => void told.push('at once'));
    const failing = database.transaction(async () => {
      await database.afterCommit(() => void told.push('never'));
      throw new Error('no');
    });
    await expect(failing).rejects.toThrow('no');
    expect(told).toEqual(['inside', 'committed 1', 'at once']);
  });

  it('goes on after a transaction that failed in the database itself', async () => {
    await insert(1);
    await expect(database.transaction(() => insert(1))).rejects.toThrow();
    await insert(2);
    expect(await ids()).toEqual([1, 2]);
  });

  it('writes many rows, and overwrites those that are there', async () => {
    const rows = Array.from({ length: 8_001 }, (_, i) => [i, `a${i}`]);
    const upsert = (given: unknown[][]): Promise<void> =>
      database.upsert({
        table: 'note',
        columns: ['id', 'text'],
        keys: ['id'],
        update: ['text'],
        rows: given,
      });
    await upsert([]);
    await upsert(rows);
    await upsert([
      [8_000, "b'; DROP TABLE note; --"],
      [8_001, '한국어 ✓'],
    ]);
    expect(await ids()).toHaveLength(8_002);
    const last = await database.query<{ text: string }>('SELECT text FROM note WHERE id >= 7999 ORDER BY id');
    expect(last.map(({ text }) => text)).toEqual(['a7999', "b'; DROP TABLE note; --", '한국어 ✓']);
  });

  it('has a clock of its own, in milliseconds', async () => {
    const [before, now, after] = [Date.now(), await database.now(), Date.now()];
    expect(now).toBeGreaterThanOrEqual(before - 1_000);
    expect(now).toBeLessThanOrEqual(after + 1_000);
  });

  it('says why it refuses a row', async () => {
    await insert(1);
    const twice = await insert(1).catch((error: unknown) => error);
    expect(isDuplicateKey(twice)).toBe(true);
    expect(isStillReferenced(twice)).toBe(false);
  });
});
