import { mkdir, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { SingleBar } from 'cli-progress';
import { type Command, Option } from 'commander';
import { ApiProblem, DemoClient, type JobReply, poll } from './demo-client.js';
import { forecastChart } from './text-chart.js';

const API = '/api/v1';
const DETECTION_TIMEOUT_MS = 180_000;
const JOB_TIMEOUT_MS = 120_000;
const SHOWN_TAGS = 5;
const SHOWN_SHARE = 0.01;
const SHOWN_CLASSES = 3;

interface DemoOptions {
  url: string;
  idv: string;
  lang: string;
  out: string;
  apiKey?: string;
}

interface Plant {
  time: string;
  speed: number;
  state: string;
}

interface FoundAnomaly {
  anomaly_id: number;
  detector: string;
  eq_id: string | null;
  started_at: string;
  detected_at: string;
  contributions: { tag: string; name: string; share: number }[];
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
      try {
        await runDemo(options);
      } catch (error) {
        console.error(`\nThe demo failed: ${(error as Error).message}`);
        process.exitCode = 1;
      }
    });
}

async function runDemo(options: DemoOptions): Promise<void> {
  const client = new DemoClient(options.url.replace(/\/$/, ''), options.apiKey);
  const plant = await client.get<Plant>(`${API}/plant`);
  console.log(`The plant is ${plant.state} at ${plant.time}, ${plant.speed} times as fast as real time.`);
  if (plant.state !== 'running')
    throw new Error(`the plant is ${plant.state}; see PATCH ${API}/plant and POST ${API}/plant/restart`);
  await inject(client, options.idv);
  try {
    const anomaly = await detect(client, plant.time);
    await predict(client, anomaly);
    await report(client, anomaly, options);
  } finally {
    await client.delete(`${API}/plant/disturbances/${options.idv}`);
    console.log(`\nRemoved the disturbance IDV ${options.idv}.`);
  }
}

async function inject(client: DemoClient, idv: string): Promise<void> {
  try {
    const injected = await client.post<{ title: string }>(`${API}/plant/disturbances`, { idv: Number(idv) });
    console.log(`Injected IDV ${idv}: ${injected.title}.`);
  } catch (error) {
    if (error instanceof ApiProblem && error.status === 409)
      throw new Error(`IDV ${idv} cannot be injected: ${error.message}`, { cause: error });
    throw error;
  }
}

async function detect(client: DemoClient, since: string): Promise<FoundAnomaly> {
  process.stdout.write('Waiting for the detectors ');
  const anomaly = await poll('the disturbance to be detected', DETECTION_TIMEOUT_MS, async () => {
    process.stdout.write('.');
    const { items } = await client.get<{ items: FoundAnomaly[] }>(
      `${API}/anomalies?from=${encodeURIComponent(since)}&limit=100`,
    );
    return clearest(items.filter((item) => Date.parse(item.started_at) > Date.parse(since)));
  });
  const minutes = (Date.parse(anomaly.detected_at) - Date.parse(since)) / 60_000;
  console.log(
    `\nDetected by ${anomaly.detector} after ${minutes.toFixed(0)} plant minutes (anomaly ${anomaly.anomaly_id}). It shows in:`,
  );
  for (const { tag, name, share } of anomaly.contributions
    .filter(({ share }) => share >= SHOWN_SHARE)
    .slice(0, SHOWN_TAGS)) {
    console.log(
      `  ${tag.padEnd(9)} ${'█'.repeat(Math.ceil(share * 40))} ${(share * 100).toFixed(0)} %  ${name}`,
    );
  }
  return anomaly;
}

/** Of the anomalies that came up together, the one that points most clearly at a tag. */
function clearest(anomalies: FoundAnomaly[]): FoundAnomaly | undefined {
  const clarity = ({ contributions }: FoundAnomaly): number => contributions[0]?.share ?? 0;
  return [...anomalies].sort((a, b) => clarity(b) - clarity(a))[0];
}

async function predict(client: DemoClient, anomaly: FoundAnomaly): Promise<void> {
  const { job_id } = await client.post<{ job_id: string }>(`${API}/predictions`, {
    eq_id: anomaly.eq_id ?? 'REACTOR',
  });
  const { result } = await finishWithBar<PredictionReply>(
    client,
    'prediction',
    `${API}/predictions/${job_id}`,
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
  console.log(`\nForecast of ${forecast.tag} in ${forecast.unit}, 90 % interval:`);
  const points = forecast.steps.map(({ at, ...values }) => ({ label: at.slice(11, 16), ...values }));
  console.log(forecastChart(points).join('\n'));
}

async function report(client: DemoClient, anomaly: FoundAnomaly, { out, lang }: DemoOptions): Promise<void> {
  const { job_id } = await client.post<{ job_id: string }>(`${API}/reports`, {
    type: 'anomaly',
    anomaly_id: anomaly.anomaly_id,
    lang,
  });
  const { download_url, pages } = await finishWithBar<ReportReply>(
    client,
    'report',
    `${API}/reports/${job_id}`,
  );
  const { bytes, filename } = await client.download(download_url);
  await mkdir(out, { recursive: true });
  const file = resolve(join(out, filename));
  await writeFile(file, bytes);
  console.log(`Saved the report (${pages} pages, ${Math.round(bytes.length / 1_024)} KiB): ${file}`);
}

async function finishWithBar<Job extends JobReply>(
  client: DemoClient,
  what: string,
  path: string,
): Promise<Job> {
  console.log(`\nSubmitted the ${what}: ${path}`);
  const bar = new SingleBar({
    format: `  ${what} [{bar}] {percentage} %`,
    noTTYOutput: true,
    notTTYSchedule: 1_000,
    clearOnComplete: false,
  });
  bar.start(100, 0);
  try {
    return await client.finish<Job>(path, JOB_TIMEOUT_MS, (percent) => bar.update(percent));
  } finally {
    bar.stop();
  }
}
