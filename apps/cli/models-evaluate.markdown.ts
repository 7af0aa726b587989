import type { DetectorFigures, DiagnosisFigures, ForecastFigures, ModelEvaluation } from '#ml';

export interface EvaluatedSet {
  readonly name: string;
  readonly evaluation: ModelEvaluation;
}

const MINUTES_PER_ROW = 3;

/** The figures as a document that a person can read from top to bottom. */
export function evaluationMarkdown(
  versions: Readonly<Record<string, string>>,
  sets: readonly EvaluatedSet[],
): string {
  const models = Object.entries(versions).map(([name, version]) => `${name} ${version}`);
  return (
    [`# Model evaluation`, `Models: ${models.join(', ')}.`, ...sets.flatMap(section)].join('\n\n') + '\n'
  );
}

function section({ name, evaluation }: EvaluatedSet): string[] {
  const { runs, rows, detectors, diagnosis, forecast } = evaluation;
  return [
    `## ${capitalised(name)}`,
    `${runs} runs, ${rows} samples, none of which set a parameter or a limit.`,
    '### Detection',
    detectorTable(detectors),
    faultTable(detectors),
    '### Diagnosis',
    diagnosisTable(diagnosis),
    recallTable(diagnosis.gated),
    ...(forecast.normal === null ? [] : ['### Forecast, normal operation', forecastTable(forecast.normal)]),
    ...(forecast.fault === null ? [] : ['### Forecast under a fault', forecastTable(forecast.fault)]),
  ];
}

function detectorTable(detectors: readonly DetectorFigures[]): string {
  return table(
    [
      'detector',
      'detected %',
      'without 3, 9, 15 %',
      'delay min',
      'missed runs',
      'false alarms %',
      'pre-fault alarms %',
      'false episodes a day',
    ],
    detectors.map((each) => [
      each.detector,
      percent(each.detectionRate),
      percent(each.detectionRateWithoutHard),
      minutes(each.delayRows),
      String(each.missedRuns),
      percent(each.falseAlarmRate),
      percent(each.preFaultAlarmRate),
      each.falseEpisodesPerDay === null ? '–' : each.falseEpisodesPerDay.toFixed(3),
    ]),
  );
}

function faultTable(detectors: readonly DetectorFigures[]): string {
  const faults = detectors[0]?.byFault.map(({ idv }) => idv) ?? [];
  return table(
    [
      'fault',
      ...detectors.map(({ detector }) => `${detector} %`),
      ...detectors.map(({ detector }) => `${detector} min`),
    ],
    faults.map((idv, i) => [
      String(idv),
      ...detectors.map(({ byFault }) => percent(byFault[i].detectionRate)),
      ...detectors.map(({ byFault }) => minutes(byFault[i].delayRows)),
    ]),
  );
}

function diagnosisTable({ alone, gated }: ModelEvaluation['diagnosis']): string {
  const row = (name: string, figures: DiagnosisFigures): string[] => [
    name,
    percent(figures.macroRecall),
    percent(figures.truePositiveRate),
    percent(figures.falsePositiveRate, 3),
    percent(figures.correctDiagnosisRate),
    figures.calibrationError.toFixed(3),
  ];
  return table(
    ['', 'macro recall %', 'true positives %', 'false positives %', 'correct type %', 'calibration error'],
    [row('network alone', alone), row('gated by the detector', gated)],
  );
}

function recallTable({ recall }: DiagnosisFigures): string {
  const present = recall.flatMap((share, k) => (share === null ? [] : [{ k, share }]));
  return table(
    ['class', ...present.map(({ k }) => (k === 0 ? 'normal' : String(k)))],
    [['recall %', ...present.map(({ share }) => percent(share))]],
  );
}

function forecastTable({ horizons }: ForecastFigures): string {
  return table(
    [
      'minutes',
      'LSTM σ',
      'ridge VAR σ',
      'DLinear σ',
      'persistence σ',
      'mean σ',
      'coverage %',
      'Winkler σ',
      'ridge VAR + ACI: coverage %',
      'Winkler σ',
    ],
    horizons.map(({ steps, rmse, coverage, winkler, ridgeVarIntervals }) => [
      String(steps * MINUTES_PER_ROW),
      ...[rmse.lstm, rmse.ridge_var, rmse.dlinear, rmse.persistence, rmse.mean].map((value) =>
        value.toFixed(3),
      ),
      percent(coverage),
      winkler.toFixed(2),
      percent(ridgeVarIntervals.coverage),
      ridgeVarIntervals.winkler.toFixed(2),
    ]),
  );
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map((_, i) => (i === 0 ? '---' : '---:'))), ...rows.map(line)].join('\n');
}

function percent(share: number | null, digits = 1): string {
  return share === null || Number.isNaN(share) ? '–' : (100 * share).toFixed(digits);
}

function minutes(rows: number | null): string {
  return rows === null ? '–' : (rows * MINUTES_PER_ROW).toFixed(0);
}

function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
