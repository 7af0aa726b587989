import { execFile } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { type Command, InvalidArgumentError } from 'commander';
import {
  DIAGNOSIS_MODEL,
  type DetectorName,
  FORECAST_MODEL,
  type LabelledRun,
  loadDetector,
  type ModelCard,
  ModelStore,
  ModelStoreError,
  passesItsGates,
  PREDICTION_DETECTOR,
  type StreamingDetector,
  TRAINABLE_DETECTORS,
  trainDetector,
  trainDiagnosisVersion,
  type TrainedVersion,
  trainForecastVersion,
  type TrainingContext,
  type TrainingData,
} from '#ml';
import { DETECTOR_TAGS } from '#tep';
import { SimulationPool } from './data-simulate.pool.js';
import {
  FULL_PLAN,
  JUDGED_TAGS,
  labelledRun,
  QUICK_PLAN,
  type RunPurpose,
  trainingPlan,
} from './models-train.plan.js';
import { ProgressLine } from './progress-line.js';

interface ModelsTrainOptions {
  seed: number;
  quick?: boolean;
  only?: string[];
  out: string;
  resume?: boolean;
  threads: number;
}

/** Which models of a broken-off training are there already; kept beside them until the training is through. */
interface Unfinished {
  readonly key: string;
  readonly done: Record<string, string>;
}

const ALL_MODELS: readonly string[] = [...TRAINABLE_DETECTORS, DIAGNOSIS_MODEL, FORECAST_MODEL];
const UNFINISHED = '.training.json';
/** Adds `models:train`: simulates, trains, calibrates and judges everything shipped under models/. */
export function registerModelsTrain(program: Command): void {
  program
    .command('models:train')
    .description('simulate the plant, train all models from it and write new versions with their cards')
    .option('--seed <n>', 'everything random follows from it', wholeNumber, 1)
    .option('--quick', 'a small training in a few minutes')
    .option('--only <names>', `models to train, separated by commas: ${ALL_MODELS.join(', ')}`, modelNames)
    .option('--out <dir>', 'directory of the models', 'models')
    .option('--resume', 'leave out what a broken-off training of the same kind has written')
    .option('--threads <n>', 'threads to simulate on', wholeNumber, availableParallelism())
    .action(modelsTrain);
}

async function modelsTrain(options: ModelsTrainOptions): Promise<void> {
  const startedMs = performance.now();
  const store = new ModelStore(resolve(options.out));
  await mkdir(store.root, { recursive: true });
  const names = options.only ?? ALL_MODELS;
  const unfinished = await openUnfinished(store, options, names);
  const missing = names.filter((name) => !(name in unfinished.done));
  console.log(`Training ${missing.join(', ')} (seed ${options.seed}${options.quick ? ', quick' : ''})`);
  const data = await simulate(options);
  const git = await commit();
  for (const name of missing) {
    const card = await trainOne(name, store, data, {
      seed: options.seed,
      quick: options.quick,
      createdAt: new Date(),
      git,
    });
    unfinished.done[name] = card.version;
    await saveUnfinished(store, unfinished);
    report(card);
  }
  await saveUnfinished(store, { key: '', done: {} });
  console.log(`Took ${((performance.now() - startedMs) / 60_000).toFixed(1)} min`);
}

async function trainOne(
  name: string,
  store: ModelStore,
  data: TrainingData,
  context: Omit<TrainingContext, 'onProgress'>,
): Promise<ModelCard> {
  const progress = new ProgressLine(name);
  const withProgress = { ...context, onProgress: (share: number) => progress.show(share) };
  try {
    const version = await trainedVersion(name, store, data, withProgress);
    return await store.save(version.draft, version.files);
  } finally {
    progress.end();
  }
}

async function trainedVersion(
  name: string,
  store: ModelStore,
  data: TrainingData,
  context: TrainingContext,
): Promise<TrainedVersion> {
  if (name === DIAGNOSIS_MODEL) return trainDiagnosisVersion(data, context, await gatingDetector(store));
  if (name === FORECAST_MODEL) return trainForecastVersion(data, context, JUDGED_TAGS);
  return trainDetector(name as DetectorName, data, context);
}

async function gatingDetector(store: ModelStore): Promise<StreamingDetector | undefined> {
  try {
    return (await loadDetector(store, PREDICTION_DETECTOR)).detector;
  } catch (error) {
    if (error instanceof ModelStoreError) return undefined;
    throw error;
  }
}

async function simulate({ seed, quick, threads }: ModelsTrainOptions): Promise<TrainingData> {
  const plan = trainingPlan(seed, quick ? QUICK_PLAN : FULL_PLAN);
  const rowsInAll = plan.reduce((sum, { options }) => sum + options.hours * 20, 0);
  const progress = new ProgressLine(`simulating ${plan.length} runs`);
  const pool = new SimulationPool(threads);
  const runs: Record<RunPurpose, LabelledRun[]> = { training: [], calibration: [], test: [], unknown: [] };
  let rows = 0;
  try {
    for await (const { planned, run } of pool.runs(plan, (more) =>
      progress.show((rows += more) / rowsInAll),
    )) {
      runs[planned.purpose].push(labelledRun(planned, run));
    }
  } finally {
    progress.end();
    await pool.close();
  }
  const description = {
    source:
      'Tennessee Eastman plant simulated by this project, control scheme of the public data, five significant digits',
    runs: plan.length,
    hours_per_run: 48,
    disturbances: '1 to 20, from an instant between hour 1 and 10 on',
    quick: quick ?? false,
  };
  return { tagCodes: DETECTOR_TAGS, description, ...runs };
}

function report({ name, version, gates, quality, ...card }: ModelCard): void {
  const passed = passesItsGates({ name, version, gates, quality, ...card });
  const figures = gates.map(({ figure, value, direction, bound, passed: ok }) => {
    return `${figure} ${value.toPrecision(3)} (${direction} ${bound}${ok ? '' : ', MISSED'})`;
  });
  console.log(`${name} ${version}: ${passed ? 'passes' : 'fails'} its gates: ${figures.join('; ')}`);
}

async function openUnfinished(
  store: ModelStore,
  options: ModelsTrainOptions,
  names: readonly string[],
): Promise<Unfinished> {
  const key = JSON.stringify([options.seed, options.quick ?? false, names]);
  const fresh: Unfinished = { key, done: {} };
  if (!options.resume) return fresh;
  const text = await readFile(join(store.root, UNFINISHED), 'utf8').catch(() => '{}');
  const found = JSON.parse(text) as Partial<Unfinished>;
  return found.key === key && found.done !== undefined ? { key, done: found.done } : fresh;
}

async function saveUnfinished(store: ModelStore, unfinished: Unfinished): Promise<void> {
  await writeFile(join(store.root, UNFINISHED), `${JSON.stringify(unfinished)}\n`);
}

/** Commit of the working tree; null outside a repository. */
async function commit(): Promise<string | null> {
  try {
    return (await promisify(execFile)('git', ['rev-parse', 'HEAD'])).stdout.trim();
  } catch {
    return null;
  }
}

function wholeNumber(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 0)
    throw new InvalidArgumentError('a whole number from 0 on is needed');
  return value;
}

function modelNames(text: string): string[] {
  const names = text.split(',').map((name) => name.trim());
  const unknown = names.filter((name) => !ALL_MODELS.includes(name));
  if (unknown.length > 0)
    throw new InvalidArgumentError(`there is no ${unknown.join(', ')}; known: ${ALL_MODELS.join(', ')}`);
  return names;
}
