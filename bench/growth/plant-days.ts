import { setTimeout } from 'node:timers/promises';
import { TAGS } from '#tep';
import type { Profile } from '../../test/harness/profile-resources.js';
import { waitFor } from '../../test/harness/wait-for.js';
import { wideCsv } from '../timeseries-product.js';
import {
  copyDay,
  type Day,
  DAY_MS,
  leaveRoomForEarlierRows,
  removeBefore,
  removeSamplesBefore,
} from './day-copies.js';
import { INGEST_ROW, type Measurement, ratesOf, timesOf, took, type Took } from './measurement.js';
import { OwnProduct } from './own-product.js';
import type { SideDoor } from './side-door.js';

const HOUR_MS = 3_600_000;
const TEMPLATE_SPEED = 3_600;
const MEASURED_SPEED = 60;
/** Of the day that is copied: what goes wrong at which hour, and for how long. Both are found, and neither trips the plant. */
const DISTURBANCES = [
  { idv: 4, hour: 5, minutes: 180 },
  { idv: 12, hour: 14, minutes: 180 },
];
/** More than a page of them shows here. */
const PREDICTIONS = 20;
/** What follows the samples of the day is done with it by then; an incident is over two hours after its last sign. */
const HOURS_AFTER_DAY = 8;
const FEW = 5;
const WARM_UPS = 2;
const ROUNDS = 11;
/** All tags once a second for ten minutes. */
const CSV_SECONDS = 600;
/** In which whatever follows the samples is done with a new one: it would be counted to what is asked for first. */
const SETTLING_MS = 200;
/** So far before the plant's first day, days apart, that copies do not meet it. */
const INGEST_DAYS_BEFORE = 1_000;
const EVENTS = 'GET /events, until the samples';
const DAYS_BETWEEN_WORDS = 60;

/**
 * A plant that has been running for days: the product lives through one with two disturbances, its rows are written again for all
 * days before it, and then, with the plant at 60 times real time, it is asked for what dashboards poll, and given samples. Each
 * request is the first for its answer after a new sample.
 */
export async function* plantDays(
  profile: Profile,
  sizes: readonly number[],
  say: (line: string) => void,
): AsyncGenerator<Measurement> {
  const product = await OwnProduct.make(profile, {
    PLANT_SPEED: String(TEMPLATE_SPEED),
    PLANT_HISTORY_HOURS: '24',
    // Nothing is swept away: the largest size has all its raw samples.
    RAW_RETENTION_DAYS: '3650',
  });
  try {
    const day = await livedDay(product, say);
    let days = 1;
    for (const size of sizes) {
      const from = days;
      yield await throughSideDoor(product, async (door) => {
        await fill(door, day, { from, to: size }, say);
        return { row: 'database', size: nameOf(size), value: (await door.bytes()) / 1e6, unit: 'MB' };
      });
      days = Math.max(days, size);
      await product.start();
      if (size > 1) await requireSameDay(product, day, size);
      yield* await measure(product, day, { size, say });
      await product.stop();
      await throughSideDoor(product, (door) =>
        removeSamplesBefore(door, day, day.from - (INGEST_DAYS_BEFORE - 1) * DAY_MS),
      );
    }
  } finally {
    await product.drop();
  }
}

async function throughSideDoor<T>(product: OwnProduct, work: (door: SideDoor) => Promise<T>): Promise<T> {
  const door = await product.sideDoor();
  try {
    return await work(door);
  } finally {
    await door.close();
  }
}

/** Lets the product live through a whole day, and removes what was before it. */
async function livedDay(product: OwnProduct, say: (line: string) => void): Promise<Day> {
  await throughSideDoor(product, leaveRoomForEarlierRows);
  await product.start();
  const from = Math.ceil(Date.parse((await product.plant()).time) / DAY_MS) * DAY_MS;
  say(
    `the product lives through ${new Date(from).toISOString().slice(0, 10)} at ${TEMPLATE_SPEED} times real time`,
  );
  for (const { idv, hour, minutes } of DISTURBANCES) {
    await plantReaches(product, from + hour * HOUR_MS);
    await product.send('POST', '/plant/disturbances', JSON.stringify({ idv, duration_minutes: minutes }));
  }
  // At this speed now is hours beyond a sample before anybody has asked.
  const { last_sample_at: at } = await product.plant();
  for (let i = 0; i < PREDICTIONS; i++)
    await product.send('POST', '/predictions', JSON.stringify({ eq_id: 'REACTOR', at }));
  await plantReaches(product, from + DAY_MS + HOURS_AFTER_DAY * HOUR_MS);
  await product.send('PATCH', '/plant', JSON.stringify({ speed: MEASURED_SPEED }));
  const tagIds = await throughSideDoor(product, async (door) => {
    await waitFor('the hours of the day to be condensed', async () => (await hoursIn(door, from)) === 24, {
      progress: () => hoursIn(door, from),
    });
    return (await door.rows<{ id: number | string }>('SELECT id FROM sensor_tag ORDER BY id')).map(({ id }) =>
      Number(id),
    );
  });
  await acknowledgeIncidents(product);
  await product.stop();
  const day = { from, to: from + DAY_MS, tagIds };
  await throughSideDoor(product, (door) => removeBefore(door, day));
  return day;
}

async function plantReaches(product: OwnProduct, ts: number): Promise<void> {
  const time = async (): Promise<number> => Date.parse((await product.plant()).time);
  await waitFor(`the plant to reach ${new Date(ts).toISOString()}`, async () => (await time()) >= ts, {
    intervalMs: 200,
    progress: time,
  });
}

async function hoursIn(door: SideDoor, from: number): Promise<number> {
  const [{ hours }] = await door.rows<{ hours: number | string }>(
    `SELECT COUNT(*) AS hours FROM kpi_hour WHERE hour >= ${from} AND hour < ${from + DAY_MS}`,
  );
  return Number(hours);
}

/** As people do: what nobody ever acknowledges stays among the alarms that are looked at. */
async function acknowledgeIncidents(product: OwnProduct): Promise<void> {
  const { items } = await product.get<{ items: { incident_id: number; acknowledged: unknown }[] }>(
    '/incidents?limit=500',
  );
  for (const { incident_id, acknowledged } of items)
    if (acknowledged === null)
      await product.send(
        'POST',
        `/incidents/${incident_id}/acknowledge`,
        JSON.stringify({ comment: 'seen' }),
      );
}

async function fill(
  door: SideDoor,
  day: Day,
  { from, to }: { from: number; to: number },
  say: (line: string) => void,
): Promise<void> {
  if (to <= from) return;
  for (let back = to - 1; back >= from; back--) {
    await copyDay(door, day, back);
    const done = to - back;
    if (done % DAYS_BETWEEN_WORDS === 0 || back === from) say(`${done} of ${to - from} more days are filled`);
  }
  await door.run(`UPDATE plant_state SET first_ms = first_ms - ${(to - from) * DAY_MS}`);
}

/** @throws Error when the product does not say the same of the oldest day as of the one it has lived through */
async function requireSameDay(product: OwnProduct, day: Day, days: number): Promise<void> {
  const oldest = (days - 1) * DAY_MS;
  for (const path of ['/kpi?', '/timeseries?tags=XMEAS_07,XMV_10&method=avg&points=500&']) {
    const [own, copied] = await Promise.all(
      [0, oldest].map(async (back) => {
        const period = new URLSearchParams({
          from: new Date(day.from - back).toISOString(),
          to: new Date(day.to - back).toISOString(),
        });
        return withoutTimes(await product.send('GET', path + period.toString()));
      }),
    );
    if (own !== copied) throw new Error(`${path} says of a copied day ${copied}, of the day itself ${own}`);
  }
}

function withoutTimes(json: string): string {
  return json.replaceAll(/"\d{4}-\d\d-\d\dT[^"]*"/g, '""');
}

async function measure(
  product: OwnProduct,
  day: Day,
  { size, say }: { size: number; say: (line: string) => void },
): Promise<Measurement[]> {
  const taken = new Map<string, Took[]>();
  const processor = (): number => product.answeringMs();
  for (let round = -WARM_UPS; round < ROUNDS; round++) {
    const newest = await nextSample(product);
    await setTimeout(SETTLING_MS);
    const { polled, months } = rowsOf(newest, size, round + WARM_UPS);
    const asking = (paths: Record<string, string>) =>
      Object.entries(paths).map(([row, path]) => [row, () => product.send('GET', path)] as const);
    // Months last: what stands behind them is measured beside what they leave to clear away, and only the larger sizes have them.
    const events = [EVENTS, () => firstSamplesEvent(product)] as const;
    for (const [row, work] of [...asking(polled), events, ...asking(months)]) {
      const once = await took(processor, work);
      if (round >= 0) taken.set(row, [...(taken.get(row) ?? []), once]);
    }
  }
  say(`${nameOf(size)}: asked ${ROUNDS} times`);
  const written: Took[] = [];
  for (let round = -1; round < ROUNDS; round++) {
    const from = day.from - INGEST_DAYS_BEFORE * DAY_MS + (round + 1) * CSV_SECONDS * 1_000;
    const body = wideCsv(from, CSV_SECONDS);
    const once = await took(processor, () => product.send('POST', '/timeseries', body, 'text/csv'));
    if (round >= 0) written.push(once);
  }
  say(`${nameOf(size)}: written ${ROUNDS} times`);
  const named = { size: nameOf(size) };
  return [
    ...[...taken].map(([row, all]): Measurement => ({ ...named, row, ...timesOf(all) })),
    { ...named, row: INGEST_ROW, ...ratesOf(written, CSV_SECONDS * TAGS.length) },
  ];
}

/** What a dashboard polls, and charts of a month where there is one, by what the table calls them. */
function rowsOf(
  newest: number,
  days: number,
  round: number,
): Record<'polled' | 'months', Record<string, string>> {
  // A window or a page of its own for every round: no answer is there already.
  const to = newest - round;
  const window = (hours: number): string =>
    `from=${new Date(to - hours * HOUR_MS).toISOString()}&to=${new Date(to).toISOString()}`;
  // Few enough that a day fills a page, or nearly: a page that is full is no growth. Where answers are kept, one more each time.
  const [few, fewAndMore] = [`limit=${FEW}`, `limit=${FEW + round}`];
  const all = TAGS.map(({ code }) => code).join(',');
  const months = {
    'GET /kpi, 30 d': `/kpi?${window(30 * 24)}`,
    'GET /timeseries, 4 tags, 30 d': `/timeseries?tags=${tagsOf(4)}&points=500&${window(30 * 24)}`,
    'GET /timeseries, 53 tags, 30 d': `/timeseries?tags=${all}&points=500&${window(30 * 24)}`,
  };
  const polled = {
    'GET /plant': '/plant',
    'GET /health': '/health',
    'GET /tags?latest=true': '/tags?latest=true',
    'GET /equipment/{eq_id}/sensors': '/equipment/REACTOR/sensors',
    'GET /equipment/{eq_id}/status': '/equipment/REACTOR/status',
    'GET /equipment/{eq_id}/health': '/equipment/REACTOR/health',
    'GET /health/equipment': '/health/equipment',
    'GET /kpi': '/kpi',
    'GET /anomalies': `/anomalies?${fewAndMore}`,
    'GET /incidents': `/incidents?${few}`,
    'GET /incidents, closed, of a unit': `/incidents?state=closed&eq_id=REACTOR&${few}`,
    'GET /alarms': `/alarms?${few}`,
    'GET /alarms/journal': `/alarms/journal?${few}`,
    'GET /alarms/figures, 24 h': `/alarms/figures?${window(24)}`,
    'GET /lots': `/lots?${few}`,
    'GET /predictions': `/predictions?${fewAndMore}`,
    'GET /timeseries, 1 tag, 8 h': `/timeseries?tags=XMEAS_07&points=500&${window(8)}`,
    'GET /timeseries, 53 tags, 24 h': `/timeseries?tags=${all}&points=500&${window(24)}`,
  };
  return { polled, months: days > 30 ? months : {} };
}

function tagsOf(count: number): string {
  return TAGS.slice(0, count)
    .map(({ code }) => code)
    .join(',');
}

/** Waits for the plant to write its next sample. @returns its time */
async function nextSample(product: OwnProduct): Promise<number> {
  const before = (await product.plant()).last_sample_at;
  const newest = await waitFor(
    'the next sample of the plant',
    async () => {
      const { last_sample_at: now } = await product.plant();
      return now !== before && now;
    },
    { intervalMs: 50 },
  );
  return Date.parse(newest);
}

/** Opens a stream of events, and closes it once the newest samples have come. */
async function firstSamplesEvent(product: OwnProduct): Promise<void> {
  const close = new AbortController();
  const answer = await fetch(`${product.api}/events?types=samples`, { signal: close.signal });
  if (!answer.ok || !answer.body) throw new Error(`GET /events answered ${answer.status}`);
  const decoder = new TextDecoder();
  let text = '';
  for await (const bytes of answer.body) {
    text += decoder.decode(bytes as Uint8Array, { stream: true });
    if (text.includes('event: samples')) break;
  }
  close.abort();
}

function nameOf(days: number): string {
  return `${days} d`;
}
