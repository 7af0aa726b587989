import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { SampleWriter } from '#timeseries';
import type { BenchFigure } from './bench-figure.js';
import {
  type BenchProfile,
  hasMysql,
  startTimeseries,
  type TimeseriesProduct,
  valueAt,
} from './timeseries-product.js';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const MINUTE_MS = 60_000;
const QUARTER_MS = 900_000;
const NOW = Date.UTC(2026, 2, 31);
/** Of all tags, every three minutes, before everything else. */
const SLOW_DAY = NOW - 40 * DAY_MS;
const FAST_TAGS = 4;
const POINTS = 1_000;
const ROUNDS = 25;
const CHUNK = 20_000;

/** Points of a chart, as the rival writes them. */
interface RivalTag {
  tag: number;
  points: { ts: string; value: number }[];
}

/** A chart, and how somebody without the product would make it. */
interface Case {
  figure: string;
  query: Record<string, string | number>;
  rival: string;
  make: () => Promise<RivalTag[]>;
}

/**
 * `GET /timeseries` of the routes of samples alone, without followers or a live plant, and the same chart by one statement,
 * a loop and JSON.stringify in the same process, both over HTTP and in turn. 30 days at 1 Hz are there as rollups, the last
 * of them as samples, too.
 */
export async function run(): Promise<BenchFigure[]> {
  const figures = await measure('embedded');
  return (await hasMysql()) ? [...figures, ...(await measure('server'))] : figures;
}

async function measure(profile: BenchProfile): Promise<BenchFigure[]> {
  const product = await startTimeseries(profile, NOW);
  try {
    await fill(product);
    const figures = await evenness(profile, product);
    for (const each of cases(profile, product)) figures.push(...(await compare(profile, product, each)));
    return figures;
  } finally {
    await product.stop();
  }
}

async function fill({ app, tagIds, ask }: TimeseriesProduct): Promise<void> {
  const writer = app.get(SampleWriter, { strict: false });
  const slow = Array.from({ length: DAY_MS / 180_000 }, (_, i) => ({
    ts: SLOW_DAY + i * 180_000,
    values: Float64Array.from(tagIds, (_id, tag) => valueAt(tag, i * 180)),
  }));
  for (let i = 0; i < slow.length; i += 240) await writer.writeRecords(slow.slice(i, i + 240));
  const seconds = DAY_MS / 1_000;
  for (let i = 0; i < seconds; i += CHUNK / FAST_TAGS) {
    const length = Math.min(CHUNK / FAST_TAGS, seconds - i);
    await writer.write(
      tagIds.slice(0, FAST_TAGS).flatMap((tagId, tag) =>
        Array.from({ length }, (_, j) => ({
          tagId,
          ts: NOW - DAY_MS + (i + j) * 1_000,
          value: valueAt(tag, i + j),
        })),
      ),
    );
  }
  // The rollups of the last day again for each of the 29 days before, but for the finest, which no chart reads there.
  for (let days = 1; days < 30; days++)
    await ask(
      `INSERT INTO timeseries_rollup (tag_id, bucket_ms, bucket, count, min, max, sum, sum_squares, first_ts, first,
         last_ts, last, finest_ms)
       SELECT tag_id, bucket_ms, bucket - ${days * DAY_MS}, count, min, max, sum, sum_squares, first_ts - ${days * DAY_MS}, first,
         last_ts - ${days * DAY_MS}, last, CASE WHEN bucket_ms = ${QUARTER_MS} THEN ${MINUTE_MS} ELSE 0 END
       FROM timeseries_rollup WHERE bucket_ms >= ${MINUTE_MS} AND bucket >= ?`,
      [NOW - DAY_MS],
    );
}

/** How many of the points asked for come, in windows whose ends cut buckets, and how evenly. */
async function evenness(profile: BenchProfile, product: TimeseriesProduct): Promise<BenchFigure[]> {
  const shares: number[] = [];
  const lulls: number[] = [];
  for (const hours of [3.6, 6.1, 12.3, 24, 50.7, 123.4, 300.5, 720])
    for (const method of ['avg', 'minmax', 'lttb']) {
      const from = NOW - Math.round(hours * HOUR_MS);
      const answer = await chart(product, { ...fastTags(from), method, points: POINTS });
      for (const { points } of (JSON.parse(answer) as { series: RivalTag[] }).series) {
        const tenths = new Array<number>(10).fill(0);
        for (const { ts } of points) tenths[Math.floor((10 * (Date.parse(ts) - from)) / (NOW - from))]++;
        shares.push(points.length / POINTS);
        lulls.push((10 * Math.min(...tenths)) / points.length);
      }
    }
  const figure = (name: string, value: number): BenchFigure => ({
    bench: 'series',
    figure: `${profile}: ${name}`,
    value: Math.round(1e3 * value) / 1e3,
    unit: 'share',
  });
  return [
    figure('least points of those asked for, 3.6 h to 30 d of 1 Hz', Math.min(...shares)),
    figure('points of the emptiest tenth of a window, of a tenth of all', Math.min(...lulls)),
  ];
}

function fastTags(from: number): Record<string, string> {
  const tags = Array.from({ length: FAST_TAGS }, (_, i) => `XMEAS_0${i + 1}`).join(',');
  return { tags, from: new Date(from).toISOString(), to: new Date(NOW).toISOString() };
}

function cases(profile: BenchProfile, { tagIds, ask }: TimeseriesProduct): Case[] {
  const fast = tagIds.slice(0, FAST_TAGS);
  const marks = (ids: number[]): string => ids.map(() => '?').join(', ');
  const divided = profile === 'server' ? 'DIV' : '/';
  const thirtyDays = NOW - 30 * DAY_MS;
  const hour = NOW - HOUR_MS;
  const bins = POINTS / 2;
  return [
    {
      figure: '30 d of 1 Hz, 4 tags, 1 000 points',
      query: { ...fastTags(thirtyDays), points: POINTS },
      rival: 'one SELECT on rollups, a loop, JSON.stringify',
      make: async () => {
        const rows = await ask(
          `SELECT tag_id, bucket, min, max FROM timeseries_rollup WHERE tag_id IN (${marks(fast)}) AND bucket_ms = ?
           AND bucket >= ? AND bucket < ? ORDER BY tag_id, bucket`,
          [...fast, QUARTER_MS, thirtyDays, NOW],
        );
        return spans(rows, (30 * DAY_MS) / bins);
      },
    },
    {
      figure: '1 h of 1 Hz, 4 tags, 1 000 points',
      query: { ...fastTags(hour), points: POINTS },
      rival: 'GROUP BY on samples, JSON.stringify',
      make: async () => {
        const rows = await ask(
          `SELECT tag_id, (ts - ?) ${divided} ${HOUR_MS / bins} AS span, MIN(ts) AS bucket, MIN(value) AS min, MAX(value) AS max
           FROM timeseries_sample WHERE tag_id IN (${marks(fast)}) AND ts >= ? AND ts < ? GROUP BY tag_id, span`,
          [hour, ...fast, hour, NOW],
        );
        return spans(rows, HOUR_MS / bins);
      },
    },
    {
      figure: '24 h at 3 min, 53 tags, 500 points',
      query: {
        tags: tagIds.map((_, i) => (i < 41 ? code('XMEAS', i + 1) : code('XMV', i - 40))).join(','),
        from: new Date(SLOW_DAY).toISOString(),
        to: new Date(SLOW_DAY + DAY_MS).toISOString(),
        points: 500,
      },
      rival: 'one SELECT, JSON.stringify',
      make: async () => {
        const rows = await ask(
          `SELECT tag_id, ts, value FROM timeseries_sample WHERE tag_id IN (${marks(tagIds)}) AND ts >= ? AND ts < ?
           ORDER BY tag_id, ts`,
          [...tagIds, SLOW_DAY, SLOW_DAY + DAY_MS],
        );
        const tags = new Map<number, RivalTag>();
        for (const { tag_id, ts, value } of rows)
          tagOf(tags, tag_id).points.push({ ts: new Date(ts).toISOString(), value });
        return [...tags.values()];
      },
    },
  ];
}

function code(kind: string, number: number): string {
  return `${kind}_${String(number).padStart(2, '0')}`;
}

function tagOf(tags: Map<number, RivalTag>, tag: number): RivalTag {
  const known = tags.get(tag);
  if (known) return known;
  const fresh = { tag, points: [] };
  tags.set(tag, fresh);
  return fresh;
}

/** Lowest and highest value of each span of time. */
function spans(rows: Record<string, number>[], spanMs: number): RivalTag[] {
  const tags = new Map<number, RivalTag>();
  let [start, tag, min, max] = [NaN, NaN, 0, 0];
  const end = (): void => {
    if (Number.isNaN(start)) return;
    const ts = new Date(start).toISOString();
    tagOf(tags, tag).points.push({ ts, value: min }, { ts, value: max });
  };
  for (const row of rows) {
    const ownStart = Math.floor(row.bucket / spanMs) * spanMs;
    if (ownStart === start && row.tag_id === tag) {
      min = Math.min(min, row.min);
      max = Math.max(max, row.max);
      continue;
    }
    end();
    [start, tag, min, max] = [ownStart, row.tag_id, row.min, row.max];
  }
  end();
  return [...tags.values()];
}

async function compare(
  profile: BenchProfile,
  product: TimeseriesProduct,
  each: Case,
): Promise<BenchFigure[]> {
  const server = createServer((_request, response) => {
    void each.make().then((series) => {
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify({ series }));
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const rivalUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const own: Took[] = [];
  const theirs: Took[] = [];
  try {
    for (let round = -3; round < ROUNDS; round++) {
      const ours = await took(product, () => chart(product, each.query));
      const rivals = await took(product, async () => (await fetch(rivalUrl)).text());
      if (round < 0) continue;
      own.push(ours);
      theirs.push(rivals);
    }
  } finally {
    server.close();
  }
  const value = mean(own);
  const rivalValue = mean(theirs);
  const head = { bench: 'series', unit: 'ms', rival: each.rival };
  return [
    {
      ...head,
      figure: `${profile}: ${each.figure}, processor time`,
      value,
      rival_value: rivalValue,
      ratio: rivalValue / value,
    },
    {
      ...head,
      figure: `${profile}: ${each.figure}, time, p95`,
      value: quantile(own, 'wallMs', 0.95),
      rival_value: quantile(theirs, 'wallMs', 0.95),
    },
  ];
}

interface Took {
  processorMs: number;
  wallMs: number;
}

/** Processor time for the database, too; that of the clock where its server does not report it. */
async function took(product: TimeseriesProduct, work: () => Promise<unknown>): Promise<Took> {
  const before = await product.processorSeconds();
  const began = performance.now();
  await work();
  const wallMs = performance.now() - began;
  const after = await product.processorSeconds();
  const known = before !== undefined && after !== undefined;
  return { processorMs: known ? 1e3 * (after - before) : wallMs, wallMs };
}

/** Reads are measured, not answers that are kept: each request has a window of its own, a millisecond shorter than the one before. */
let asked = 0;

async function chart({ url }: TimeseriesProduct, query: Case['query']): Promise<string> {
  const to = new Date(Date.parse(String(query.to)) - ++asked).toISOString();
  const parameters = new URLSearchParams(
    Object.entries({ ...query, to }).map(([name, value]): [string, string] => [name, String(value)]),
  );
  const answer = await fetch(`${url}/api/v1/timeseries?${parameters.toString()}`);
  const text = await answer.text();
  if (!answer.ok) throw new Error(`the product answered ${answer.status}: ${text}`);
  return text;
}

function mean(all: readonly Took[]): number {
  return Math.round((100 * all.reduce((sum, { processorMs }) => sum + processorMs, 0)) / all.length) / 100;
}

function quantile(all: readonly Took[], by: keyof Took, share: number): number {
  const sorted = all.map((each) => each[by]).sort((a, b) => a - b);
  return Math.round(100 * sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)]) / 100;
}
