import { chanceOfTopHit, type DetectorFigures, type FaultDetection, type Interval } from '#ml';
import { DETECTOR_TAGS, DISTURBANCES } from '#tep';
import { intervalText, markdownTable, meanText, NOT_KNOWN } from './markdown-table.js';

const MINUTES_PER_SAMPLE = 3;
const PERCENT = 100;
const DAYS_PER_MONTH = 30;
/** Faults that hardly show; stated apart. */
const HARD_FAULTS = [3, 9, 15];

/** Rates, false alarms and delays, quality of the ranking: a row each detector. */
export function detectorTables(detectors: readonly DetectorFigures[]): string[] {
  return [rateTable(detectors), falseAlarmTable(detectors), rankingTable(detectors)];
}

function rateTable(detectors: readonly DetectorFigures[]): string {
  return markdownTable(
    [
      'detector',
      'detected %',
      'without 3, 9',
      'without 3, 9, 15',
      ...HARD_FAULTS.map((idv) => `fault ${idv}`),
    ],
    detectors.map(({ detector, detectionRate, byFault }) => [
      detector,
      intervalText(detectionRate.all, 1, PERCENT),
      intervalText(detectionRate.without_3_9, 1, PERCENT),
      intervalText(detectionRate.without_3_9_15, 1, PERCENT),
      ...HARD_FAULTS.map((hard) =>
        intervalText(byFault.find(({ idv }) => idv === hard)?.detectionRate, 1, PERCENT),
      ),
    ]),
  );
}

function falseAlarmTable(detectors: readonly DetectorFigures[]): string {
  return markdownTable(
    [
      'detector',
      'false alarms, normal runs %',
      'before the onset %',
      'false episodes a day',
      'in 30 days',
      'counted',
      'delay, samples',
      'delay, min',
      'missed runs',
    ],
    detectors.map((each) => [
      each.detector,
      intervalText(each.falseAlarmRate, 2, PERCENT),
      intervalText(each.preFaultAlarmRate, 2, PERCENT),
      intervalText(each.falseEpisodesPerDay, 3),
      intervalText(each.falseEpisodesPerDay, 1, DAYS_PER_MONTH),
      `${each.falseEpisodes} in ${each.normalDays.toFixed(1)} d`,
      intervalText(each.delaySamples, 1),
      meanText(each.delaySamples, 0, MINUTES_PER_SAMPLE),
      String(each.missedRuns),
    ]),
  );
}

function rankingTable(detectors: readonly DetectorFigures[]): string {
  return markdownTable(
    [
      'detector',
      'AUC-PR',
      'without 3, 9, 15',
      'VUS-PR',
      'without 3, 9, 15',
      'hits, samples %',
      'hits, episodes %',
    ],
    detectors.map((each) => [
      each.detector,
      intervalText(each.areaUnderPr.all, 4),
      meanText(each.areaUnderPr.without_3_9_15, 4),
      intervalText(each.volumeUnderPr.all, 4),
      meanText(each.volumeUnderPr.without_3_9_15, 4),
      intervalText(each.topHitRate.all, 1, PERCENT),
      intervalText(each.episodeTopHitRate.all, 1, PERCENT),
    ]),
  );
}

/** Everything about one detector, a row each fault, and their means. */
export function detectionByFault(figures: DetectorFigures): string {
  const { byFault } = figures;
  const chances = byFault.map(({ idv }) => chanceOf(idv));
  const mean = (
    name: string,
    means: (key: 'detectionRate' | 'topHitRate' | 'episodeTopHitRate') => Interval | null,
  ) => [
    name,
    intervalText(means('detectionRate'), 1, PERCENT),
    ...new Array<string>(6).fill(''),
    intervalText(means('topHitRate'), 1, PERCENT),
    intervalText(means('episodeTopHitRate'), 1, PERCENT),
    '',
  ];
  return markdownTable(
    [
      'fault',
      'detected %',
      'worst run %',
      'delay, samples',
      'delay, min',
      'missed',
      'AUC-PR',
      'VUS-PR',
      'hits, samples %',
      'hits, episodes %',
      'by chance %',
    ],
    [
      ...byFault.map((each, i) => faultRow(each, chances[i])),
      mean('mean', (key) => figures[key].all),
      mean('mean without 3, 9', (key) => figures[key].without_3_9),
      mean('mean without 3, 9, 15', (key) => figures[key].without_3_9_15),
    ],
  );
}

function faultRow(each: FaultDetection, chance: number): string[] {
  return [
    String(each.idv),
    intervalText(each.detectionRate, 1, PERCENT),
    each.runs > 1
      ? `${(PERCENT * each.worst.detectionRate).toFixed(1)} (seed ${each.worst.seed ?? NOT_KNOWN})`
      : '',
    intervalText(each.delaySamples, 1),
    meanText(each.delaySamples, 0, MINUTES_PER_SAMPLE),
    `${each.missedRuns} of ${each.runs}`,
    meanText(each.areaUnderPr, 4),
    meanText(each.volumeUnderPr, 4),
    meanText(each.topHitRate, 1, PERCENT),
    meanText(each.episodeTopHitRate, 1, PERCENT),
    (PERCENT * chance).toFixed(0),
  ];
}

function chanceOf(idv: number): number {
  const expected = DISTURBANCES.find((each) => each.idv === idv)?.expectedTags ?? [];
  return chanceOfTopHit(DETECTOR_TAGS.length, expected.length);
}

/** Detection rates and delays of all detectors, a row each fault. */
export function detectorsByFault(detectors: readonly DetectorFigures[]): string[] {
  const faults = detectors[0]?.byFault.map(({ idv }) => idv) ?? [];
  const table = (figure: (each: FaultDetection) => string): string =>
    markdownTable(
      ['fault', ...detectors.map(({ detector }) => detector)],
      faults.map((idv, i) => [String(idv), ...detectors.map(({ byFault }) => figure(byFault[i]))]),
    );
  return [
    'Detection rate, %:',
    table(({ detectionRate }) => meanText(detectionRate, 1, PERCENT)),
    'Delay, min, and missed runs:',
    table(
      ({ delaySamples, missedRuns }) =>
        meanText(delaySamples, 0, MINUTES_PER_SAMPLE) + (missedRuns > 0 ? ` (${missedRuns} missed)` : ''),
    ),
  ];
}
