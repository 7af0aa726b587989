import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join, resolve } from 'node:path';
import { type Command, Option } from 'commander';
import {
  type DetectorArtifact,
  type EvaluatedSetKind,
  evaluationPlan,
  type IncidentFigures,
  type IncidentAssessment,
  incidentPlan,
  ModelStore,
  type PlannedIncidentRun,
  type RunAssessment,
  summariseIncidents,
} from '#ml';
import { summariseAssessments } from '#ml/tensors';
import { type RecordedRuns, recordedRuns } from './data.js';
import { forecastExample } from './example.js';
import { incidentSection, withIncidentSection } from './incident-tables.js';
import { evaluationMarkdown } from './markdown.js';
import { modelsInUse, versionsOf } from './models.js';
import { type EvaluationPlot, evaluationPlots } from './plots.js';
import { AssessmentPool } from './pool.js';
import { bankOfRealNormals, REAL_NORMALS } from './real-normals.js';
import { type EvaluatedSet, evaluationJson, storedEvaluation } from './stored.js';
import type { AssessmentTask } from './worker.js';
import { ProgressLine } from '../progress-line.js';
import { wholeNumber } from '../whole-number.js';

interface ModelsEvaluateOptions {
  data: string;
  models: string;
  out: string;
  seeds: number;
  seed: number;
  threads: number;
  save?: boolean;
  only?: 'incidents';
}

/** Adds `models:evaluate`: measures the models in use on unseen simulated runs and on public files. */
export function registerModelsEvaluate(program: Command): void {
  program
    .command('models:evaluate')
    .description(
      'measure the models in use on unseen simulated runs and on files dNN.dat, dNN_te.dat; writes JSON, Markdown and plots',
    )
    .option(
      '--data <dir>',
      'directory with dNN.dat and dNN_te.dat files',
      process.env.TEP_DATA_DIR ?? '../shared/tep/braatz',
    )
    .option('--models <dir>', 'directory of the models', 'models')
    .option(
      '--out <dir>',
      'directory to write evaluation.json, evaluation.md and images/ to',
      'var/evaluation',
    )
    .option(
      '--seeds <n>',
      'simulated runs of normal operation and of each disturbance; 0 for none',
      wholeNumber(0),
      20,
    )
    .option(
      '--seed <n>',
      'seed that those runs follow from; another than that of the training',
      wholeNumber(0),
      1_000_003,
    )
    .option('--threads <n>', 'threads to simulate and evaluate on', wholeNumber(0), availableParallelism())
    .addOption(
      new Option('--only <part>', 'measure this part alone; its section is replaced').choices(['incidents']),
    )
    .option('--save', 'also write evaluation.json beside the card of every version that was evaluated')
    .action(modelsEvaluate);
}

async function modelsEvaluate(options: ModelsEvaluateOptions): Promise<void> {
  const startedMs = performance.now();
  if (options.only === 'incidents') return evaluateIncidentsAlone(options);
  const modelsDirectory = resolve(options.models);
  const models = await modelsInUse(modelsDirectory);
  const files = await recordedRuns(resolve(options.data));
  if (files.test.length === 0)
    console.warn(`No files dNN_te.dat in ${options.data}: only simulated runs are evaluated`);
  const sets = await assessSets(options, modelsDirectory, files);
  const incidents = await assessAllIncidents(options, modelsDirectory);
  const versions = versionsOf(models);
  const { seed, seeds } = options;
  const plots = evaluationPlots(sets, forecastExample(models.forecast.model, seed));
  const markdown = evaluationMarkdown({ versions, seed, seeds, sets, incidents, plots });
  await writeOut(
    resolve(options.out),
    plots,
    markdown,
    evaluationJson({ versions, seed, seeds, sets, incidents }),
  );
  if (options.save) {
    const store = new ModelStore(modelsDirectory);
    for (const [name, version] of Object.entries(versions))
      await store.saveEvaluation(name, version, storedEvaluation(name, { seed, seeds, sets }));
    console.log(`Saved beside the cards of ${Object.keys(versions).join(', ')}`);
  }
  console.log(`${markdown}\nWritten to ${resolve(options.out)}`);
  console.log(`Took ${((performance.now() - startedMs) / 60_000).toFixed(1)} min`);
}

async function assessSets(
  { seeds, seed, threads }: ModelsEvaluateOptions,
  modelsDirectory: string,
  files: RecordedRuns,
): Promise<EvaluatedSet[]> {
  const compared: Record<string, DetectorArtifact> = {};
  const normal = files.training.find(({ idv }) => idv === 0);
  if (normal) compared[REAL_NORMALS] = bankOfRealNormals(normal.values).toArtifact();
  const pool = new AssessmentPool<AssessmentTask, RunAssessment>(Math.max(1, threads), 'worker.js', {
    modelsDirectory,
    compared,
  });
  const assessed = async (
    kind: EvaluatedSetKind,
    description: string,
    tasks: readonly AssessmentTask[],
  ): Promise<EvaluatedSet[]> => {
    if (tasks.length === 0) return [];
    const progress = new ProgressLine(`evaluating ${tasks.length} runs, ${description}`);
    try {
      const assessments = await pool.assess(tasks, (share) => progress.show(share));
      return [{ kind, description, evaluation: summariseAssessments(assessments) }];
    } finally {
      progress.end();
    }
  };
  const recorded = (runs: RecordedRuns['test']): AssessmentTask[] =>
    runs.map((run) => ({ kind: 'recorded', run }));
  try {
    return [
      ...(await assessed('test_files', `public testing files ${namesOf(files.test)}`, recorded(files.test))),
      ...(await assessed(
        'simulated',
        `simulated, ${seeds} unseen seeds of normal operation and of each disturbance`,
        evaluationPlan(seed, seeds).map((planned) => ({ kind: 'simulated', planned })),
      )),
      ...(await assessed(
        'training_files',
        `public training files ${namesOf(files.training)}, under the fault from their first row on`,
        recorded(files.training),
      )),
    ];
  } finally {
    await pool.close();
  }
}

/** Replaces the section about incidents in the document that is there, or writes one of that section alone. */
async function evaluateIncidentsAlone(options: ModelsEvaluateOptions): Promise<void> {
  const figures = await assessAllIncidents(options, resolve(options.models));
  const section = incidentSection(figures, options);
  const file = join(resolve(options.out), 'evaluation.md');
  const before = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return '';
    throw error;
  });
  await mkdir(resolve(options.out), { recursive: true });
  await writeFile(file, withIncidentSection(before, section));
  console.log(`${section.join('\n\n')}\n\nWritten to ${file}`);
}

async function assessAllIncidents(
  { seeds, seed, threads }: ModelsEvaluateOptions,
  modelsDirectory: string,
): Promise<IncidentFigures[]> {
  if (seeds === 0) return [];
  const plan = incidentPlan(seed, seeds);
  const pool = new AssessmentPool<PlannedIncidentRun, IncidentAssessment>(
    Math.max(1, threads),
    'incident.worker.js',
    { modelsDirectory },
  );
  const progress = new ProgressLine(`counting incidents in ${plan.length} simulated runs`);
  try {
    return summariseIncidents(await pool.assess(plan, (share) => progress.show(share)));
  } finally {
    progress.end();
    await pool.close();
  }
}

async function writeOut(
  directory: string,
  plots: readonly EvaluationPlot[],
  markdown: string,
  json: string,
): Promise<void> {
  await mkdir(join(directory, 'images'), { recursive: true });
  await writeFile(join(directory, 'evaluation.json'), json);
  await writeFile(join(directory, 'evaluation.md'), markdown);
  for (const { file, svg } of plots) await writeFile(join(directory, 'images', file), svg);
}

function namesOf(runs: RecordedRuns['test']): string {
  return runs.map(({ name }) => name).join(', ');
}
