import { execFile } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { resolve } from 'node:path';
import { promisify } from 'node:util';
import { type Command, InvalidArgumentError } from 'commander';
import {
  DIAGNOSIS_MODEL,
  labelledRun,
  type ModelCard,
  ModelStore,
  passesItsGates,
  PREDICTION_DETECTOR,
  runsByPurpose,
  simulatedDescription,
  TRAINABLE_MODELS,
  type TrainingData,
  trainOnThread,
} from '#ml';
import { plannedRuns } from '#ml/tensors';
import { DETECTOR_TAGS } from '#tep';
import { SimulationPool } from '../data-simulate/pool.js';
import { UnfinishedTraining } from './unfinished.js';
import { ProgressLine } from '../progress-line.js';
import { wholeNumber } from '../whole-number.js';

/** Whoever stops the command stops its threads with it. */
const NEVER = new AbortController().signal;

interface ModelsTrainOptions {
  seed: number;
  quick?: boolean;
  only?: string[];
  out: string;
  resume?: boolean;
  threads: number;
}

/** Adds `models:train`: simulates, trains, calibrates and assesses everything shipped under models/. */
export function registerModelsTrain(program: Command): void {
  program
    .command('models:train')
    .description('simulate the plant, train all models from it and write new versions with their cards')
    .option('--seed <n>', 'everything random follows from it', wholeNumber(0), 1)
    .option('--quick', 'a small training in a few minutes')
    .option(
      '--only <names>',
      `models to train, separated by commas: ${TRAINABLE_MODELS.join(', ')}`,
      modelNames,
    )
    .option('--out <dir>', 'directory of the models', 'models')
    .option('--resume', 'leave out what a broken-off training of the same kind has written')
    .option('--threads <n>', 'threads to simulate on', wholeNumber(0), availableParallelism())
    .action(modelsTrain);
}

async function modelsTrain(options: ModelsTrainOptions): Promise<void> {
  const startedMs = performance.now();
  const store = new ModelStore(resolve(options.out));
  await mkdir(store.root, { recursive: true });
  const names = options.only ?? TRAINABLE_MODELS;
  const unfinished = await openUnfinished(store, options, names);
  const missing = names.filter((name) => unfinished.versionOf(name) === undefined);
  if (missing.length > 0) await trainAll(missing, store, unfinished, options);
  await unfinished.finish();
  console.log(`Took ${((performance.now() - startedMs) / 60_000).toFixed(1)} min`);
}

async function openUnfinished(
  store: ModelStore,
  { seed, quick = false, resume = false }: ModelsTrainOptions,
  names: readonly string[],
): Promise<UnfinishedTraining> {
  const unfinished = await UnfinishedTraining.open(store, { seed, quick, names }, resume);
  if (!resume) return unfinished;
  const skipped = names.flatMap((name) => {
    const version = unfinished.versionOf(name);
    return version === undefined ? [] : [`${name} ${version}`];
  });
  console.log(
    skipped.length > 0
      ? `Resuming: ${skipped.join(', ')} left out, trained before the training broke off`
      : 'Resuming: nothing to leave out, no broken-off training of these models with this seed is known',
  );
  return unfinished;
}

async function trainAll(
  names: readonly string[],
  store: ModelStore,
  unfinished: UnfinishedTraining,
  options: ModelsTrainOptions,
): Promise<void> {
  console.log(`Training ${names.join(', ')} (seed ${options.seed}${options.quick ? ', quick' : ''})`);
  const data = await simulate(names, options);
  const { seed, quick } = options;
  const context = { seed, quick, createdAt: new Date(), git: await commit() };
  const progress = new ProgressLine(`training ${names.length} models`);
  const shares = new Map(names.map((name) => [name, 0]));
  const train = async (lane: readonly string[]): Promise<ModelCard[]> => {
    const cards: ModelCard[] = [];
    for (const name of lane) {
      const task = { model: name, modelsDirectory: store.root, context, data };
      const version = await trainOnThread(task, {
        signal: NEVER,
        onProgress: (_, share) => {
          shares.set(name, share);
          progress.show([...shares.values()].reduce((sum, each) => sum + each, 0) / names.length);
        },
      });
      const card = await store.save(version.draft, version.files);
      await unfinished.note(name, card.version);
      cards.push(card);
    }
    return cards;
  };
  try {
    const cards = await Promise.all(lanesOf(names).map(train));
    progress.end();
    cards.flat().forEach(report);
  } finally {
    progress.end();
  }
}

/** Two threads' work of about the same length; the diagnosis needs the detector that gates it to be there. */
function lanesOf(names: readonly string[]): string[][] {
  const gated = [PREDICTION_DETECTOR, DIAGNOSIS_MODEL];
  const rest = names.filter((name) => !gated.includes(name));
  return [names.filter((name) => gated.includes(name)), [...rest].reverse()];
}

async function simulate(
  names: readonly string[],
  { seed, quick = false, threads }: ModelsTrainOptions,
): Promise<TrainingData> {
  const plan = plannedRuns(names, seed, quick);
  const rowsInAll = plan.reduce((sum, { options }) => sum + options.hours * 20, 0);
  const progress = new ProgressLine(`simulating ${plan.length} runs`);
  const pool = new SimulationPool(threads);
  const runs = runsByPurpose();
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
  const description = simulatedDescription(plan.length, quick);
  return { tagCodes: DETECTOR_TAGS, description, ...runs };
}

function report({ name, version, gates, quality, ...card }: ModelCard): void {
  const passed = passesItsGates({ name, version, gates, quality, ...card });
  const figures = gates.map(({ figure, value, direction, bound, passed: ok }) => {
    return `${figure} ${value.toPrecision(3)} (${direction} ${bound}${ok ? '' : ', MISSED'})`;
  });
  console.log(`${name} ${version}: ${passed ? 'passes' : 'fails'} its gates: ${figures.join('; ')}`);
}

/** Commit of the working tree; null outside a repository. */
async function commit(): Promise<string | null> {
  try {
    return (await promisify(execFile)('git', ['rev-parse', 'HEAD'])).stdout.trim();
  } catch {
    return null;
  }
}

function modelNames(text: string): string[] {
  const names = text.split(',').map((name) => name.trim());
  const unknown = names.filter((name) => !TRAINABLE_MODELS.includes(name));
  if (unknown.length > 0)
    throw new InvalidArgumentError(
      `there is no ${unknown.join(', ')}; known: ${TRAINABLE_MODELS.join(', ')}`,
    );
  return names;
}
