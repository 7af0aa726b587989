import { afterAll, afterEach, beforeAll, expect, it, jest } from '#jest';
import { describeOnBothProfiles, describeWithPrograms, FeatureApp, OwnMariadb } from '#testing';
import type { DataSourceOptions } from 'typeorm';
import { Config } from '../config/config.js';
import { readEnvironment } from '../config/environment.js';
import { isDuplicateKey, isStillReferenced } from './constraint-errors.js';
import { openDataSource } from './data-source.js';
import { Database, dataSourceOptions, type NumberUpsert } from './database.js';
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
    await database.query(
      'CREATE TABLE reading (tag_id INT NOT NULL, ts BIGINT NOT NULL, value DOUBLE NOT NULL, PRIMARY KEY (tag_id, ts))',
    );
  });

  afterAll(() => app.stop());
  afterEach(async () => {
    await database.query('DELETE FROM note');
    await database.query('DELETE FROM reading');
  });

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

  /** A thousand rows for each of two tags, from `ts` on; their values are the time and `more`. */
  const manyNumbers = (ts: number, more: number): NumberUpsert => ({
    table: 'reading',
    constants: ['tag_id'],
    columns: ['ts', 'value'],
    keys: ['tag_id', 'ts'],
    update: ['value'],
    groups: [1, 2].map((tag) => ({
      constants: [tag],
      values: Array.from({ length: 1_000 }, (_, i) => [ts + i, ts + i + more]).flat(),
    })),
    wholeRows: true,
  });
  const readings = async (): Promise<[count: number, sum: number]> => {
    const [row] = await database.query<Record<'count' | 'sum', string | number>>(
      'SELECT COUNT(*) AS count, SUM(value) AS sum FROM reading',
    );
    return [Number(row.count), Number(row.sum)];
  };
  /** What `writes` of {@link manyNumbers} leave: for each tag, the later of two values where they overlap. */
  const left = (...writes: [ts: number, more: number][]): [count: number, sum: number] => {
    const values = new Map<number, number>();
    for (const [ts, more] of writes) for (let i = 0; i < 1_000; i++) values.set(ts + i, ts + i + more);
    return [2 * values.size, 2 * [...values.values()].reduce((sum, value) => sum + value)];
  };

  it('writes many rows of numbers at once, replaces those there are, and takes them back with the transaction', async () => {
    await database.upsertNumbers(manyNumbers(0, 0.25));
    await database.transaction(() => database.upsertNumbers(manyNumbers(500, 0.5)));
    expect(await readings()).toEqual(left([0, 0.25], [500, 0.5]));
    const failing = database.transaction(async () => {
      await database.upsertNumbers(manyNumbers(5_000, 0));
      expect((await readings())[0]).toBe(5_000);
      throw new Error('no');
    });
    await expect(failing).rejects.toThrow('no');
    expect(await readings()).toEqual(left([0, 0.25], [500, 0.5]));
    expect(database.bulkWay).toBe(profile === 'embedded' ? undefined : 'load_data');
  });

  it('reads rows of numbers as they were written, however they are asked for', async () => {
    const rows = [
      [1, -1, 0.1 + 0.2],
      [1, Number.MAX_SAFE_INTEGER, 5e-324],
      [2, 0, Number.MAX_VALUE],
      [2, 1_774_000_000_000, -1 / 3],
    ];
    await database.upsert({
      table: 'reading',
      columns: ['tag_id', 'ts', 'value'],
      keys: ['tag_id', 'ts'],
      update: ['value'],
      rows,
    });
    const sql = `SELECT tag_id, ts, value FROM reading WHERE tag_id IN (?, ?) AND ts >= ? AND ts <= ? ORDER BY tag_id, ts`;
    const range = [1, 2, -1, Number.MAX_SAFE_INTEGER];
    expect(await database.queryNumbers(sql, range)).toEqual(rows);
    expect(await database.queryArrays(sql, range)).toEqual(rows);
    expect(await database.queryNumbers(sql, [1, 2, -0.5, 1.5])).toEqual([rows[2]]);
    // In the open transaction, too, and by a statement that is known already.
    const failing = database.transaction(async () => {
      await database.query('DELETE FROM reading WHERE tag_id = 1');
      expect(await database.queryNumbers(sql, range)).toEqual(rows.slice(2));
      throw new Error('no');
    });
    await expect(failing).rejects.toThrow('no');
    expect(await database.queryNumbers(sql, range)).toEqual(rows);
    await expect(database.queryNumbers('SELECT nothing FROM reading', [])).rejects.toThrow(/nothing/);
  });

  if (profile === 'server') {
    it('has references looked up, also behind rows of which they are locked', async () => {
      await database.query('CREATE TABLE owner (id INT PRIMARY KEY)');
      await database.query(
        `CREATE TABLE owned (tag_id INT NOT NULL, ts BIGINT NOT NULL, value DOUBLE NOT NULL, PRIMARY KEY (tag_id, ts),
           FOREIGN KEY (tag_id) REFERENCES owner (id))`,
      );
      await database.query('INSERT INTO owner VALUES (1), (2)');
      const owned = { ...manyNumbers(0, 0), table: 'owned' };
      await database.transaction(async () => {
        await database.query('SELECT id FROM owner FOR UPDATE');
        await database.upsertNumbers({ ...owned, referencesLocked: true });
        const alone = database.query('INSERT INTO owned (tag_id, ts, value) VALUES (3, 0, 0)');
        await expect(alone).rejects.toMatchObject({ code: 'ER_NO_REFERENCED_ROW_2' });
      });
      expect(await database.query('SELECT COUNT(*) AS count FROM owned')).toEqual([{ count: 2_000 }]);
      await database.query('DELETE FROM owned');
      await database.query('DELETE FROM owner WHERE id = 2');
      await expect(database.upsertNumbers(owned)).rejects.toThrow(/foreign key/i);
      expect(database.bulkWay).toBe('load_data');
      await database.query('DROP TABLE owned, owner');
    });

    it('inserts them where LOAD DATA LOCAL is refused, in the transaction that was refused', async () => {
      const config = app.get(Config);
      // A client that does not offer it is refused like one whose server has it switched off meanwhile.
      const dataSource = await openDataSource({
        ...dataSourceOptions(config),
        flags: ['-LOCAL_FILES'],
      } as DataSourceOptions);
      try {
        const refused = new Database(dataSource, config.database);
        await refused.learnBulkWay();
        expect(refused.bulkWay).toBe('load_data');
        await refused.transaction(async () => {
          await refused.query('INSERT INTO reading (tag_id, ts, value) VALUES (1, 100000, 0.75)');
          await refused.upsertNumbers(manyNumbers(0, 0.25));
          await refused.upsertNumbers(manyNumbers(500, 0.5));
        });
        expect(refused.bulkWay).toBe('insert');
        const [count, sum] = left([0, 0.25], [500, 0.5]);
        expect(await readings()).toEqual([count + 1, sum + 0.75]);
      } finally {
        await dataSource.destroy();
      }
    });

    it.each(['DEFAULT', "''"])(
      'takes no row that the server understands in another way: mode %s',
      async (mode) => {
        const rows = manyNumbers(0, 0);
        rows.groups[1].values[1] = NaN;
        const writing = database.transaction(async () => {
          await database.query(`SET SESSION sql_mode = ${mode}`);
          try {
            await database.upsertNumbers(rows);
          } finally {
            await database.query('SET SESSION sql_mode = DEFAULT');
          }
        });
        await expect(writing).rejects.toThrow(/reading/);
        expect(await readings()).toEqual([0, 0]);
      },
    );
  }

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

  it('finds out once in a transaction what its parts ask for, and anew in the next', async () => {
    const owner = {};
    let found = 0;
    const ask = (): number => database.oncePerTransaction(owner, () => ++found);
    const twice = (): Promise<number[]> =>
      database.transaction(async () => [ask(), await database.transaction(() => Promise.resolve(ask()))]);
    expect(await twice()).toEqual([1, 1]);
    expect(await twice()).toEqual([2, 2]);
    expect(ask).toThrow('There is no open transaction');
  });

  it('tells how many rows a statement has found, in a transaction and outside of one', async () => {
    for (const id of [1, 2, 3]) await insert(id);
    const change = (from: number): Promise<number> =>
      database.execute('UPDATE note SET text = ? WHERE id >= ?', ['x', from]);
    expect(await change(2)).toBe(2);
    expect(await database.transaction(() => change(1))).toBe(3);
    expect(await change(4)).toBe(0);
  });

  it('notifies others only of what is committed', async () => {
    const calls: string[] = [];
    await database.transaction(async () => {
      await database.afterCommit(async () => void calls.push(`committed ${(await ids()).length}`));
      await insert(1);
      calls.push('inside');
    });
    await database.afterCommit(() => void calls.push('at once'));
    const failing = database.transaction(async () => {
      await database.afterCommit(() => void calls.push('never'));
      throw new Error('no');
    });
    await expect(failing).rejects.toThrow('no');
    expect(calls).toEqual(['inside', 'committed 1', 'at once']);
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

describeWithPrograms(['mariadbd', 'mariadb-install-db'], 'a server that prepares no more statements', () => {
  it('is asked for rows of numbers as for everything else', async () => {
    const server = await OwnMariadb.start({ settings: ['--max-prepared-stmt-count=0'] });
    try {
      const config = readEnvironment([Config], { NODE_ENV: 'test', DATABASE_URL: server.url }).of(Config);
      const dataSource = await openDataSource(dataSourceOptions(config));
      const database = new Database(dataSource, config.database);
      expect(await database.queryNumbers('SELECT 2 * ?, 0.5e0', [21])).toEqual([[42, 0.5]]);
      await dataSource.destroy();
    } finally {
      await server.drop();
    }
  });
});
