import type { DiagnosisSummary, ForecastSummary, Interval, ModelEvaluation, ReliabilityBin } from '#ml';
import { intervalText, markdownTable, meanText } from './markdown-table.js';

const MINUTES_PER_ROW = 3;
const PERCENT = 100;
const COVERAGE = 'coverage';

/** Figures of the diagnosis alone and gated by the detector, recall, confusion and reliability. */
export function diagnosisTables(
  { alone, gated }: ModelEvaluation['diagnosis'],
  unknownAuroc: Interval | null,
): string[] {
  if (alone === null || gated === null) return ['No run of a known class.'];
  return [
    figureTable([
      ['network alone', alone],
      ['gated by the detector', gated],
    ]),
    ...(unknownAuroc
      ? [
          `Unknown against known disturbances, AUROC of strangeness over samples in alarm: ${intervalText(unknownAuroc, 3)}.`,
        ]
      : []),
    'Recall of each class, gated, %:',
    recallTable(gated),
    'Confusion, gated, % of the samples of each class (row: truth, column: answer, 0: normal; empty below 0.1):',
    confusionTable(gated),
    'Reliability of the network alone:',
    reliabilityTable(alone.reliability),
  ];
}

function figureTable(rows: readonly (readonly [string, DiagnosisSummary])[]): string {
  return markdownTable(
    [
      '',
      'macro recall %',
      'without 3, 9, 15',
      'true positives %',
      'false positives %',
      'correct type, CDR %',
      'calibration error, ECE',
    ],
    rows.map(([name, each]) => [
      name,
      intervalText(each.macroRecall, 1, PERCENT),
      intervalText(each.macroRecallWithoutHard, 1, PERCENT),
      intervalText(each.truePositiveRate, 1, PERCENT),
      intervalText(each.falsePositiveRate, 3, PERCENT),
      intervalText(each.correctDiagnosisRate, 1, PERCENT),
      intervalText(each.calibrationError, 3),
    ]),
  );
}

function recallTable({ recall }: DiagnosisSummary): string {
  const present = recall.flatMap((interval, k) => (interval === null ? [] : [{ k, interval }]));
  return markdownTable(
    ['class', 'recall'],
    present.map(({ k, interval }) => [k === 0 ? 'normal' : String(k), intervalText(interval, 1, PERCENT)]),
  );
}

function confusionTable({ confusion }: DiagnosisSummary): string {
  const rows = confusion.flatMap((counts, truth) => {
    const total = counts.reduce((sum, count) => sum + count, 0);
    if (total === 0) return [];
    const shares = counts.map((count) => (PERCENT * count) / total);
    return [[`**${truth}**`, ...shares.map((share) => (share < 0.1 ? '' : share.toFixed(1)))]];
  });
  return markdownTable(
    ['', ...confusion[0].map((_, answer) => (answer === confusion.length ? 'unknown' : String(answer)))],
    rows,
  );
}

function reliabilityTable(bins: readonly ReliabilityBin[]): string {
  return markdownTable(
    ['confidence', 'right', 'samples'],
    bins.map(({ confidence, accuracy, rows }) => [confidence.toFixed(3), accuracy.toFixed(3), String(rows)]),
  );
}

/** A table of normal operation and one of faults; a column for every figure that was measured. */
export function forecastTables({ normal, fault }: ModelEvaluation['forecast']): string[] {
  return [
    ...(normal ? ['Normal operation:', forecastTable(normal)] : []),
    ...(fault ? ['Under a fault:', forecastTable(fault)] : []),
    'RMSE and Winkler scores in standard deviations of normal operation, mean over continuous measurements and valves.',
  ];
}

function forecastTable({ horizons, runs, forecasts }: ForecastSummary): string {
  const names = Object.keys(horizons[0]?.figures ?? {});
  return markdownTable(
    [`minutes (${runs} runs, ${forecasts} forecasts)`, ...names.map(columnName)],
    horizons.map(({ steps, figures }) => [
      String(steps * MINUTES_PER_ROW),
      ...names.map((name, i) => {
        const [digits, factor] = isCoverage(name) ? [1, PERCENT] : [3, 1];
        return i === 0 || isCoverage(name)
          ? intervalText(figures[name], digits, factor)
          : meanText(figures[name], digits, factor);
      }),
    ]),
  );
}

function columnName(name: string): string {
  const words = name
    .replaceAll('_', ' ')
    .replace(/^rmse\.(.*)$/, 'RMSE $1')
    .replace(/^ridgeVarIntervals\.(.*)$/, 'ridge var + ACI: $1');
  return isCoverage(name) ? `${words} %` : words;
}

function isCoverage(name: string): boolean {
  return name.toLowerCase().includes(COVERAGE);
}
