import { openSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '#jest';
import { DataSource, type QueryRunner } from 'typeorm';
import { MIGRATIONS } from '#migrations';
import {
  applyMigrations,
  Config,
  configureLogging,
  Database,
  dataSourceOptions,
  readEnvironment,
} from '#platform';
import { describeOnBothProfiles, lastingResources, type ProfileResources } from './harness/index.js';

configureLogging('silent', 'test');

/** What a killed process did not get to run. */
const CHANGE = /^\s*(CREATE|ALTER|DROP|INSERT|UPDATE|DELETE)\b/i;
const MOST_STATEMENTS = 200;

type Row = Record<string, unknown>;

describeOnBothProfiles('migrations', (profile) => {
  let resources: ProfileResources;

  beforeEach(async () => {
    resources = await lastingResources(profile);
  });
  afterEach(() => resources.drop());

  const config = () => readEnvironment([Config], { NODE_ENV: 'test', ...resources.variables }).of(Config);

  function open(migrations = MIGRATIONS): Promise<DataSource> {
    return new DataSource({ ...dataSourceOptions(config()), migrations, logging: false }).initialize();
  }

  /** Runs the migrations in a connection that dies with its `allowed + 1`st change. @returns whether they came to their end */
  async function migrate(allowed: number, migrations = MIGRATIONS): Promise<boolean> {
    const dataSource = await open(migrations);
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

  /** Tables, columns and indices, as the database itself describes them. */
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

  /** Does something in a database that has the migrations before that of `version`. */
  async function beforeMigration(
    version: number,
    work: (database: Database) => Promise<void>,
  ): Promise<void> {
    const older = MIGRATIONS.filter(({ name }) => Number(name.slice(-13)) < version);
    await using(await open(older), async (database) => {
      await applyMigrations(database);
      await work(database);
    });
  }

  async function using(dataSource: DataSource, work: (database: Database) => Promise<void>): Promise<void> {
    const database = new Database(dataSource, config().database);
    try {
      await work(database);
    } finally {
      await database.onApplicationShutdown();
      await dataSource.destroy();
    }
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

  /** Runs one statement after the other. @returns the rows of the last one */
  async function run(...statements: [sql: string, parameters: unknown[]][]): Promise<Row[]> {
    const dataSource = await open();
    let rows: Row[] = [];
    for (const [sql, parameters] of statements) rows = await dataSource.query<Row[]>(sql, parameters);
    await dataSource.destroy();
    return rows;
  }

  describe('bring stored texts to the rule', () => {
    const HANGUL = '반응기';
    const NFD = HANGUL.normalize('NFD');
    const before = MIGRATIONS.slice(
      0,
      MIGRATIONS.findIndex(({ name }) => name.startsWith('Texts')),
    );
    const lotsOf = (...rows: [lotNo: string, note: string | null][]): [string, unknown[]] => [
      `INSERT INTO lot (lot_no, note, grade, status, started_at, ended_at, version, created_at, updated_at)
       VALUES ${rows.map(() => "(?, ?, 'G50/H50', 'closed', 0, 1, 1, 0, 0)").join(', ')}`,
      rows.flat(),
    ];
    const lot = (lotNo: string, note: string | null = null) => lotsOf([lotNo, note]);
    const lots = () => run(['SELECT lot_no, note, version FROM lot ORDER BY id', []]);

    async function store(...rows: [string, unknown[]][]): Promise<void> {
      expect(await migrate(MOST_STATEMENTS, before)).toBe(true);
      await run(...rows);
    }

    it('composed, trimmed, and with what stood behind a U+0000', async () => {
      const note = `${NFD}\r\nline\0seen again\t.`;
      await store(lot(`${NFD}-1`, note), lot('B', 'as it should be'), [
        `INSERT INTO equipment (code, name, name_ko, kind, position, description, version, created_at, updated_at)
         VALUES ('FLARE', ?, ?, 'flare', 1, ?, 1, 0, 0)`,
        ['\0', `${NFD} `, 'two\nlines'],
      ]);
      expect(await migrate(MOST_STATEMENTS)).toBe(true);
      expect(await lots()).toEqual([
        // the number, and the note
        { lot_no: `${HANGUL}-1`, note: `${HANGUL}\nline seen again .`, version: 3 },
        { lot_no: 'B', note: 'as it should be', version: 1 },
      ]);
      const equipment = await run(['SELECT name, name_ko, description, version FROM equipment', []]);
      expect(equipment).toEqual([{ name: 'FLARE', name_ko: HANGUL, description: 'two lines', version: 2 }]);
    });

    it('two lots that get the same number are both kept, the younger one under another, and the log says so', async () => {
      const taken = [
        lot('A'),
        lot('A-2'),
        lot(NFD),
        lot(HANGUL),
        lot(`${'x'.repeat(59)}e`),
        lot(`${'x'.repeat(58)}e\u0301`),
      ];
      // MySQL takes blanks at the end for nothing, so that these cannot be there.
      const padded = profile === 'embedded' ? [lot('A '), lot('A  ')] : [];
      await store(...taken, ...padded);
      const folder = await mkdtemp(join(tmpdir(), 'tep-log-'));
      const file = join(folder, 'log');
      configureLogging('warn', 'test', { destination: openSync(file, 'w'), format: 'json' });
      expect(await migrate(MOST_STATEMENTS)).toBe(true);
      configureLogging('silent', 'test');
      const log = await readFile(file, 'utf8');
      await rm(folder, { recursive: true });
      expect(JSON.parse(log.split('\n')[0])).toMatchObject({
        level: 'warn',
        lot_no: HANGUL,
        lot_id: 3,
        younger_lot_id: 4,
        younger_lot_no: `${HANGUL}-2`,
      });
      expect((await lots()).map(({ lot_no }) => lot_no)).toEqual([
        'A',
        'A-2',
        HANGUL,
        `${HANGUL}-2`,
        `${'x'.repeat(59)}e`,
        `${'x'.repeat(58)}é`,
        ...(profile === 'embedded' ? ['A-3', 'A-4'] : []),
      ]);
    });

    it('however many there are', async () => {
      const numbers = Array.from({ length: 1_001 }, (_, i) => (i % 250 === 0 ? `${NFD} ${i}` : `${i}`));
      await store(lotsOf(...numbers.map((lotNo): [string, null] => [lotNo, null])));
      expect(await migrate(2 * numbers.length)).toBe(true);
      const mended = numbers
        .filter((number) => number.startsWith(NFD))
        .map((number) => number.normalize('NFC'));
      expect(mended).toHaveLength(5);
      expect((await lots()).map(({ lot_no }) => lot_no).filter((no) => String(no).includes(' '))).toEqual(
        mended,
      );
    });

    it('in batches, whatever statement a process is killed behind', async () => {
      const many = Array.from({ length: 3 }, (_, i) => lot(`${NFD} ${i}`));
      await store(...many, lot(`${NFD}.`), lot(`${HANGUL}.`));
      let allowed = 0;
      while (!(await migrate(allowed))) expect(++allowed).toBeLessThan(MOST_STATEMENTS);
      expect(allowed).toBeGreaterThan(2);
      expect((await lots()).map(({ lot_no }) => lot_no)).toEqual([
        ...many.map((_, i) => `${HANGUL} ${i}`),
        `${HANGUL}.`,
        `${HANGUL}.-2`,
      ]);
    });
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

  describe('to qualities', () => {
    const DAY_MS = 86_400_000;
    const HOUR_MS = 3_600_000;
    const QUARTER_MS = 900_000;
    /** Raw samples before it may have been removed. */
    const SWEPT = 1_000 * DAY_MS;
    const [GOOD, UNCERTAIN, BAD] = [0, 1, 2];
    type Sample = [tagId: number, ts: number, value: number, quality: number];

    // Two a day of each of two tags for three days, one of them left over before what was swept away.
    const samples: Sample[] = [
      [1, SWEPT - 1, 7, BAD],
      [1, SWEPT, 2, GOOD],
      [1, SWEPT + 60_000, 1e6, BAD],
      [1, SWEPT + HOUR_MS, 4, GOOD],
      [1, SWEPT + DAY_MS, 5, GOOD],
      [1, SWEPT + DAY_MS + HOUR_MS, 7, GOOD],
      [1, SWEPT + 2 * DAY_MS, 9, UNCERTAIN],
      [1, SWEPT + 2 * DAY_MS + HOUR_MS, 8, BAD],
      [2, SWEPT + 2 * DAY_MS, 3, GOOD],
      [2, SWEPT + 2 * DAY_MS + 1, 6, UNCERTAIN],
    ];
    const hourOf = (ts: number): number => ts - (ts % HOUR_MS);
    const KPI_HOURS = [SWEPT - HOUR_MS, ...new Set(samples.slice(1).map(([, ts]) => hourOf(ts)))];

    /** Rollups as they were made before: of all samples alike. */
    function oldRollups(): number[][] {
      const rows = new Map<string, number[]>();
      for (const bucketMs of [QUARTER_MS, HOUR_MS, DAY_MS])
        for (const [tagId, ts, value] of samples) {
          const key = [tagId, bucketMs, ts - (ts % bucketMs)];
          const row = rows.get(key.join()) ?? [...key, 0, value, value, 0, 0, ts, value, ts, value];
          row[3]++;
          row[4] = Math.min(row[4], value);
          row[5] = Math.max(row[5], value);
          row[6] += value;
          row[7] += value * value;
          row.splice(10, 2, ts, value);
          rows.set(key.join(), row);
        }
      return [...rows.values()];
    }

    async function fill(database: Database): Promise<void> {
      const insert = (table: string, columns: string[], rows: unknown[][]): Promise<void> =>
        database.upsert({ table, columns, keys: columns.slice(0, 1), update: columns, rows });
      await insert(
        'equipment',
        ['id', 'code', 'name', 'kind', 'position', 'version', 'created_at', 'updated_at'],
        [[1, 'E', 'E', 'e', 1, 1, 0, 0]],
      );
      await insert(
        'sensor_tag',
        [
          'id',
          'code',
          'equipment_id',
          'name',
          'unit',
          'role',
          'sampling_interval_ms',
          'range_low',
          'range_high',
          'deadband',
          'position',
        ],
        [1, 2].map((id) => [id, `T${id}`, 1, 'T', 'K', 'measurement', 180_000, 0, 1, 0, id]),
      );
      for (const sample of samples)
        await database.query(
          'INSERT INTO timeseries_sample (tag_id, ts, value, quality) VALUES (?, ?, ?, ?)',
          sample,
        );
      for (const row of oldRollups())
        await database.query(
          `INSERT INTO timeseries_rollup (tag_id, bucket_ms, bucket, count, min, max, sum, sum_squares, first_ts, first,
             last_ts, last) VALUES (${row.map(() => '?').join(', ')})`,
          row,
        );
      for (const hour of KPI_HOURS)
        await database.query("INSERT INTO kpi_hour (hour, plant_window) VALUES (?, '{}')", [hour]);
      await database.query('UPDATE timeseries_state SET swept_before = ?, ingest_sequence = 5', [SWEPT]);
    }

    it('rebuild rollups and KPI hours day by day, each once however often they are interrupted', async () => {
      await beforeMigration(1_700_000_000_009, fill);
      let allowed = 0;
      const rebuilt: number[] = [];
      while (!(await migrate(allowed++))) {
        expect(allowed).toBeLessThan(MOST_STATEMENTS);
        await using(await open(), async (database) => {
          rebuilt.push((await database.query('SELECT id FROM ingest_log')).length);
        });
      }
      // Of three days of tags with samples that are not good, one after the other was there to stay.
      expect(rebuilt).toEqual([...rebuilt].sort());
      expect([...new Set(rebuilt)].slice(0, 3)).toEqual([0, 1, 2]);
      await using(await open(), async (database) => {
        const numbers = async (sql: string): Promise<number[][]> =>
          (await database.query<Record<string, number | string | null>>(sql)).map((row) =>
            Object.values(row).map(Number),
          );
        const columns = 'tag_id, bucket, count, uncertain, bad, min, max, sum, sum_squares, first, last';
        const days = await numbers(
          `SELECT ${columns} FROM timeseries_rollup WHERE bucket_ms = ${DAY_MS} ORDER BY tag_id, bucket`,
        );
        expect(days).toEqual([
          // raw samples are gone, or about to be: what is left keeps counting as good
          [1, SWEPT - DAY_MS, 1, 0, 0, 7, 7, 7, 49, 7, 7],
          // 2 + 4 and 4 + 16, the bad million left out
          [1, SWEPT, 2, 0, 1, 2, 4, 6, 20, 2, 4],
          // 5 + 7 and 25 + 49, all good
          [1, SWEPT + DAY_MS, 2, 0, 0, 5, 7, 12, 74, 5, 7],
          // nothing good: no statistic
          [1, SWEPT + 2 * DAY_MS, 0, 1, 1, 0, 0, 0, 0, 0, 0],
          [2, SWEPT + 2 * DAY_MS, 1, 1, 0, 3, 3, 3, 9, 3, 3],
        ]);
        const hours = await numbers(
          `SELECT ${columns} FROM timeseries_rollup WHERE bucket_ms = ${HOUR_MS} AND bucket = ${SWEPT}`,
        );
        expect(hours).toEqual([[1, SWEPT, 1, 0, 1, 2, 2, 2, 4, 2, 2]]);
        const quarters = await numbers(
          `SELECT count, bad, from_ts, to_ts FROM timeseries_rollup WHERE bucket_ms = ${QUARTER_MS} AND bucket = ${SWEPT}`,
        );
        expect(quarters).toEqual([[1, 1, SWEPT, SWEPT + 60_000]]);
        // Hours of good samples and those without raw ones stay.
        expect(await numbers('SELECT hour FROM kpi_hour ORDER BY hour')).toEqual([
          [SWEPT - HOUR_MS],
          [SWEPT + HOUR_MS],
          [SWEPT + DAY_MS],
          [SWEPT + DAY_MS + HOUR_MS],
        ]);
        expect(await numbers('SELECT id, from_ts, to_ts, samples FROM ingest_log ORDER BY id')).toEqual([
          [6, SWEPT + 60_000, SWEPT + 60_000, 1],
          [7, SWEPT + 2 * DAY_MS, SWEPT + 2 * DAY_MS + HOUR_MS, 2],
          [8, SWEPT + 2 * DAY_MS + 1, SWEPT + 2 * DAY_MS + 1, 1],
        ]);
        expect(await numbers('SELECT ingest_sequence FROM timeseries_state')).toEqual([[8]]);
      });
    });
  });
});

function mapNumbers(row: Record<string, unknown>, names: string[]): Record<string, number | null> {
  return Object.fromEntries(names.map((name) => [name, row[name] === null ? null : Number(row[name])]));
}
