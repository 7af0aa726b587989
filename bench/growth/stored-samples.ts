import { statfs } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { ProcessClock } from '#platform';
import { TAGS } from '#tep';
import { SampleRetention, SampleWriter } from '#timeseries';
import { OwnMariadb } from '../../test/harness/own-servers.js';
import { startTimeseries, type TimeseriesProduct, valueAt, wideCsv } from '../timeseries-product.js';
import { copyTagDay, type Day, DAY_MS, differencesToDayBefore, removeSamplesBefore } from './day-copies.js';
import { INGEST_ROW, type Measurement, ratesOf, shown, timesOf, took, type Took } from './measurement.js';
import { MARIADB_SETTINGS } from './own-product.js';
import { processMs } from './processor-time.js';
import { mysqlDoor, type SideDoor } from './side-door.js';

const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;
const SECONDS_A_DAY = 86_400;
/** Where the history ends; the clock is ahead of it, so that there is room for what is sent. */
const END = Date.UTC(2026, 2, 31);
const CLOCK = END + 7 * DAY_MS;
const DAYS = 30;
/** These the charts show, and their last day is what all others are made of. */
const CHART_TAGS = 4;
/** Of each tag in one transaction. Sums are added up in the order of writes: other pieces make other last digits. */
const SECONDS_PER_WRITE = 5_000;
const WARM_UPS = 3;
const ROUNDS = 15;
const CSV_SECONDS = 600;
/** With rollups, keys and what a page leaves free, about 70 bytes are expected; and room for the logs of the server. */
const BYTES_PER_SAMPLE = 100;
const SPARE_BYTES = 2e9;
const SWEEP = 'a sweep that finds nothing too old';
const WORDS_EVERY_MS = 10_000;
/** Filling is given up beyond it. */
const FILL_LIMIT_MS = 5_400_000;

/** What is stored: so many tags, the first so many of the plant, for so many days before END, once a second. */
interface Extent {
  tags: number;
  days: number;
}

/**
 * A database of tags that are sampled every second, on a MariaDB of its own: the routes of samples alone, without followers
 * or a live plant. The product writes the last day of four tags; all other days, and tags, are that day again.
 */
export async function* storedSamples(
  sizes: readonly number[],
  say: (line: string) => void,
): AsyncGenerator<Measurement> {
  await requireRoom(sizes[sizes.length - 1]);
  const mariadb = await OwnMariadb.start({ settings: MARIADB_SETTINGS });
  try {
    const product = await startTimeseries('server', END, mariadb.url);
    try {
      if (!product.mysql) throw new Error('no connection to the database');
      const door = mysqlDoor(product.mysql);
      const day = { from: END - DAY_MS, to: END, tagIds: product.tagIds.slice(0, CHART_TAGS) };
      await writeLastDay(product, day, say);
      await requireSameRows(product, door, day, say);
      await product.app.get(ProcessClock).set({ timeMs: CLOCK, wallMs: Date.now(), rate: 0 });
      const processorMs = (): number => processMs(process.pid) + processMs(mariadb.pid ?? 0);
      const answering = { product, processorMs };
      let filled: Extent = { tags: CHART_TAGS, days: 1 };
      let sent = 0;
      for (const size of sizes) {
        const wanted = extentOf(size);
        await fill(door, product, day, { filled, wanted, say });
        filled = { tags: Math.max(filled.tags, wanted.tags), days: Math.max(filled.days, wanted.days) };
        const name = nameOf(size);
        yield { row: 'database', size: name, value: (await door.bytes()) / 1e6, unit: 'MB' };
        yield* await reads(answering, name, filled);
        say(`${name}: read ${ROUNDS} times`);
        yield* await writes(answering, name, sent);
        sent += ROUNDS + 1;
        say(`${name}: written ${ROUNDS} times`);
      }
    } finally {
      await product.stop();
    }
  } finally {
    await mariadb.drop();
  }
}

/** @throws Error when the disk of temporary files is too small for so many samples */
async function requireRoom(samples: number): Promise<void> {
  const { bavail, bsize } = await statfs(tmpdir());
  const wanted = SPARE_BYTES + samples * BYTES_PER_SAMPLE;
  if (bavail * bsize < wanted)
    throw new Error(
      `${tmpdir()} has ${shown((bavail * bsize) / 1e9)} GB free, ${nameOf(samples)} samples may need ${shown(wanted / 1e9)} GB: set TMPDIR, or --samples`,
    );
}

/** Thirty days of as many tags as it takes, or of four tags fewer days. */
function extentOf(samples: number): Extent {
  const tags = Math.min(Math.max(Math.round(samples / (DAYS * SECONDS_A_DAY)), CHART_TAGS), TAGS.length);
  return { tags, days: Math.max(1, Math.round(samples / (tags * SECONDS_A_DAY))) };
}

/** The day as the product writes it. */
async function writeLastDay(
  product: TimeseriesProduct,
  day: Day,
  say: (line: string) => void,
): Promise<void> {
  say(`the product writes a day of ${CHART_TAGS} tags at 1 s`);
  await writeDay(product, day.tagIds, day.from);
}

async function writeDay({ app }: TimeseriesProduct, tagIds: readonly number[], from: number): Promise<void> {
  const writer = app.get(SampleWriter, { strict: false });
  for (let i = 0; i < SECONDS_A_DAY; i += SECONDS_PER_WRITE) {
    const length = Math.min(SECONDS_PER_WRITE, SECONDS_A_DAY - i);
    await writer.write(
      tagIds.flatMap((tagId, tag) =>
        Array.from({ length }, (_, j) => ({ tagId, ts: from + (i + j) * 1_000, value: valueAt(tag, i + j) })),
      ),
    );
  }
}

/**
 * Has the product write the same values a day earlier: every row of samples and rollups must be that of the day, moved.
 * So a day that is written again by SQL is what the product would have written.
 * @throws Error when one is not
 */
async function requireSameRows(
  product: TimeseriesProduct,
  door: SideDoor,
  day: Day,
  say: (line: string) => void,
): Promise<void> {
  const control = { ...day, tagIds: day.tagIds.slice(0, 1) };
  await writeDay(product, control.tagIds, day.from - DAY_MS);
  const differing = await differencesToDayBefore(door, control);
  if (differing > 0)
    throw new Error(`${differing} rows of the same values a day earlier are not the same rows`);
  await removeSamplesBefore(door, control, day.from);
  say('a day that the product writes a day earlier has the same rows: copies are what it would have written');
}

/** Writes the days and tags that are wanted and not there, the oldest day of a tag first. */
async function fill(
  door: SideDoor,
  { tagIds }: TimeseriesProduct,
  day: Day,
  { filled, wanted, say }: { filled: Extent; wanted: Extent; say: (line: string) => void },
): Promise<void> {
  const total = wanted.tags * wanted.days * SECONDS_A_DAY;
  const began = performance.now();
  let samples = 0;
  let nextWord = began + WORDS_EVERY_MS;
  for (const [tag, to] of tagIds.slice(0, wanted.tags).entries()) {
    const known = tag < filled.tags ? filled.days : 0;
    for (let daysBack = wanted.days - 1; daysBack >= known; daysBack--) {
      samples += await copyTagDay(door, day, { from: day.tagIds[tag % CHART_TAGS], to, daysBack });
      const now = performance.now();
      if (now - began > FILL_LIMIT_MS)
        throw new Error(`only ${samples} samples were filled in within ${FILL_LIMIT_MS / MINUTE_MS} min`);
      if (now < nextWord) continue;
      say(`${shown(samples / 1e6)} M samples more, of ${shown(total / 1e6)} M in all`);
      nextWord = now + WORDS_EVERY_MS;
    }
  }
  say(`${shown(samples / 1e6)} M samples filled in within ${shown((performance.now() - began) / 1_000)} s`);
}

/** What answers requests: this process, in which the product runs, and its database server. */
interface Answering {
  product: TimeseriesProduct;
  processorMs: () => number;
}

async function reads(
  { product, processorMs }: Answering,
  size: string,
  { days }: Extent,
): Promise<Measurement[]> {
  const retention = product.app.get(SampleRetention, { strict: false });
  const works = Object.entries(charts(days)).map(
    ([row, pathOf]): [string, (round: number) => Promise<unknown>] => [
      row,
      (round) => send(product, pathOf(round)),
    ],
  );
  const measurements: Measurement[] = [];
  for (const [row, work] of [...works, [SWEEP, () => retention.sweep()] as const]) {
    const all: Took[] = [];
    for (let round = 0; round < WARM_UPS + ROUNDS; round++) {
      const once = await took(processorMs, () => work(round));
      if (round >= WARM_UPS) all.push(once);
    }
    measurements.push({ row, size, ...timesOf(all) });
  }
  return measurements;
}

/** Paths by what the table calls them; each round has a window of its own, so that no kept answer is measured. */
function charts(days: number): Record<string, (round: number) => string> {
  const tags = TAGS.slice(0, CHART_TAGS)
    .map(({ code }) => code)
    .join(',');
  const chart =
    (hours: number, backOf: (round: number) => number = (round) => round) =>
    (round: number): string => {
      const to = END - backOf(round);
      const window = { from: new Date(to - hours * HOUR_MS).toISOString(), to: new Date(to).toISOString() };
      return `/timeseries?${new URLSearchParams({ tags, points: '1000', ...window }).toString()}`;
    };
  // Hours far from each other, which a buffer smaller than the table may not hold.
  const elsewhere = (round: number): number =>
    Math.floor(((round + 0.5) * (days * 24 - 1)) / (ROUNDS + WARM_UPS)) * HOUR_MS;
  const routes: Record<string, (round: number) => string> = {
    'GET /timeseries, 4 tags, 15 min': chart(0.25),
    'GET /timeseries, 4 tags, 1 h': chart(1),
    'GET /timeseries, 4 tags, 1 h, each time elsewhere': chart(1, elsewhere),
    'GET /timeseries, 4 tags, 24 h': chart(24),
    'GET /tags?latest=true': (round) => `/tags?latest=true&limit=${200 + round}`,
    'GET /equipment/{eq_id}/sensors': (round) => `/equipment/REACTOR/sensors?limit=${200 + round}`,
  };
  return days >= 28 ? { ...routes, 'GET /timeseries, 4 tags, 28 d': chart(28 * 24) } : routes;
}

/** Ten minutes of all tags behind what is there, once to warm up. @param sent how many such stretches have been sent before */
async function writes(
  { product, processorMs }: Answering,
  size: string,
  sent: number,
): Promise<Measurement[]> {
  const all: Took[] = [];
  for (let round = -1; round < ROUNDS; round++) {
    const body = wideCsv(END + (sent + round + 1) * CSV_SECONDS * 1_000, CSV_SECONDS);
    const once = await took(processorMs, () => send(product, '/timeseries', body));
    if (round >= 0) all.push(once);
  }
  return [{ row: INGEST_ROW, size, ...ratesOf(all, CSV_SECONDS * TAGS.length) }];
}

async function send({ url }: TimeseriesProduct, path: string, csv?: string): Promise<void> {
  const answer = await fetch(
    `${url}/api/v1${path}`,
    csv === undefined ? {} : { method: 'POST', headers: { 'content-type': 'text/csv' }, body: csv },
  );
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${path} answered ${answer.status}: ${text.slice(0, 500)}`);
}

function nameOf(samples: number): string {
  return samples >= 1e6 ? `${shown(samples / 1e6)} M` : `${shown(samples / 1e3)} k`;
}
