import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { DataSource, type QueryRunner } from 'typeorm';
import { MIGRATIONS } from '#migrations';
import { applyMigrations, configureLogging, Database, dataSourceOptions, parseConfig } from '#platform';
import { describeOnBothProfiles, lastingResources, type ProfileResources } from './harness/index.js';

configureLogging('silent', 'test');

/** What a killed process did not get to run. */
const CHANGE = /^\s*(CREATE|ALTER|DROP|INSERT|UPDATE|DELETE)\b/i;
const MOST_STATEMENTS = 200;

describeOnBothProfiles('migrations', (profile) => {
  let resources: ProfileResources;

  beforeEach(async () => {
    resources = await lastingResources(profile);
  });
  afterEach(() => resources.drop());

  const config = () => parseConfig({ NODE_ENV: 'test', ...resources.variables });

  function open(): Promise<DataSource> {
    return new DataSource({
      ...dataSourceOptions(config()),
      migrations: MIGRATIONS,
      logging: false,
    }).initialize();
  }

  /** Runs the migrations in a connection that dies with its `allowed + 1`st change. @returns whether they came to their end */
  async function migrate(allowed: number): Promise<boolean> {
    const dataSource = await open();
    const create = dataSource.createQueryRunner.bind(dataSource);
    const dying = new WeakSet<QueryRunner>();
    let left = allowed;
    dataSource.createQueryRunner = (mode) => {
      const runner = create(mode);
      if (dying.has(runner)) return runner;
      dying.add(runner);
      const query = runner.query.bind(runner);
      runner.query = ((sql: string, ...rest: []) => {
        if (CHANGE.test(sql) && left-- <= 0) return Promise.reject(new Error('killed'));
        return query(sql, ...rest);
      }) as QueryRunner['query'];
      return runner;
    };
    try {
      await applyMigrations(new Database(dataSource, config().database));
      return true;
    } catch (error) {
      if ((error as Error).message !== 'killed') throw error;
      return false;
    } finally {
      await dataSource.destroy();
    }
  }

  /** Tables, columns and indices, as the database itself tells them. */
  async function schema(): Promise<unknown> {
    const dataSource = await open();
    const statements =
      profile === 'server'
        ? [
            'SELECT TABLE_NAME, COLUMN_NAME, COLUMN_TYPE, IS_NULLABLE FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE() ORDER BY 1, 2',
            'SELECT TABLE_NAME, INDEX_NAME, COLUMN_NAME FROM information_schema.STATISTICS WHERE TABLE_SCHEMA = DATABASE() ORDER BY 1, 2, 3',
          ]
        : ['SELECT name, sql FROM sqlite_master ORDER BY 1'];
    const rows = [...statements, 'SELECT id FROM lot_timeline', 'SELECT id FROM timeseries_state'];
    const seen = await Promise.all(rows.map((sql) => dataSource.query<object[]>(sql)));
    await dataSource.destroy();
    return seen;
  }

  it('come to their end after a process was killed behind any of their statements', async () => {
    const others = await lastingResources(profile);
    const killed = resources;
    resources = others;
    expect(await migrate(MOST_STATEMENTS)).toBe(true);
    const whole = await schema();
    resources = killed;
    let allowed = 0;
    while (!(await migrate(allowed))) expect(++allowed).toBeLessThan(MOST_STATEMENTS);
    expect(await schema()).toEqual(whole);
    await others.drop();
  });
});
