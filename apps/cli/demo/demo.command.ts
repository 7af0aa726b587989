import { mkdir, writeFile } from 'node:fs/promises';
import { constants } from 'node:os';
import { join, resolve } from 'node:path';
import { type Command, Option } from 'commander';
import { dateTexts } from '#calendar';
import { API_PREFIX } from '#platform';
import { DemoClient, type JobReply } from './client.js';
import { STANDSTILL_MS } from './health.js';
import { finishJob } from './job.js';
import { DemoPlant, type Detection, type FoundAnomaly } from './plant.js';
import { forecastChart } from './text-chart.js';

/** How long whoever interrupts the demonstration waits for it to take the disturbance away. */
const LEAVE_PATIENCE_MS = 20_000;
const SHOWN_TAGS = 5;
const SHOWN_SHARE = 0.01;
const SHOWN_CLASSES = 3;
const SHOWN_FIRST_TAGS = 3;
/** Wall time in which the detectors agree on an incident and it is diagnosed. */
const DIAGNOSIS_WAIT_MS = 30_000;

export interface DemoOptions {
  url: string;
  idv: string;
  lang: string;
  out: string;
  apiKey?: string;
}

interface PredictionReply extends JobReply {
  result: {
    fault_probability: number;
    fault_classes: { title: string; probability: number; cause: string | null }[];
    forecast: {
      tag: string;
      unit: string;
      steps: { at: string; value: number; low: number; high: number }[];
    }[];
  };
}

interface IncidentReply {
  incident_id: number;
  anomaly_count: number;
  first_tags: { tag: string; name: string }[];
  diagnosis: { title: string; probability: number; look_at: string } | null;
}

interface ReportReply extends JobReply {
  download_url: string;
  pages: number;
}

/** `demo`: what the product does, seen over HTTP as a dashboard would see it. */
export function registerDemo(program: Command): void {
  program
    .command('demo')
    .description('disturb the live plant, watch it being detected, predict, print a report')
    .option('--url <url>', 'where the product listens', 'http://127.0.0.1:8000')
    .option('--idv <number>', 'disturbance to inject, 1 to 21', '6')
    .addOption(new Option('--lang <lang>', 'language of the report').choices(['en', 'ko']).default('en'))
    .option('--out <folder>', 'where to save the PDF', 'var/demo')
    .addOption(new Option('--api-key <key>', 'API key with the role operator').env('TEP_API_KEY'))
    .action(async (options: DemoOptions) => {
      const interrupted = new AbortController();
      for (const signal of ['SIGINT', 'SIGTERM'] as const) {
        // a second one ends the process at once
        process.once(signal, () => {
          process.exitCode = 128 + constants.signals[signal];
          interrupted.abort(new Error('interrupted'));
        });
      }
      try {
        await runDemo(options, interrupted.signal);
      } catch (error) {
        console.error(
          interrupted.signal.aborted ? '\nInterrupted.' : `\nThe demo failed: ${(error as Error).message}`,
        );
        process.exitCode ??= 1;
      }
    });
}

/**
 * @param signal interrupts it; the plant is put back all the same
 * @throws Error that says what went wrong
 */
export async function runDemo(options: DemoOptions, signal: AbortSignal): Promise<void> {
  const about = { base: options.url.replace(/\/$/, ''), apiKey: options.apiKey };
  const client = new DemoClient({ ...about, signal, patienceMs: STANDSTILL_MS });
  const plant = new DemoPlant(client, Number(options.idv));
  try {
    const detection = await plant.disturbUntilDetected();
    showDetection(detection);
    await predict(client, detection.anomaly);
    await showIncident(client, detection);
    await report(client, detection.anomaly, options);
  } finally {
    // whatever has happened, and however it was interrupted, the plant is not left disturbed
    const last = new DemoClient({
      ...about,
      signal: new AbortController().signal,
      patienceMs: signal.aborted ? LEAVE_PATIENCE_MS : STANDSTILL_MS,
    });
    await plant.leave(last).catch((error: Error) => {
      console.error(`IDV ${options.idv} may still be on: ${error.message}`);
      process.exitCode ??= 1;
    });
  }
}

function showDetection({ since, anomaly }: Detection): void {
  const minutes = (Date.parse(anomaly.detected_at) - Date.parse(since)) / 60_000;
  console.log(
    `Detected by ${anomaly.detector} after ${minutes.toFixed(0)} plant minutes (anomaly ${anomaly.anomaly_id}). It shows in:`,
  );
  for (const { tag, name, share } of anomaly.contributions
    .filter(({ share }) => share >= SHOWN_SHARE)
    .slice(0, SHOWN_TAGS)) {
    console.log(
      `  ${tag.padEnd(9)} ${'█'.repeat(Math.ceil(share * 40))} ${(share * 100).toFixed(0)} %  ${name}`,
    );
  }
}

/** What the event is that the anomaly is a part of; nothing where the primary detector does not see it yet. */
async function showIncident(client: DemoClient, { since }: Detection): Promise<void> {
  const waitedSince = performance.now();
  const incident = await client.poll(async () => {
    const { items } = await client.get<{ items: IncidentReply[] }>(
      `${API_PREFIX}/incidents?from=${encodeURIComponent(since)}&limit=1`,
    );
    const [newest] = items;
    if (newest?.diagnosis) return newest;
    return performance.now() - waitedSince > DIAGNOSIS_WAIT_MS ? (newest ?? null) : undefined;
  });
  if (incident === null) return;
  const { incident_id, anomaly_count, first_tags, diagnosis } = incident;
  const first = first_tags.slice(0, SHOWN_FIRST_TAGS).map(({ tag, name }) => `${name} (${tag})`);
  console.log(
    `\nIncident ${incident_id}, ${anomaly_count} anomalies so far. It first showed in ${first.join(', ')}.`,
  );
  if (diagnosis === null) return;
  const { title, probability, look_at } = diagnosis;
  console.log(`  ${(probability * 100).toFixed(1)} %  ${title}\n  ${look_at}\n`);
}

async function predict(client: DemoClient, anomaly: FoundAnomaly): Promise<void> {
  const { job_id } = await client.post<{ job_id: string }>(`${API_PREFIX}/predictions`, {
    eq_id: anomaly.eq_id ?? 'REACTOR',
  });
  const { result } = await finishJob<PredictionReply>(
    client,
    'prediction',
    `${API_PREFIX}/predictions/${job_id}`,
  );
  console.log(`Fault probability ${(result.fault_probability * 100).toFixed(1)} %. Most probable:`);
  for (const { title, probability } of result.fault_classes.slice(0, SHOWN_CLASSES)) {
    console.log(`  ${(probability * 100).toFixed(1).padStart(5)} %  ${title}`);
  }
  const cause = result.fault_classes[0]?.cause;
  if (cause) console.log(`  ${cause}`);
  const driving = anomaly.contributions
    .map(({ tag }) => result.forecast.find((each) => each.tag === tag))
    .find((found) => found !== undefined);
  const forecast = driving ?? result.forecast[0];
  if (forecast === undefined) return;
  const { time_zone } = await client.get<{ time_zone: string }>(`${API_PREFIX}/plant`);
  console.log(
    `\nForecast of ${forecast.tag} in ${forecast.unit}, 90 % interval, plant time in ${time_zone}:`,
  );
  const { time } = dateTexts('en', time_zone);
  const points = forecast.steps.map(({ at, ...values }) => ({ label: time(Date.parse(at)), ...values }));
  console.log(forecastChart(points).join('\n'));
}

async function report(client: DemoClient, anomaly: FoundAnomaly, { out, lang }: DemoOptions): Promise<void> {
  const { job_id } = await client.post<{ job_id: string }>(`${API_PREFIX}/reports`, {
    type: 'anomaly',
    anomaly_id: anomaly.anomaly_id,
    lang,
  });
  const { download_url, pages } = await finishJob<ReportReply>(
    client,
    'report',
    `${API_PREFIX}/reports/${job_id}`,
  );
  const { bytes, filename } = await client.download(download_url);
  await mkdir(out, { recursive: true });
  const file = resolve(join(out, filename));
  await writeFile(file, bytes);
  console.log(`Saved the report (${pages} pages, ${Math.round(bytes.length / 1_024)} KiB): ${file}`);
}
