import type { DetectorName, StreamingDetector } from './detector.js';
import { detectorAlarms } from './detector-alarms.js';
import type { LabelledRun } from './labelled-run.js';

/** So many alarms in a row count as a detection, and as one false episode on normal rows. */
const CONSECUTIVE = 6;
/** Faults that hardly show; stated apart from the mean. */
const HARD_FAULTS: readonly number[] = [3, 9, 15];
const ROWS_PER_DAY = 480;

export interface FaultDetection {
  readonly idv: number;
  readonly runs: number;
  /** Share of the rows under the fault that are in alarm. */
  readonly detectionRate: number;
  /** Rows from the onset to the first of six alarms in a row, mean over the runs that were detected; null when none was. */
  readonly delayRows: number | null;
  readonly missedRuns: number;
}

export interface DetectorFigures {
  readonly detector: DetectorName;
  /** Mean over the faults present, with and without the three that hardly show. */
  readonly detectionRate: number;
  readonly detectionRateWithoutHard: number;
  readonly byFault: readonly FaultDetection[];
  /** Mean over the faults that were detected, in rows. */
  readonly delayRows: number | null;
  readonly missedRuns: number;
  /** Of runs without a fault; null when there are none. */
  readonly falseAlarmRate: number | null;
  /** Of the rows before the onset in the other runs. */
  readonly preFaultAlarmRate: number | null;
  /** Six or more alarms in a row on normal rows, per 24 h of them. */
  readonly falseEpisodesPerDay: number | null;
}

/** Judges a detector at its own limit. */
export function evaluateDetector(detector: StreamingDetector, runs: readonly LabelledRun[]): DetectorFigures {
  const judged = runs.map((run) => ({ run, alarms: detectorAlarms(detector, run.values) }));
  const faults = [...new Set(runs.map((run) => run.idv))].filter((idv) => idv > 0).sort((a, b) => a - b);
  const byFault = faults.map((idv) =>
    faultDetection(
      idv,
      judged.filter(({ run }) => run.idv === idv),
    ),
  );
  const delays = byFault.flatMap(({ delayRows }) => (delayRows === null ? [] : [delayRows]));
  const normal = judged.map(({ run, alarms }) => ({ idv: run.idv, alarms: alarms.slice(0, run.onsetRow) }));
  const normalRows = normal.flatMap(({ alarms }) => alarms).length;
  const episodes = normal.reduce((sum, { alarms }) => sum + episodeCount(alarms), 0);
  return {
    detector: detector.name,
    detectionRate: average(byFault.map(({ detectionRate }) => detectionRate)) ?? NaN,
    detectionRateWithoutHard:
      average(
        byFault.filter(({ idv }) => !HARD_FAULTS.includes(idv)).map(({ detectionRate }) => detectionRate),
      ) ?? NaN,
    byFault,
    delayRows: average(delays),
    missedRuns: byFault.reduce((sum, { missedRuns }) => sum + missedRuns, 0),
    falseAlarmRate: share(normal.filter(({ idv }) => idv === 0).flatMap(({ alarms }) => alarms)),
    preFaultAlarmRate: share(normal.filter(({ idv }) => idv > 0).flatMap(({ alarms }) => alarms)),
    falseEpisodesPerDay: normalRows === 0 ? null : (episodes * ROWS_PER_DAY) / normalRows,
  };
}

function faultDetection(
  idv: number,
  judged: readonly { run: LabelledRun; alarms: boolean[] }[],
): FaultDetection {
  const under = judged.map(({ run, alarms }) => alarms.slice(run.onsetRow));
  const delays = under.map(firstDetection).filter((delay) => delay !== undefined);
  return {
    idv,
    runs: judged.length,
    detectionRate: share(under.flat()) ?? NaN,
    delayRows: average(delays),
    missedRuns: judged.length - delays.length,
  };
}

/** Row of the first of six alarms in a row; undefined when there is none. */
function firstDetection(alarms: readonly boolean[]): number | undefined {
  let inARow = 0;
  for (let row = 0; row < alarms.length; row++) {
    inARow = alarms[row] ? inARow + 1 : 0;
    if (inARow === CONSECUTIVE) return row - CONSECUTIVE + 1;
  }
  return undefined;
}

function episodeCount(alarms: readonly boolean[]): number {
  let inARow = 0;
  let episodes = 0;
  for (const alarm of alarms) {
    inARow = alarm ? inARow + 1 : 0;
    if (inARow === CONSECUTIVE) episodes++;
  }
  return episodes;
}

function share(alarms: readonly boolean[]): number | null {
  return alarms.length === 0 ? null : alarms.filter(Boolean).length / alarms.length;
}

function average(values: readonly number[]): number | null {
  return values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length;
}
