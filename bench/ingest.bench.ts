import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createReadStream } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import libsql from 'libsql';
import type { Connection } from 'mysql2/promise';
import { TAGS } from '#tep';
import type { BenchFigure } from './bench-figure.js';
import {
  type BenchProfile,
  hasMysql,
  startTimeseries,
  type TimeseriesProduct,
  valueAt,
  wideCsv,
} from './timeseries-product.js';

const START = Date.UTC(2026, 2, 1);
const NOW = START + 3 * 86_400_000;
/** Ten minutes of all 53 tags every second. */
const SECONDS = 600;
const SAMPLES = SECONDS * TAGS.length;
const STREAMS = 4;
/** Until the program is compiled, as one that runs for days is. */
const WARM_UP_ROUNDS = 5;
const ROUNDS = 8;
/** As many rows as the product writes in one transaction. */
const ROWS_PER_TRANSACTION = 20_000;
/** As the product's, reference included. */
const TABLE = `(tag_id BIGINT NOT NULL, ts BIGINT NOT NULL, value DOUBLE NOT NULL, quality INT NOT NULL,
  PRIMARY KEY (tag_id, ts), FOREIGN KEY (tag_id) REFERENCES rival_tag (id))`;
const RIVAL_TAGS = `INSERT INTO rival_tag VALUES ${TAGS.map((_tag, i) => `(${i})`).join(', ')}`;

/**
 * Wide CSV at 1 s by `POST /timeseries`, rollups and the note of the write included, without followers or a live plant; the
 * rival writes the same samples, which it has as numbers or as a file, to the same table, without either. In turn.
 */
export async function run(): Promise<BenchFigure[]> {
  const figures = await measure('embedded');
  return (await hasMysql()) ? [...figures, ...(await measure('server'))] : figures;
}

async function measure(profile: BenchProfile): Promise<BenchFigure[]> {
  const product = await startTimeseries(profile, NOW);
  const folder = await mkdtemp(join(tmpdir(), 'tep-ingest-'));
  const seconds: Record<'one' | 'four' | 'rival', number[]> = { one: [], four: [], rival: [] };
  try {
    const rival = product.mysql
      ? await loadData(product.mysql, join(folder, 'samples.tsv'))
      : preparedInserts(join(folder, 'rival.sqlite'));
    for (let round = -WARM_UP_ROUNDS; round < ROUNDS; round++) {
      const from = START + (1 + STREAMS) * (round + WARM_UP_ROUNDS) * SECONDS * 1_000;
      const bodies = Array.from({ length: 1 + STREAMS }, (_, i) =>
        wideCsv(from + i * SECONDS * 1_000, SECONDS),
      );
      const prepared = await rival(round);
      const one = await took(product, () => send(product, bodies.slice(0, 1)));
      const four = await took(product, () => send(product, bodies.slice(1)));
      const theirs = await took(product, prepared);
      if (round < 0) continue;
      seconds.one.push(one);
      seconds.four.push(four);
      seconds.rival.push(theirs);
    }
  } finally {
    await product.stop();
    await rm(folder, { recursive: true, force: true });
  }
  const rate = (all: number[], streams = 1): number => Math.round((streams * SAMPLES) / Math.min(...all));
  const rivalName = profile === 'embedded' ? 'prepared INSERTs of libsql' : 'LOAD DATA, one statement';
  const figure = (name: string, value: number): BenchFigure => ({
    bench: 'ingest',
    figure: `${profile}: wide CSV at 1 s, ${name}`,
    value,
    unit: 'samples/s of processor time',
    rival: rivalName,
    rival_value: rate(seconds.rival),
    ratio: value / rate(seconds.rival),
  });
  return [figure('one stream', rate(seconds.one)), figure('four streams', rate(seconds.four, STREAMS))];
}

/** One request for each body, all at once. */
async function send({ url }: TimeseriesProduct, bodies: readonly string[]): Promise<void> {
  await Promise.all(
    bodies.map(async (body) => {
      const answer = await fetch(`${url}/api/v1/timeseries`, {
        method: 'POST',
        headers: { 'content-type': 'text/csv' },
        body,
      });
      const text = await answer.text();
      if (!answer.ok) throw new Error(`the product answered ${answer.status}: ${text}`);
    }),
  );
}

/** The samples of a round, as the rival is given them: tag, time, value. */
function rivalRows(round: number): [number, number, number][] {
  const rows: [number, number, number][] = [];
  for (let second = 0; second < SECONDS; second++)
    for (let tag = 0; tag < TAGS.length; tag++)
      rows.push([tag, START + (round * SECONDS + second) * 1_000, valueAt(tag, second)]);
  return rows;
}

/** Makes ready for a round, and says how to write it. */
type Rival = (round: number) => Promise<() => Promise<void>>;

function preparedInserts(file: string): Rival {
  const database = new libsql(file);
  database.exec('PRAGMA journal_mode = WAL');
  database.exec('PRAGMA synchronous = NORMAL');
  database.exec('PRAGMA foreign_keys = ON');
  database.exec('CREATE TABLE rival_tag (id INTEGER PRIMARY KEY)');
  database.exec(RIVAL_TAGS);
  database.exec(`CREATE TABLE sample ${TABLE} WITHOUT ROWID`);
  const insert = database.prepare(
    `INSERT INTO sample VALUES (?, ?, ?, 0)
     ON CONFLICT (tag_id, ts) DO UPDATE SET value = excluded.value, quality = excluded.quality`,
  );
  return (round) => {
    const rows = rivalRows(round);
    const write = (): Promise<void> => {
      database.exec('BEGIN');
      for (const [i, [tag, ts, value]] of rows.entries()) {
        insert.run(tag, ts, value);
        if ((i + 1) % ROWS_PER_TRANSACTION > 0) continue;
        database.exec('COMMIT');
        database.exec('BEGIN');
      }
      database.exec('COMMIT');
      return Promise.resolve();
    };
    return Promise.resolve(write);
  };
}

async function loadData(mysql: Connection, file: string): Promise<Rival> {
  await mysql.query('CREATE TABLE rival_tag (id BIGINT PRIMARY KEY)');
  await mysql.query(RIVAL_TAGS);
  await mysql.query(`CREATE TABLE rival_sample ${TABLE}`);
  return async (round) => {
    await writeFile(
      file,
      rivalRows(round)
        .map((row) => `${row.join('\t')}\t0\n`)
        .join(''),
    );
    return async () => {
      await mysql.query({
        sql: `LOAD DATA LOCAL INFILE 'samples' INTO TABLE rival_sample`,
        infileStreamFactory: () => createReadStream(file),
      });
    };
  };
}

/** Seconds of the processor, for the database, too; of the clock where its server does not report it. */
async function took(product: TimeseriesProduct, work: () => Promise<void>): Promise<number> {
  const before = await product.processorSeconds();
  const began = performance.now();
  await work();
  const wall = (performance.now() - began) / 1e3;
  const after = await product.processorSeconds();
  return before === undefined || after === undefined ? wall : after - before;
}
