import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { createConnection } from 'mysql2/promise';
import { projectPath } from '#platform';
import { plainReportHtml } from '../test/factories/plain-report.fixture.js';
import { ProductProcess } from '../test/harness/product-process.js';
import { TEST_MYSQL_URL, TEST_REDIS_URL } from '../test/harness/servers.js';
import type { BenchFigure } from './bench-figure.js';
import { PlainPrinter } from './rivals/plain-printer.js';
import { processorMsOfTree } from './process-tree.js';

const ROUNDS = 11;
const REPORTS_AT_ONCE = 12;
const RATE_ROUNDS = 3;
const LANGUAGES = ['en', 'ko'] as const;
const RIVAL = 'puppeteer printing such a document, page kept open';
const HISTORY_TIMEOUT_MS = 300_000;
const REPORT_TIMEOUT_MS = 180_000;
const LOOK_EVERY_MS = 250;

type Profile = 'embedded' | 'server';

interface Effort {
  wallMs: number;
  /** Of product, rival and this process, of which all but one have next to nothing to do; not of the servers. */
  processorMs: number;
}

interface Place {
  variables: Record<string, string>;
  remove(): Promise<void>;
}

/**
 * The daily report from the request to the stored PDF, gathered from a day of the plant, beside puppeteer that prints such
 * a document and does nothing else; in turn, on both profiles where there are MySQL and Redis (TEST_MYSQL_URL, TEST_REDIS_URL).
 */
export async function run(): Promise<BenchFigure[]> {
  const printer = await PlainPrinter.start();
  try {
    const figures: BenchFigure[] = [];
    for (const profile of (await hasMysql()) ? (['server', 'embedded'] as const) : (['embedded'] as const))
      figures.push(...(await measure(profile, printer)));
    return figures;
  } finally {
    await printer.stop();
  }
}

async function measure(profile: Profile, printer: PlainPrinter): Promise<BenchFigure[]> {
  const place = profile === 'embedded' ? await embeddedPlace() : await serverPlace();
  const processes: ProductProcess[] = [];
  try {
    const { variables } = place;
    if (profile === 'embedded') processes.push(await ProductProcess.start('standalone', variables));
    else
      for (const role of ['api', 'worker'] as const)
        processes.push(await ProductProcess.start(role, variables));
    const api = `${processes[0].url}/api/v1`;
    await untilHistory(api);
    const figures: BenchFigure[] = [];
    for (const lang of LANGUAGES) figures.push(...(await oneAtATime(profile, lang, api, printer)));
    figures.push(await aMinute(profile, api, printer));
    return figures;
  } finally {
    for (const process of processes) await process.stop();
    await place.remove();
  }
}

async function oneAtATime(
  profile: Profile,
  lang: (typeof LANGUAGES)[number],
  api: string,
  printer: PlainPrinter,
): Promise<BenchFigure[]> {
  const html = await plainReportHtml(lang);
  const product: Effort[] = [];
  const rival: Effort[] = [];
  // the first of each starts a browser
  for (let round = 0; round <= ROUNDS; round++) {
    const [own, others] = [
      await effortOf(() => report(api, lang)),
      await effortOf(() => printer.print(html)),
    ];
    if (round === 0) continue;
    product.push(own);
    rival.push(others);
  }
  const figure = (what: string, measure: keyof Effort): BenchFigure => ({
    bench: 'reports',
    figure: `${profile}: daily report, ${lang}, one at a time, ${what}`,
    value: Math.round(median(product.map((each) => each[measure]))),
    unit: 'ms',
    rival: RIVAL,
    rival_value: Math.round(median(rival.map((each) => each[measure]))),
    ratio: hundredths(median(rival.map((each, round) => each[measure] / product[round][measure]))),
  });
  return [figure('time', 'wallMs'), figure('processor time', 'processorMs')];
}

async function aMinute(profile: Profile, api: string, printer: PlainPrinter): Promise<BenchFigure> {
  const html = await plainReportHtml('en');
  const product: number[] = [];
  const rival: number[] = [];
  for (let round = 0; round < RATE_ROUNDS; round++) {
    const many = Array.from({ length: REPORTS_AT_ONCE });
    const own = await effortOf(() => Promise.all(many.map(() => report(api, 'en'))));
    const others = await effortOf(async () => {
      for (let printed = 0; printed < REPORTS_AT_ONCE; printed++) await printer.print(html);
    });
    product.push(own.wallMs);
    rival.push(others.wallMs);
  }
  const rate = (ms: number): number => Math.round((REPORTS_AT_ONCE * 60_000) / ms);
  return {
    bench: 'reports',
    figure: `${profile}: daily reports, en, ${REPORTS_AT_ONCE} at once`,
    value: rate(median(product)),
    unit: 'per minute',
    rival: RIVAL,
    rival_value: rate(median(rival)),
    ratio: hundredths(median(rival.map((ms, round) => ms / product[round]))),
  };
}

/** From the request to the end of its events, which end with the report; asking for it again and again would be work, too. */
async function report(api: string, lang: string): Promise<void> {
  const answer = await fetch(`${api}/reports`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ type: 'daily', lang }),
  });
  if (answer.status !== 202)
    throw new Error(`POST /reports answered ${answer.status}: ${await answer.text()}`);
  const { job_id: jobId } = (await answer.json()) as { job_id: string };
  const signal = AbortSignal.timeout(REPORT_TIMEOUT_MS);
  await (await fetch(`${api}/reports/${jobId}/events`, { signal })).text();
  const job = (await (await fetch(`${api}/reports/${jobId}`)).json()) as { status: string };
  if (job.status !== 'completed') throw new Error(`a report is not printed: ${JSON.stringify(job)}`);
}

async function hasHistory(api: string): Promise<boolean> {
  const answer = await fetch(`${api}/plant`);
  return answer.ok && ((await answer.json()) as { samples_written: number }).samples_written >= 480 * 53;
}

async function embeddedPlace(): Promise<Place> {
  const folder = await mkdtemp(join(tmpdir(), 'tep-reports-'));
  return {
    variables: { DATABASE_URL: `sqlite:${folder}/tep.sqlite`, QUEUE_URL: `pglite:${folder}/queue` },
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

async function serverPlace(): Promise<Place> {
  const name = `tep_bench_${randomBytes(6).toString('hex')}`;
  await onMysql(`CREATE DATABASE ${name}`);
  const url = new URL(TEST_MYSQL_URL);
  url.pathname = `/${name}`;
  const variables = { DATABASE_URL: url.toString(), QUEUE_URL: TEST_REDIS_URL, QUEUE_PREFIX: name };
  await promisify(execFile)(process.execPath, [projectPath('dist', 'apps', 'cli', 'main.js'), 'db:init'], {
    env: { ...process.env, ...variables },
  });
  return { variables, remove: () => onMysql(`DROP DATABASE ${name}`) };
}

async function hasMysql(): Promise<boolean> {
  return onMysql('SELECT 1').then(
    () => true,
    () => false,
  );
}

async function onMysql(statement: string): Promise<void> {
  const connection = await createConnection({ uri: TEST_MYSQL_URL, connectTimeout: 5_000 });
  try {
    await connection.query(statement);
  } finally {
    await connection.end();
  }
}

async function effortOf(work: () => Promise<unknown>): Promise<Effort> {
  const [startedAt, spentMs] = [performance.now(), processorMsOfTree()];
  await work();
  return { wallMs: performance.now() - startedAt, processorMs: processorMsOfTree() - spentMs };
}

async function untilHistory(api: string): Promise<void> {
  const deadline = Date.now() + HISTORY_TIMEOUT_MS;
  while (!(await hasHistory(api))) {
    if (Date.now() > deadline) throw new Error('the plant has no history yet');
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
  }
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)];
}

function hundredths(value: number): number {
  return Math.round(100 * value) / 100;
}
