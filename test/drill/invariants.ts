import { readdirSync } from 'node:fs';
import { readFile, readdir } from 'node:fs/promises';
import { isDeepStrictEqual } from 'node:util';
import { EQUIPMENT, RECORD_LENGTH, TAGS } from '#tep';
import { readPrintedPdf } from '../harness/printed-pdf.reader.js';
import type { Cluster } from './cluster.js';
import type { AcceptedJob, JobReply, JobsLedger } from './jobs-ledger.js';
import type { SampleStream } from './sample-stream.js';

/** One line of the drill's table. */
export interface Invariant {
  name: string;
  /** How many things were looked at. */
  checked: number;
  violations: string[];
}

interface SystemHealth {
  status: string;
  checks: Record<string, { status: string }>;
}

const MONTHS = 'January February March April May June July August September October November December'.split(
  ' ',
);
/** What every report of the type and language has in its title. */
const TITLES: Record<string, { en: string; ko: string }> = {
  daily: { en: 'Daily operations report', ko: '일일 운전 보고서' },
  equipment: { en: 'Equipment report', ko: '설비 상태 보고서' },
};

/** Every accepted job is completed, and looks now as it did when it was first seen finished. */
export async function jobsAreCompletedOnce(
  collection: AcceptedJob['collection'],
  ledger: JobsLedger,
  cluster: Cluster,
): Promise<Invariant[]> {
  const jobs = ledger.accepted.filter((job) => job.collection === collection);
  const completed: Invariant = {
    name: `accepted ${collection} completed`,
    checked: jobs.length,
    violations: [],
  };
  const once: Invariant = { name: `${collection} done once, visibly`, checked: jobs.length, violations: [] };
  for (const job of jobs) {
    const now = await ledger.read(job).catch((error: unknown): JobReply => unreadable(job, error as Error));
    if (now.status !== 'completed')
      completed.violations.push(`${job.key} ${job.jobId} is ${now.status}: ${JSON.stringify(now.error)}`);
    if (job.finished && !isDeepStrictEqual(job.finished, now))
      once.violations.push(
        `${job.jobId} was finished at ${job.finished.finished_at} (attempt ${job.finished.attempt}), now ${now.finished_at} (attempt ${now.attempt})`,
      );
  }
  if (new Set(jobs.map(({ jobId }) => jobId)).size !== jobs.length)
    once.violations.push('two keys were given one job');
  const table = collection === 'reports' ? 'report' : 'prediction';
  const rows = await numberOf(cluster, `SELECT COUNT(*) AS n FROM tep.${table}`);
  if (rows !== jobs.length) once.violations.push(`${rows} rows for ${jobs.length} accepted keys`);
  if (collection === 'reports') {
    const files = await numberOf(cluster, 'SELECT COUNT(*) AS n FROM tep.report_file');
    if (files !== jobs.length) once.violations.push(`${files} files for ${jobs.length} reports`);
  }
  return [completed, once];
}

/** Every report's PDF opens and says the period, the language and the subject that were asked for. */
export async function pdfsSayWhatWasAsked(ledger: JobsLedger): Promise<Invariant> {
  const reports = ledger.accepted.filter(({ collection }) => collection === 'reports');
  const violations: string[] = [];
  for (const report of reports) {
    const { download_url } = await ledger.read(report).catch(() => ({ download_url: null }));
    if (!download_url) continue;
    const text = await ledger
      .download(download_url)
      .then((pdf) => withoutBlanks(readPrintedPdf(pdf).text))
      .catch((error: unknown) => `unreadable: ${(error as Error).message}`);
    const missing = expectedTexts(report.body).filter((expected) => !text.includes(withoutBlanks(expected)));
    if (missing.length > 0)
      violations.push(`${report.jobId} lacks ${missing.join(', ')}; it begins ${text.slice(0, 120)}`);
  }
  return { name: 'PDFs open and say what was asked', checked: reports.length, violations };
}

/** Every accepted sample is stored once, with the value that was sent. */
export async function samplesAreThere(stream: SampleStream, cluster: Cluster): Promise<Invariant> {
  const rows = (await cluster.mariadb.query(
    'SELECT t.code, s.ts, s.value FROM tep.timeseries_sample s JOIN tep.sensor_tag t ON t.id = s.tag_id',
  )) as { code: string; ts: string | number; value: number }[];
  const stored = new Map(rows.map(({ code, ts, value }) => [`${code} ${ts}`, value]));
  const violations = [...stream.violations];
  for (const { ts, values } of stream.accepted) {
    for (let tag = 0; tag < RECORD_LENGTH; tag++) {
      const value = stored.get(`${TAGS[tag].code} ${ts}`);
      if (value !== values[tag])
        violations.push(`${TAGS[tag].code} at ${ts}: ${value} instead of ${values[tag]}`);
    }
  }
  const expected = stream.accepted.length * RECORD_LENGTH;
  if (rows.length !== expected) violations.push(`${rows.length} rows for ${expected} accepted samples`);
  return { name: 'accepted samples stored once', checked: expected, violations };
}

/** Every sample has been scored: the health scores, which the scorer writes, have no gap. */
export async function samplesAreScored(stream: SampleStream, cluster: Cluster): Promise<Invariant> {
  const rows = (await cluster.mariadb.query('SELECT DISTINCT ts FROM tep.health_score')) as {
    ts: string | number;
  }[];
  const scored = new Set(rows.map(({ ts }) => Number(ts)));
  const violations = stream.accepted
    .filter(({ ts }) => !scored.has(ts))
    .map(({ ts }) => `the sample of ${new Date(ts).toISOString()} has no score`);
  return { name: 'accepted samples scored', checked: stream.accepted.length, violations };
}

/** All processes run, say that they are well, and were ended by the drill alone. */
export async function processesAreUp(cluster: Cluster): Promise<Invariant> {
  const violations = cluster.members.flatMap(({ deaths }) => deaths);
  for (const { name, url, running } of cluster.members) {
    if (!running) violations.push(`${name} does not run`);
    const health = await fetch(`${url}/api/v1/health`, { signal: AbortSignal.timeout(10_000) })
      .then(async (answer) => (await answer.json()) as SystemHealth)
      .catch((error: unknown) => ({ status: (error as Error).message, checks: {} }));
    if (health.status === 'up') continue;
    const unwell = Object.entries(health.checks).filter(([, { status }]) => status !== 'up');
    violations.push(`${name}: ${health.status} ${JSON.stringify(Object.fromEntries(unwell)).slice(0, 400)}`);
  }
  return {
    name: 'processes up, none restarted but by the drill',
    checked: cluster.members.length,
    violations,
  };
}

/** After all have stopped: no browser is left running, and nothing but the unpacked browser in the temporary folder. */
export async function nothingIsLeft(temporaryFolder: string): Promise<Invariant> {
  const names = readdirSync(temporaryFolder);
  const violations = names
    .filter((name) => !/^tep-chromium-[\d.]+-\d+$/.test(name) && !name.endsWith('.tar'))
    .map((name) => `${name} is left in the temporary folder`);
  for (const pid of (await readdir('/proc')).filter((name) => /^\d+$/.test(name))) {
    const command = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
    if (command.includes(temporaryFolder))
      violations.push(`process ${pid} is left: ${command.slice(0, 100)}`);
  }
  return { name: 'no browser and no temporary files left', checked: names.length, violations };
}

function expectedTexts(body: AcceptedJob['body']): string[] {
  const lang = body.lang === 'ko' ? 'ko' : 'en';
  const unit = EQUIPMENT.find(({ code }) => code === body.eq_id);
  const subject = unit ? [lang === 'ko' ? unit.nameKo : unit.name] : [];
  return [TITLES[body.type][lang], periodText(lang, String(body.from), String(body.to)), ...subject];
}

/** As a reader of the language writes a period within one day, in UTC. */
function periodText(lang: 'en' | 'ko', from: string, to: string): string {
  const [year, month, day] = from.slice(0, 10).split('-').map(Number);
  const date = lang === 'ko' ? `${year}년 ${month}월 ${day}일` : `${day} ${MONTHS[month - 1]} ${year}`;
  return `${date} ${from.slice(11, 16)} – ${to.slice(11, 16)} UTC`;
}

/** Lines break where they must, and a line break is no blank. */
function withoutBlanks(text: string): string {
  return text.replaceAll(/\s/g, '');
}

function unreadable(job: AcceptedJob, error: Error): JobReply {
  return {
    job_id: job.jobId,
    status: `unreadable (${error.message})`,
    finished_at: null,
    attempt: 0,
    error: null,
  };
}

async function numberOf(cluster: Cluster, sql: string): Promise<number> {
  const [row] = (await cluster.mariadb.query(sql)) as { n: string | number }[];
  return Number(row.n);
}
