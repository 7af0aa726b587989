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

  it('group the anomalies there are into incidents, and the same ones when begun again', async () => {
    const hour = (hours: number): number => 3_600_000 * (1_000 + hours);
    const dataSource = await open();
    const database = new Database(dataSource, config().database);
    const grouping = MIGRATIONS.findIndex(({ name }) => name.startsWith('Incidents'));
    const { migrations } = dataSource;
    Object.assign(dataSource, { migrations: migrations.slice(0, grouping) });
    await applyMigrations(database);
    const anomalies: [string, number, number | null, string | null][] = [
      ['zscore', -30, 8, null], // began more than a day before the incident it reaches into
      ['zscore', 3, 4, null], // nothing of the primary detector then
      ['cva', 5.5, 6.5, 'Seen'],
      ['innovation_bank', 6, 7, 'Seen, too'],
      ['innovation_bank', 8.9, 10, 'Last'], // less than two hours after
      ['pca_spe', 9, 11, 'Seen'],
      ['innovation_bank', 12, null, null], // two hours after, and it goes on
      ['zscore', 13, null, 'Seen'],
    ];
    for (const [detector, from, to, comment] of anomalies)
      await dataSource.query(
        `INSERT INTO anomaly (detector, model_version, state, severity, started_at, detected_at, ended_at, peak_at, peak_score,
           threshold, sample_count, contributions, acknowledged_at, acknowledged_by, comment)
         VALUES (?, '1', ?, 'high', ?, ?, ?, ?, 6, 2, 9, '[{"tag":"XMEAS_01","share":1}]', ?, ?, ?)`,
        [
          detector,
          to === null ? 'open' : 'closed',
          hour(from),
          hour(from) + 1,
          to === null ? null : hour(to),
          hour(from) + 2,
          comment === null ? null : hour(20 + from),
          comment === null ? null : 'shift-lead',
          comment,
        ],
      );
    await dataSource.query(
      `INSERT INTO scorer_checkpoint (position_ts, feed_position, snapshot) VALUES (${hour(14)}, 0, '{}')`,
    );
    Object.assign(dataSource, { migrations });
    await applyMigrations(database);
    const found = () =>
      dataSource.query<Record<string, unknown>[]>(
        'SELECT state, started_at, last_sign_at, ended_at, peak_ratio, comment FROM incident ORDER BY started_at',
      );
    const numbers = (rows: Record<string, unknown>[]) =>
      rows.map((row) => ({ ...row, ...mapNumbers(row, ['started_at', 'last_sign_at', 'ended_at']) }));
    const expected = [
      // of all its anomalies the one of the ninth hour was acknowledged last
      {
        state: 'closed',
        started_at: hour(6),
        last_sign_at: hour(10),
        ended_at: hour(10),
        peak_ratio: 3,
        comment: 'Seen',
      },
      {
        state: 'open',
        started_at: hour(12),
        last_sign_at: hour(14),
        ended_at: null,
        peak_ratio: 3,
        comment: null,
      },
    ];
    expect(numbers(await found())).toEqual(expected);
    const partOf = await dataSource.query<{ started_at: unknown; began: unknown }[]>(
      `SELECT a.started_at, i.started_at AS began FROM anomaly a LEFT JOIN incident i ON i.id = a.incident_id ORDER BY a.started_at`,
    );
    expect(partOf.map(({ began }) => (began === null ? null : Number(began)))).toEqual([
      null,
      null,
      hour(6),
      hour(6),
      hour(6),
      hour(6),
      hour(12),
      hour(12),
    ]);
    const [{ name }] = MIGRATIONS.slice(grouping);
    await dataSource.query('DELETE FROM migrations WHERE name = ?', [name]);
    await applyMigrations(database);
    expect(numbers(await found())).toEqual(expected);
    await dataSource.destroy();
  });
});

function mapNumbers(row: Record<string, unknown>, names: string[]): Record<string, number | null> {
  return Object.fromEntries(names.map((name) => [name, row[name] === null ? null : Number(row[name])]));
}
