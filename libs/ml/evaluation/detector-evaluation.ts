import { bootstrapStatistic, type Interval } from '../math/bootstrap.js';
import type { DetectionAssessment } from './detection-assessment.js';

/** What is known of a assessed run besides what the models made of it. */
export interface RunIdentity {
  readonly name: string;
  /** Disturbance, 0 for none. */
  readonly idv: number;
  /** Null for a recorded run. */
  readonly seed: number | null;
}

/** A run and what one detector made of it. */
export interface AssessedDetection extends DetectionAssessment, RunIdentity {}

/** Means over faults, with and without those that hardly show in the measurements. */
export interface FaultMeans {
  readonly all: Interval | null;
  readonly without_3_9: Interval | null;
  readonly without_3_9_15: Interval | null;
}

const LEFT_OUT: Readonly<Record<keyof FaultMeans, readonly number[]>> = {
  all: [],
  without_3_9: [3, 9],
  without_3_9_15: [3, 9, 15],
};

export interface FaultDetection {
  readonly idv: number;
  readonly runs: number;
  /** Share of the rows under the fault that are in alarm. */
  readonly detectionRate: Interval | null;
  /** The run with the smallest rate. */
  readonly worst: RunIdentity & { readonly detectionRate: number };
  /**
   * Samples from the onset to the first of six alarms in a row, 1 for the first sample under the fault; over the runs that
   * were detected, null when none was.
   */
  readonly delaySamples: Interval | null;
  readonly missedRuns: number;
  readonly areaUnderPr: Interval | null;
  readonly volumeUnderPr: Interval | null;
  /** Share of the rows in alarm whose three most contributing tags hold an expected one; of the episodes likewise. */
  readonly topHitRate: Interval | null;
  readonly episodeTopHitRate: Interval | null;
}

export interface DetectorFigures {
  readonly detector: string;
  readonly detectionRate: FaultMeans;
  readonly areaUnderPr: FaultMeans;
  readonly volumeUnderPr: FaultMeans;
  readonly topHitRate: FaultMeans;
  readonly episodeTopHitRate: FaultMeans;
  readonly byFault: readonly FaultDetection[];
  /** Mean over the faults that were detected. */
  readonly delaySamples: Interval | null;
  readonly missedRuns: number;
  /** Of runs without a fault; null when there are none. */
  readonly falseAlarmRate: Interval | null;
  /** Of the rows before the onset in the other runs. */
  readonly preFaultAlarmRate: Interval | null;
  /** Alarm episodes on normal rows, per 24 h of them. */
  readonly falseEpisodesPerDay: Interval | null;
  readonly normalDays: number;
  readonly falseEpisodes: number;
}

const ROWS_PER_DAY = 480;

/** @param runs what the detector made of each run of a set */
export function summariseDetection(detector: string, runs: readonly AssessedDetection[]): DetectorFigures {
  const faults = byFault(runs.filter(({ idv }) => idv > 0));
  const normal = runs.filter(({ idv }) => idv === 0);
  const normalRows = sumOf(runs, (run) => run.normalRows);
  return {
    detector,
    detectionRate: faultMeans(faults, rateOf),
    areaUnderPr: faultMeans(faults, areaOf),
    volumeUnderPr: faultMeans(faults, volumeOf),
    topHitRate: faultMeans(faults, hitRateOf),
    episodeTopHitRate: faultMeans(faults, episodeHitRateOf),
    byFault: faults.map(faultDetection),
    delaySamples: bootstrapStatistic(faults, (strata) => meanOfMeans(strata, delayOf)),
    missedRuns: sumOf(faults.flat(), missed),
    falseAlarmRate: ratioOver([normal], falseAlarmsOf, normalRowsOf),
    preFaultAlarmRate: ratioOver(faults, falseAlarmsOf, normalRowsOf),
    falseEpisodesPerDay: ratioOver(
      [normal, ...faults],
      (run) => ROWS_PER_DAY * run.falseEpisodes,
      normalRowsOf,
    ),
    normalDays: normalRows / ROWS_PER_DAY,
    falseEpisodes: sumOf(runs, (run) => run.falseEpisodes),
  };
}

type Figure = (run: AssessedDetection) => number;

const rateOf: Figure = (run) => run.alarmRows / run.faultRows;
const areaOf: Figure = (run) => run.areaUnderPr ?? NaN;
const volumeOf: Figure = (run) => run.volumeUnderPr ?? NaN;
const delayOf: Figure = (run) => run.delaySamples ?? NaN;
const hitRateOf: Figure = (run) => run.hitRows / run.alarmRows;
const episodeHitRateOf: Figure = (run) => run.hitEpisodes / run.episodes;
const falseAlarmsOf: Figure = (run) => run.falseAlarmRows;
const normalRowsOf: Figure = (run) => run.normalRows;
const missed: Figure = (run) => (run.delaySamples === null ? 1 : 0);

function byFault(runs: readonly AssessedDetection[]): AssessedDetection[][] {
  const faults = [...new Set(runs.map(({ idv }) => idv))].sort((a, b) => a - b);
  return faults.map((idv) => runs.filter((run) => run.idv === idv));
}

function faultDetection(runs: readonly AssessedDetection[]): FaultDetection {
  const over = (figure: Figure): Interval | null =>
    bootstrapStatistic([runs], (strata) => meanOfMeans(strata, figure));
  const [{ name, idv, seed, ...worst }] = [...runs].sort((a, b) => rateOf(a) - rateOf(b));
  return {
    idv,
    runs: runs.length,
    detectionRate: over(rateOf),
    worst: { name, idv, seed, detectionRate: worst.alarmRows / worst.faultRows },
    delaySamples: over(delayOf),
    missedRuns: sumOf(runs, missed),
    areaUnderPr: over(areaOf),
    volumeUnderPr: over(volumeOf),
    topHitRate: over(hitRateOf),
    episodeTopHitRate: over(episodeHitRateOf),
  };
}

function faultMeans(faults: readonly (readonly AssessedDetection[])[], figure: Figure): FaultMeans {
  const without = (leftOut: readonly number[]): Interval | null =>
    bootstrapStatistic(
      faults.filter(([{ idv }]) => !leftOut.includes(idv)),
      (strata) => meanOfMeans(strata, figure),
    );
  return {
    all: without(LEFT_OUT.all),
    without_3_9: without(LEFT_OUT.without_3_9),
    without_3_9_15: without(LEFT_OUT.without_3_9_15),
  };
}

/** Mean over the strata of the mean over their runs; runs and strata in which the figure is NaN are left out. */
function meanOfMeans(strata: readonly (readonly AssessedDetection[])[], figure: Figure): number {
  let total = 0;
  let counted = 0;
  for (const runs of strata) {
    const mean = meanOver(runs, figure);
    if (Number.isNaN(mean)) continue;
    total += mean;
    counted++;
  }
  return total / counted;
}

function meanOver(runs: readonly AssessedDetection[], figure: Figure): number {
  let total = 0;
  let counted = 0;
  for (const run of runs) {
    const value = figure(run);
    if (Number.isNaN(value)) continue;
    total += value;
    counted++;
  }
  return total / counted;
}

function ratioOver(
  strata: readonly (readonly AssessedDetection[])[],
  numerator: Figure,
  denominator: Figure,
): Interval | null {
  const present = strata.filter((runs) => runs.length > 0);
  return bootstrapStatistic(present, (drawn) => {
    const runs = drawn.flat();
    return sumOf(runs, numerator) / sumOf(runs, denominator);
  });
}

function sumOf(runs: readonly AssessedDetection[], figure: Figure): number {
  return runs.reduce((sum, run) => sum + figure(run), 0);
}
