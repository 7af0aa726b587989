import { mkdir, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { availableParallelism } from 'node:os';
import { type Command, InvalidArgumentError } from 'commander';
import {
  DIAGNOSIS_MODEL,
  DiagnosisModel,
  evaluateModels,
  evaluationPlan,
  FORECAST_MODEL,
  ForecastModel,
  JUDGED_TAGS,
  type JudgedModels,
  type LabelledRun,
  labelledRun,
  loadDetectors,
  type ModelEvaluation,
  ModelStore,
  PREDICTION_DETECTOR,
  startTensors,
} from '#ml';
import { SimulationPool } from './data-simulate.pool.js';
import { braatzTestRuns } from './models-evaluate.data.js';
import { type EvaluatedSet, evaluationMarkdown } from './models-evaluate.markdown.js';
import { ProgressLine } from './progress-line.js';

interface ModelsEvaluateOptions {
  data: string;
  models: string;
  out: string;
  seeds: number;
  seed: number;
}

/** Adds `models:evaluate`: measures the models in use on unseen simulated runs and on public testing files. */
export function registerModelsEvaluate(program: Command): void {
  program
    .command('models:evaluate')
    .description(
      'measure the models in use on simulated runs and on files dNN_te.dat; writes JSON and Markdown',
    )
    .option(
      '--data <dir>',
      'directory with dNN_te.dat files',
      process.env.TEP_DATA_DIR ?? '../shared/tep/braatz',
    )
    .option('--models <dir>', 'directory of the models', 'models')
    .option('--out <dir>', 'directory to write evaluation.json and evaluation.md to', 'var/evaluation')
    .option(
      '--seeds <n>',
      'simulated runs of normal operation and of each disturbance; 0 for none',
      wholeNumber,
      3,
    )
    .option(
      '--seed <n>',
      'seed that those runs follow from; another than that of the training',
      wholeNumber,
      1_000_003,
    )
    .action(modelsEvaluate);
}

async function modelsEvaluate(options: ModelsEvaluateOptions): Promise<void> {
  const models = await modelsInUse(resolve(options.models));
  const sets: EvaluatedSet[] = [];
  const measure = (name: string, runs: readonly LabelledRun[]): void => {
    if (runs.length === 0) return;
    console.log(`Judging ${runs.length} runs: ${name}`);
    const evaluation: ModelEvaluation = evaluateModels(models, runs, JUDGED_TAGS);
    sets.push({ name, evaluation });
  };
  const files = await braatzTestRuns(resolve(options.data));
  if (files.length === 0)
    console.warn(`No files dNN_te.dat in ${options.data}: only simulated runs are judged`);
  measure(`public files ${files.map(({ name }) => name).join(', ')}`, files);
  measure(`simulated, ${options.seeds} unseen seeds each`, await simulatedRuns(options));
  const out = resolve(options.out);
  await mkdir(out, { recursive: true });
  const versions = versionsOf(models);
  await writeFile(join(out, 'evaluation.json'), `${JSON.stringify({ versions, sets }, null, 2)}\n`);
  const markdown = evaluationMarkdown(versions, sets);
  await writeFile(join(out, 'evaluation.md'), markdown);
  console.log(`${markdown}\nWritten to ${out}`);
}

async function modelsInUse(directory: string): Promise<JudgedModels> {
  await startTensors();
  const store = new ModelStore(directory);
  const [detectors, diagnosis, forecast] = await Promise.all([
    loadDetectors(store),
    store.load(DIAGNOSIS_MODEL),
    store.load(FORECAST_MODEL),
  ]);
  const gate = detectors.find(({ name }) => name === PREDICTION_DETECTOR);
  if (gate === undefined) throw new Error(`no usable version of ${PREDICTION_DETECTOR} in ${directory}`);
  return {
    detectors,
    gate,
    diagnosis: { version: diagnosis.card.version, model: await DiagnosisModel.fromFiles(diagnosis.files) },
    forecast: { version: forecast.card.version, model: await ForecastModel.fromFiles(forecast.files) },
  };
}

function versionsOf({ detectors, diagnosis, forecast }: JudgedModels): Record<string, string> {
  return {
    ...Object.fromEntries(detectors.map(({ name, version }) => [name, version])),
    [DIAGNOSIS_MODEL]: diagnosis.version,
    [FORECAST_MODEL]: forecast.version,
  };
}

async function simulatedRuns({ seeds, seed }: ModelsEvaluateOptions): Promise<LabelledRun[]> {
  const plan = evaluationPlan(seed, seeds);
  if (plan.length === 0) return [];
  const progress = new ProgressLine(`simulating ${plan.length} runs`);
  const pool = new SimulationPool(availableParallelism());
  const runs: LabelledRun[] = [];
  try {
    for await (const { planned, run } of pool.runs(plan, () => undefined)) {
      runs.push(labelledRun(planned, run));
      progress.show(runs.length / plan.length);
    }
  } finally {
    progress.end();
    await pool.close();
  }
  return runs;
}

function wholeNumber(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 0)
    throw new InvalidArgumentError('a whole number from 0 on is needed');
  return value;
}
