import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import libsql from 'libsql';
import { isoTime, projectPath } from '#platform';
import { RECORD_LENGTH, TAGS } from '#tep';
import { freePort } from '../harness/product-process.js';
import { simulatedRecords } from '../harness/simulated-records.js';
import { waitFor } from '../harness/wait-for.js';
import { Member } from './cluster.js';
import { type Invariant, nothingIsLeft } from './invariants.js';
import { JobsLedger } from './jobs-ledger.js';

const FIRST_START_KILLS = 3;
const MIGRATION_KILLS = 3;
const LOAD_KILLS = 2;
const LOADED_HOURS = 200;
/** What the write-ahead log holds at the least when `data:load` is killed; all of the file's rows are several times as much. */
const LOAD_WRITTEN_BYTES = 2_000_000;
const PREDICTIONS = 12;
const REPORTS = 4;
const JOBS_TIMEOUT_MS = 180_000;
const WAIT_TIMEOUT_MS = 120_000;
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** The one process of the embedded profile is killed again and again in the middle of what it does. */
export async function embeddedDrill(random: () => number, say: (line: string) => void): Promise<Invariant[]> {
  const folder = mkdtempSync(join(tmpdir(), 'tep-drill-'));
  const temporary = join(folder, 'tmp');
  mkdirSync(temporary);
  const variables = {
    TMPDIR: temporary,
    NODE_ENV: 'test',
    DATABASE_URL: `sqlite:${join(folder, 'plant.sqlite')}`,
    QUEUE_URL: `pglite:${join(folder, 'queue')}`,
    PLANT_HISTORY_HOURS: '6',
  };
  const product = new Member('standalone', 'standalone', await freePort(), variables);
  const database = join(folder, 'plant.sqlite');
  try {
    for (let kill = 1; kill <= FIRST_START_KILLS; kill++) {
      product.launch();
      await setTimeout(5_000 * random());
      await product.kill();
    }
    say(`kill -9 in the first start, ${FIRST_START_KILLS} times`);

    for (let kill = 1; kill <= MIGRATION_KILLS; kill++) {
      for (const name of ['', '-wal', '-shm']) rmSync(database + name, { force: true });
      product.launch();
      await waitFor('the migrations to begin', () => sizeOf(database) > 0, {
        timeoutMs: WAIT_TIMEOUT_MS,
        intervalMs: 1,
      });
      await setTimeout(60 * random());
      await product.kill();
    }
    say(`kill -9 in the migrations, ${MIGRATION_KILLS} times`);

    product.launch();
    await product.ready();
    say('the product is up');
    const ledger = await killInJobs(product, random, say);
    const jobs = await finishedJobs(ledger);
    const code = await product.stop();
    const loaded = await killInDataLoad(variables, database, random, say);
    return [
      jobs,
      samplesOfLot(database, loaded),
      ...integrity(database),
      {
        name: 'the process ends by the drill alone, and with code 0 when asked',
        checked: 1,
        violations: [...product.deaths, ...(code === 0 ? [] : [`it ended with ${code}`])],
      },
      await nothingIsLeft(temporary),
    ];
  } finally {
    await product.kill();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Kills the process once while predictions are worked on and once while a report is printed. */
async function killInJobs(
  product: Member,
  random: () => number,
  say: (line: string) => void,
): Promise<JobsLedger> {
  const ledger = new JobsLedger([product], random);
  const at = await plantTime(product);
  for (let i = 0; i < PREDICTIONS; i++)
    ledger.ask('predictions', { eq_id: 'REACTOR', at: isoTime(at), horizon_steps: 1 + i });
  await waitFor('a prediction under way', () => anyAt(ledger, 'predictions', 0), {
    timeoutMs: WAIT_TIMEOUT_MS,
    intervalMs: 5,
  });
  await product.kill();
  say('kill -9 in a prediction');
  product.launch();
  await product.ready();
  for (let i = 0; i < REPORTS; i++)
    ledger.ask('reports', {
      type: 'daily',
      lang: i % 2 === 0 ? 'en' : 'ko',
      from: isoTime(at - 3 * HOUR_MS),
      to: isoTime(at - i * 60_000),
    });
  await waitFor('a report being printed', () => anyAt(ledger, 'reports', 40), {
    timeoutMs: WAIT_TIMEOUT_MS,
    intervalMs: 5,
  });
  await product.kill();
  say('kill -9 in a print');
  product.launch();
  await product.ready();
  return ledger;
}

async function plantTime({ url }: Member): Promise<number> {
  const answer = await fetch(`${url}/api/v1/plant`, { signal: AbortSignal.timeout(30_000) });
  return Date.parse(((await answer.json()) as { last_sample_at: string }).last_sample_at);
}

async function anyAt(ledger: JobsLedger, collection: string, progress: number): Promise<boolean> {
  for (const job of ledger.accepted.filter((each) => each.collection === collection)) {
    const { status, progress: reached } = await ledger.read(job);
    if (status === 'active' && Number(reached) >= progress) return true;
  }
  return false;
}

async function finishedJobs(ledger: JobsLedger): Promise<Invariant> {
  await ledger.settled();
  await waitFor('all jobs to be finished', async () => (await ledger.look()) === 0, {
    timeoutMs: JOBS_TIMEOUT_MS,
    intervalMs: 500,
  }).catch(() => undefined);
  const violations = [...ledger.violations];
  for (const job of ledger.accepted) {
    const { status, error } = await ledger.read(job);
    if (status !== 'completed') violations.push(`${job.jobId} is ${status}: ${JSON.stringify(error)}`);
  }
  if (ledger.accepted.length !== PREDICTIONS + REPORTS)
    violations.push(`${ledger.accepted.length} of ${PREDICTIONS + REPORTS} were accepted`);
  return { name: 'accepted jobs completed', checked: ledger.accepted.length, violations };
}

interface LoadedLot {
  lotNo: string;
  startMs: number;
  rows: number;
}

/** `data:load` of one file, killed in the middle, and then run to its end. */
async function killInDataLoad(
  variables: Record<string, string>,
  database: string,
  random: () => number,
  say: (line: string) => void,
): Promise<LoadedLot> {
  const startMs = Math.floor(Date.now() / DAY_MS) * DAY_MS - 30 * DAY_MS;
  const records = simulatedRecords(startMs, { seed: 3, hours: LOADED_HOURS });
  const codes = TAGS.slice(0, RECORD_LENGTH).map(({ code }) => code);
  const lines = records.map(({ ts, values }) => [isoTime(ts), ...values].join(','));
  const file = join(dirname(database), 'history.csv');
  writeFileSync(file, [`time,${codes.join(',')}`, ...lines, ''].join('\n'));
  const load = () =>
    spawn(
      process.execPath,
      [projectPath('dist', 'apps', 'cli', 'main.js'), 'data:load', file, '--lot', 'DRILL'],
      {
        env: { ...process.env, ...variables, NODE_OPTIONS: '' },
        stdio: ['ignore', 'ignore', 'pipe'],
      },
    );
  for (let kill = 1; kill <= LOAD_KILLS; kill++) {
    const child = load();
    const exited = once(child, 'exit');
    const written = LOAD_WRITTEN_BYTES * (1 + random());
    await waitFor(
      'data:load to be writing',
      () => {
        if (child.exitCode !== null) throw new Error('data:load was over before it could be killed');
        return sizeOf(`${database}-wal`) > written;
      },
      { timeoutMs: WAIT_TIMEOUT_MS, intervalMs: 1 },
    );
    child.kill('SIGKILL');
    await exited;
  }
  say(`kill -9 in data:load, ${LOAD_KILLS} times`);
  const child = load();
  let complaint = '';
  child.stderr.on('data', (chunk: Buffer) => (complaint += chunk.toString()));
  const [code] = (await once(child, 'exit')) as [number | null];
  if (code !== 0) say(`data:load ended with ${code}: ${complaint.slice(0, 500)}`);
  return { lotNo: 'DRILL', startMs, rows: records.length };
}

function samplesOfLot(database: string, { lotNo, startMs, rows }: LoadedLot): Invariant {
  const violations: string[] = [];
  const [{ n: lots }] = select<{ n: number }>(
    database,
    'SELECT COUNT(*) AS n FROM lot WHERE lot_no = ?',
    lotNo,
  );
  if (lots !== 1) violations.push(`there are ${lots} lots ${lotNo}`);
  const [{ n }] = select<{ n: number }>(
    database,
    'SELECT COUNT(*) AS n FROM timeseries_sample WHERE ts >= ? AND ts < ?',
    startMs,
    startMs + rows * 180_000,
  );
  if (n !== rows * RECORD_LENGTH) violations.push(`${n} samples instead of ${rows * RECORD_LENGTH}`);
  return { name: 'the loaded file is there once and whole', checked: rows * RECORD_LENGTH, violations };
}

function integrity(database: string): Invariant[] {
  const [{ integrity_check }] = select<{ integrity_check: string }>(database, 'PRAGMA integrity_check');
  const reports = select<{ n: number }>(
    database,
    `SELECT COUNT(*) AS n FROM report WHERE status = 'completed'`,
  )[0].n;
  const files = select<{ n: number }>(database, 'SELECT COUNT(*) AS n FROM report_file')[0].n;
  return [
    {
      name: 'the database file is whole',
      checked: 1,
      violations: integrity_check === 'ok' ? [] : [integrity_check],
    },
    {
      name: 'every report has one file',
      checked: reports,
      violations: files === reports ? [] : [`${files} files for ${reports} reports`],
    },
  ];
}

/** @returns bytes; 0 where there is no such file */
function sizeOf(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.size ?? 0;
}

function select<Row>(file: string, sql: string, ...parameters: (string | number)[]): Row[] {
  const connection = new libsql(file);
  try {
    return connection.prepare(sql).all(...parameters) as Row[];
  } finally {
    connection.close();
  }
}
