import { DIAGNOSIS_MODEL, FORECAST_MODEL, PREDICTION_DETECTOR } from '#ml';
import { DISTURBANCES } from '#tep';
import { intervalText, markdownTable } from './markdown-table.js';
import { detectionByFault, detectorsByFault, detectorTables } from './detection-tables.js';
import { headlineOf } from './headline.js';
import { incidentSection } from './incident-tables.js';
import { diagnosisTables, forecastTables } from './model-tables.js';
import type { EvaluatedSet, EvaluationRun } from './stored.js';

export interface EvaluationDocument extends EvaluationRun {
  /** Files below images/ with what they show, in the order they are to be printed in. */
  readonly plots: readonly { readonly file: string; readonly alt: string }[];
}

const PREDICTION_MODELS: readonly string[] = [PREDICTION_DETECTOR, DIAGNOSIS_MODEL, FORECAST_MODEL];

/** The figures as a document that a person can read from top to bottom. */
export function evaluationMarkdown({
  versions,
  seed,
  seeds,
  sets,
  incidents,
  plots,
}: EvaluationDocument): string {
  const models = Object.entries(versions).map(([name, version]) => `${name} ${version}`);
  const parts = [
    '# Model evaluation',
    'Written by `npm run models:evaluate`; do not edit.',
    `Models: ${models.join(', ')}. Simulated runs: ${seeds} a class, from seed ${seed}.`,
    headlineTable(Object.keys(versions), sets),
    READING,
    ...plots.map(({ file, alt }) => `![${alt}](images/${file})`),
    ...sets.flatMap(section),
    ...incidentSection(incidents, { seed, seeds }),
    '## Faults',
    DISTURBANCES.map(({ idv, title }) => `${idv}. ${title}`).join('\n'),
  ];
  return `${parts.join('\n\n')}\n`;
}

const READING = [
  'No run here set a parameter or a limit. In brackets: 95 % bootstrap intervals, runs drawn anew within their fault; where',
  'there is one run a fault, over all runs. Detection rate: share of the samples under the fault that are in alarm. Delay: from the',
  'onset to the first of six consecutive alarms, 3 min for the first sample; runs without them are missed. False episodes: as alarms are raised,',
  'six samples on-delay, six off-delay, lower threshold 90 % of the limit. AUC-PR: average precision of the statistic within a',
  'run. VUS-PR: the same with labels that fade over buffers up to 2 h. Faults 3, 9 and 15 hardly show in the measurements and',
  'are stated apart. Hits: of the samples (episodes) in alarm under a fault, those in which one of the three most contributing',
  'tags is among the tags that the fault is known to move; by chance: three tags drawn blindly.',
].join('\n');

/** The headline of the models that predictions use, a column each set; the other detectors stand in the tables below. */
function headlineTable(models: readonly string[], sets: readonly EvaluatedSet[]): string {
  const shown = sets.filter(({ kind }) => kind !== 'training_files');
  const rows = models
    .filter((model) => PREDICTION_MODELS.includes(model))
    .flatMap((model) => {
      const headlines = shown.map(({ evaluation }) => headlineOf(model, evaluation));
      const figures = [...new Set(headlines.flatMap((each) => Object.keys(each)))];
      return figures.map((figure) => [
        `${model}: ${figure.replaceAll('_', ' ')}`,
        ...headlines.map((each) =>
          intervalText(each[figure], figure.includes('per_30') || figure.includes('minutes') ? 1 : 4),
        ),
      ]);
    });
  return markdownTable(['in short', ...shown.map(({ kind }) => kind.replace('_', ' '))], rows);
}

function section({ kind, description, evaluation }: EvaluatedSet): string[] {
  const { runs, rows, detectors, diagnosis, unknownAuroc, forecast } = evaluation;
  const [primary] = detectors;
  const head = [`## ${capitalised(description)}`, `${runs} runs, ${rows} samples.`, '### Detection'];
  if (kind === 'training_files') return [...head, ...detectorTables(detectors)];
  return [
    ...head,
    ...detectorTables(detectors),
    `### ${primary.detector} by fault`,
    detectionByFault(primary),
    '### All detectors by fault',
    ...detectorsByFault(detectors),
    '### Diagnosis',
    ...diagnosisTables(diagnosis, unknownAuroc),
    '### Forecast',
    ...forecastTables(forecast),
  ];
}

function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
