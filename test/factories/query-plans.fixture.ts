import { AsyncLocalStorage } from 'node:async_hooks';
import type { QueryRunner } from 'typeorm';
import { Database } from '#platform';
import { AlarmJournalRepository } from '../../libs/alarm/alarm-journal.repository.js';
import { AlarmRepository } from '../../libs/alarm/alarm.repository.js';
import { IncidentRepository } from '../../libs/incident/incident.repository.js';
import { RollupRepository } from '../../libs/timeseries/rollup/rollup.repository.js';
import { SampleRepository } from '../../libs/timeseries/samples/sample.repository.js';
import { SeriesRepository } from '../../libs/timeseries/series/series.repository.js';
import type { FeatureApp } from '../harness/feature-app.js';

const MINUTE = 60_000;
const QUARTER = 15 * MINUTE;
const START = Date.UTC(2026, 2, 1);
const SAMPLES = 960;
const INTERVAL = 3 * MINUTE;
const END = START + SAMPLES * INTERVAL;
const INCIDENTS = 2_000;

interface Statement {
  sql: string;
  parameters: unknown[];
}

/**
 * What the repositories of samples, rollups, alarms and incidents ask the database, and how it goes about it: a text to be
 * compared with the one that is kept.
 */
export async function queryPlans(app: FeatureApp): Promise<string> {
  const database = app.get(Database);
  await fill(app, database);
  const asking = listenTo(database);
  const asked: [name: string, statements: Statement[]][] = [];
  for (const [name, ask] of questions(app)) {
    const heard: Statement[] = [];
    await asking.run(heard, ask);
    asked.push([name, heard.filter(({ sql }) => /^\s*(SELECT|UPDATE|DELETE)/.test(sql))]);
  }
  // only now: an explained statement of SQLite stays open and keeps writers from their commit
  const parts: string[] = [];
  for (const [name, statements] of asked) {
    parts.push(`## ${name}`);
    for (const statement of statements) parts.push(await printOf(database, statement));
  }
  return `${parts.join('\n\n')}\n`;
}

/** Statements without their plans, which are another database's business. */
export function statementsOf(plans: string): string {
  return plans
    .split('\n')
    .filter((line) => !line.startsWith('  '))
    .join('\n');
}

/** Whether the database is the one whose plans are kept: MySQL has its own. */
export async function hasKeptPlans(app: FeatureApp): Promise<boolean> {
  const database = app.get(Database);
  if (isSqlite(database)) return true;
  const [{ version }] = await database.query<{ version: string }>('SELECT VERSION() AS version');
  return version.includes('MariaDB');
}

function isSqlite(database: Database): boolean {
  return database.dataSource.options.type !== 'mysql';
}

/** So many rows that a database that asks them for the best way has only one answer. */
async function fill(app: FeatureApp, database: Database): Promise<void> {
  const tags = await database.query<{ id: number; equipment_id: number }>(
    'SELECT id, equipment_id FROM sensor_tag ORDER BY id',
  );
  const steps = Array.from({ length: SAMPLES }, (_, i) => i);
  await app.get(SampleRepository).upsert(
    tags.map(({ id }) => ({
      tagId: id,
      ts: steps.map((i) => START + i * INTERVAL),
      values: steps.map((i) => i % 7),
      qualities: steps.map(() => 0),
    })),
  );
  const rollups = app.get(RollupRepository);
  const tagIds = tags.map(({ id }) => id);
  for (const bucketMs of [MINUTE, QUARTER, 4 * QUARTER])
    await rollups.upsert(await rollups.rollUpSamples([{ tagIds, from: START, to: END }], bucketMs));
  await app.get(AlarmRepository).layDown(
    tags.flatMap(({ id, equipment_id }) =>
      (['HH', 'H', 'L', 'LL'] as const).map((limitName) => ({
        tagId: id,
        limitName,
        equipmentId: equipment_id,
        priority: 'high' as const,
      })),
    ),
  );
  await database.query('UPDATE alarm SET active = 1, active_since = ? WHERE id % 20 = 0', [START]);
  const columns =
    'state, severity, opened_by, equipment_id, started_at, detected_at, last_sign_at, ended_at, peak_at, peak_ratio, first_tags';
  const incidents = Array.from({ length: INCIDENTS }, (_, i) => START + i * QUARTER);
  await database.query(
    `INSERT INTO incident (${columns}) VALUES ${incidents.map(() => `(${columns.replace(/\w+/g, '?')})`).join(', ')}`,
    incidents.flatMap((at, i) => {
      const isOpen = i === INCIDENTS - 1;
      const { equipment_id } = tags[i % tags.length];
      const times = [at, at + MINUTE, at + QUARTER, isOpen ? null : at + QUARTER, at + MINUTE];
      return [isOpen ? 'open' : 'closed', 'high', 'detector', equipment_id, ...times, 3, '[]'];
    }),
  );
  if (isSqlite(database)) return;
  for (const table of ['sensor_tag', 'timeseries_sample', 'timeseries_rollup', 'alarm', 'incident'])
    await database.query(`ANALYZE TABLE ${table}`);
}

type Question = [name: string, ask: () => Promise<unknown>];

const TAG_IDS = [1, 2, 3];
const FROM = START + 10 * QUARTER;
const TO = START + 20 * QUARTER;

/** What the repositories are asked, by name, as the product asks it; what removes rows comes last. */
function questions(app: FeatureApp): Question[] {
  const samples = app.get(SampleRepository);
  const rollups = app.get(RollupRepository);
  return [
    ...aboutSamples(app),
    ...aboutAlarms(app),
    ['samples: deleteSome', () => samples.deleteSome(1, START, TO, 5)],
    ['samples: deleteIn', () => samples.deleteIn([1, 2], START, START + QUARTER)],
    ['rollups: deleteSome', () => rollups.deleteSome(1, QUARTER, TO, 2)],
  ];
}

function aboutSamples(app: FeatureApp): Question[] {
  const samples = app.get(SampleRepository);
  const series = app.get(SeriesRepository);
  const rollups = app.get(RollupRepository);
  const stretch = { tagIds: TAG_IDS, from: FROM, to: TO };
  const range = { ...stretch, bucketMs: QUARTER };
  return [
    ['samples: findOccupied', () => samples.findOccupied([stretch])],
    ['samples: findLatest', () => samples.findLatest(TAG_IDS, { until: TO })],
    ['samples: findNewestTimes', () => samples.findNewestTimes([1, 2], FROM, TO, 5)],
    ['samples: findAt', () => samples.findAt(TAG_IDS, [FROM, TO], QUARTER)],
    ['samples: findFirstTs', () => samples.findFirstTs(1, FROM, TO)],
    ['samples: findChanges', () => samples.findChanges(TAG_IDS, FROM, TO)],
    ['samples: findEarliestTs', () => samples.findEarliestTs(TAG_IDS)],
    ['samples: tagsBefore', () => samples.tagsBefore(START)],
    ['samples: lockTags', () => samples.lockTags(TAG_IDS)],
    [
      'series: presence, with pauses',
      () =>
        series.presence(
          stretch,
          () => 5,
          () => MINUTE,
        ),
    ],
    ['rollups: find', () => rollups.find([range])],
    ['rollups: findQuartersWithout', () => rollups.findQuartersWithout(MINUTE, stretch, START)],
    ['rollups: computeFromSamples', () => rollups.computeFromSamples([range])],
    [
      'rollups: setFinest',
      async () => rollups.setFinest(await rollups.find([{ ...range, tagIds: [1], to: FROM }])),
    ],
  ];
}

function aboutAlarms(app: FeatureApp): Question[] {
  const alarms = app.get(AlarmRepository);
  const incidents = app.get(IncidentRepository);
  const journal = app.get(AlarmJournalRepository);
  const after = { changedAt: START, id: 7 };
  return [
    ['alarms: find', () => alarms.find(1)],
    ['alarms: findAll', () => alarms.findAll([1, 2])],
    ['alarms: findOfLimits', () => alarms.findOfLimits()],
    ['alarms: findOfIncidents', () => alarms.findOfIncidents([1, 2])],
    ['alarms: findUnsettledOfIncidents', () => alarms.findUnsettledOfIncidents()],
    ['alarms: newestIncident', () => alarms.newestIncident()],
    ['alarms: findExpired', () => alarms.findExpired(TO, TO)],
    ['alarms: findActiveSince', () => alarms.findActiveSince(TO)],
    ['alarms: findActiveLimits', () => alarms.findActiveLimits()],
    ['alarms: countActive', () => alarms.countActive()],
    ['alarms: findPage', () => alarms.findPage({}, 50)],
    ['alarms: findPage, the next of a unit', () => alarms.findPage({ equipmentId: 1 }, 50, after)],
    ['alarms: findPage, the next', () => alarms.findPage({}, 50, after)],
    ['alarms: count', () => alarms.count({ state: 'unacknowledged' })],
    ['alarms: lock', () => alarms.lock([1, 2])],
    ['journal: activations', () => journal.activations(FROM, TO).next()],
    ['incidents: find', () => incidents.find(1)],
    ['incidents: findAll', () => incidents.findAll([1, 2])],
    ['incidents: findPage', () => incidents.findPage({}, 50)],
    [
      'incidents: findPage, the next of a unit in a period',
      () => incidents.findPage({ equipmentId: 1, from: FROM, to: TO }, 50, { startedAt: TO, id: 7 }),
    ],
    ['incidents: findPage, the next', () => incidents.findPage({}, 50, { startedAt: TO, id: 7 })],
    ['incidents: findPage, of a lot', () => incidents.findPage({ lotId: 1 }, 50)],
    ['incidents: count', () => incidents.count({ state: 'open' })],
    ['incidents: findOpen', () => incidents.findOpen(TO)],
    [
      'incidents: findFollowed',
      () =>
        incidents.findFollowed({ newerThan: INCIDENTS - 5, detectedAfter: START, limit: 50, ids: [1, 2] }),
    ],
    ['incidents: countOpen', () => incidents.countOpen()],
    ['incidents: findDetectedAfter', () => incidents.findDetectedAfter(START + INCIDENTS * QUARTER)],
    ['incidents: lockAcknowledgement', () => incidents.lockAcknowledgement(1)],
  ];
}

/** Collects the statements of whoever runs in it, whichever door they take; what runs beside is not among them. */
function listenTo(database: Database): AsyncLocalStorage<Statement[]> {
  const asking = new AsyncLocalStorage<Statement[]>();
  const note = (sql: string, parameters: unknown[] = []): void => {
    asking.getStore()?.push({ sql, parameters });
  };
  const { dataSource } = database;
  const create = dataSource.createQueryRunner.bind(dataSource);
  const known = new WeakSet<QueryRunner>();
  dataSource.createQueryRunner = (mode) => {
    const runner = create(mode);
    if (known.has(runner)) return runner;
    known.add(runner);
    const query = runner.query.bind(runner) as (...given: unknown[]) => Promise<unknown>;
    runner.query = ((...given: unknown[]) => {
      note(given[0] as string, given[1] as unknown[] | undefined);
      return query(...given);
    }) as QueryRunner['query'];
    return runner;
  };
  const arrays = database.queryArrays.bind(database);
  database.queryArrays = (sql, parameters) => {
    note(sql, parameters);
    return arrays(sql, parameters);
  };
  const numbers = database.queryNumbers.bind(database);
  database.queryNumbers = (sql, parameters) => {
    note(sql, parameters);
    return numbers(sql, parameters);
  };
  return asking;
}

async function printOf(database: Database, { sql, parameters }: Statement): Promise<string> {
  const plan = isSqlite(database)
    ? await sqlitePlan(database, sql, parameters)
    : await mysqlPlan(database, sql, parameters);
  return [shortened(sql), ...plan.map((line) => `  ${line}`)].join('\n');
}

/** On one line; the columns of an entity, which TypeORM names one by one, are `a.*`. */
function shortened(sql: string): string {
  return sql
    .replace(/\s+/g, ' ')
    .replace(/([`"])(\w+)\1\.\1\w+\1 AS \1\2_\w+\1(, (?=[`"]\2[`"]\.))?/g, '$2.*,')
    .replace(/((\w+)\.\*,)+/g, '$2.*')
    .trim();
}

async function sqlitePlan(database: Database, sql: string, parameters: unknown[]): Promise<string[]> {
  const rows = await database.query<{ id: number; parent: number; detail: string }>(
    `EXPLAIN QUERY PLAN ${sql}`,
    parameters,
  );
  const depth = new Map<number, number>([[0, -1]]);
  return rows.map(({ id, parent, detail }) => {
    depth.set(id, (depth.get(parent) ?? 0) + 1);
    return `${'  '.repeat(depth.get(id) ?? 0)}${detail}`;
  });
}

/** Without the rows it expects, which are estimates. */
async function mysqlPlan(database: Database, sql: string, parameters: unknown[]): Promise<string[]> {
  const rows = await database.query<Record<string, string | number | null>>(`EXPLAIN ${sql}`, parameters);
  return rows.map(({ select_type, table, type, key, key_len, Extra }) =>
    [select_type, table, type, key && `${key}(${key_len})`, Extra].filter(Boolean).join(' | '),
  );
}
