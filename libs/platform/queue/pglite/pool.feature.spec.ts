import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Worker } from 'node:worker_threads';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '#jest';
import { waitFor } from '#testing';
import { configureLogging } from '../../observability/logger.js';
import { PglitePool } from './pool.js';
import { createPgliteFolder, pgliteTemplateFile } from './template-file.js';

configureLogging('silent', 'test');

describe('PostgreSQL inside the process', () => {
  let pool: PglitePool;
  beforeAll(async () => {
    pool = await PglitePool.open(undefined);
  });
  afterAll(() => pool.end());

  it('answers as node-postgres does', async () => {
    const { rows, rowCount } = await pool.query(
      'SELECT $1::bigint AS big, $2::jsonb AS json, $3::text[] AS list',
      ['9007199254740993', JSON.stringify({ a: 1 }), ['x', 'y']],
    );
    expect(rows).toEqual([{ big: '9007199254740993', json: { a: 1 }, list: ['x', 'y'] }]);
    expect(rowCount).toBe(1);
  });

  it('passes on the code and the detail of an error', async () => {
    const refused = pool.query(
      `DO $$ BEGIN RAISE EXCEPTION 'no' USING ERRCODE = 'BM001', DETAIL = '-3'; END $$`,
    );
    await expect(refused).rejects.toMatchObject({ message: 'no', code: 'BM001', detail: '-3' });
    expect((await pool.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }]);
  });

  it('delivers notifications to every borrower of the session', async () => {
    const heard: string[] = [];
    for (const name of ['first', 'second']) {
      const client = await pool.connect();
      client.on('notification', ({ channel, payload }) => heard.push(`${name} ${channel} ${payload}`));
      await client.query('-- a comment first\nLISTEN door;');
    }
    await pool.query('SELECT pg_notify($1, $2)', ['door', 'bell']);
    await waitFor('two notifications', () => heard.length === 2);
    expect(heard).toEqual(['first door bell', 'second door bell']);
  });
});

describe('PostgreSQL in a folder', () => {
  let folder: string;
  let pool: PglitePool;
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'pglite-'));
    pool = await PglitePool.open(folder);
  });
  afterEach(async () => {
    await pool.end();
    rmSync(folder, { recursive: true, force: true });
  });

  it('is started again with all that was committed when its thread dies, and says so to its borrowers', async () => {
    const client = await pool.connect();
    const notified = new Promise((resolve) => client.on('error', resolve));
    await pool.query('CREATE TABLE kept AS SELECT 7 AS seven');
    const slow = pool.query('SELECT count(*) FROM generate_series(1, 30000000)');
    const refusal = slow.then(
      () => 'answered',
      (error: Error) => error.message,
    );
    await (pool as unknown as { thread: Worker }).thread.terminate();
    expect(await refusal).toBe('The queue database has stopped');
    expect(await notified).toBeInstanceOf(Error);
    expect((await pool.query('SELECT * FROM kept')).rows).toEqual([{ seven: 7 }]);
  });

  it('is not made any more when who wanted it has ended', async () => {
    const dataDir = join(folder, 'other');
    const script = new URL('./folder.js', import.meta.url).pathname;
    const making = spawn(process.execPath, [script, dataDir, await pgliteTemplateFile()]);
    const exited = once(making, 'exit');
    await waitFor('its files', () => existsSync(`${dataDir}.unfinished-${making.pid}`), { intervalMs: 2 });
    making.stdin.end();
    expect(await exited).toEqual([1, null]);
    expect(existsSync(dataDir)).toBe(false);
    await createPgliteFolder(dataDir);
    expect(readdirSync(folder).filter((name) => name.startsWith('other'))).toEqual(['other']);
  });

  it('puts files it cannot open aside and starts with an empty database', async () => {
    await pool.query('CREATE TABLE lost ()');
    await pool.end();
    writeFileSync(join(folder, 'pgdata', 'global', 'pg_control'), 'ruined');
    pool = await PglitePool.open(folder);
    expect((await pool.query('SELECT count(*) AS jobs FROM bullmq.job')).rows).toEqual([{ jobs: '0' }]);
    expect(readdirSync(folder).filter((name) => name.startsWith('pgdata.damaged-'))).toHaveLength(1);
  });
});
