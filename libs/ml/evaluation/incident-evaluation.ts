import { DISTURBANCES, TAGS } from '#tep';
import type { StreamingDetector } from '../detectors/detector.js';
import { IncidentGrouping, type IncidentSample } from '../detectors/incident-grouping.js';
import { SAMPLING_INTERVAL_MS } from '../window/prediction-window.js';

export const INCIDENT_RUN_KINDS = ['normal', 'fault', 'pair', 'switched_off'] as const;
/**
 * `normal`: no fault. `fault`: one from a moment on, until the end or the shutdown. `pair`: one, then normal operation, then
 * another. `switched_off`: the same, but the first is merely switched off, and the plant left to recover.
 */
export type IncidentRunKind = (typeof INCIDENT_RUN_KINDS)[number];

/** What a run is for, apart from its samples. */
export interface IncidentRunIdentity {
  readonly kind: IncidentRunKind;
  /** Faults in it, in order of time. */
  readonly faults: readonly number[];
  /** Row from which each of them acts. */
  readonly onsetRows: readonly number[];
}

/** How many incidents a run made, for one hold time. */
export interface IncidentCount {
  readonly holdHours: number;
  /** Row in which each began. */
  readonly startRows: readonly number[];
  /** Row in which each was certain. */
  readonly detectedRows: readonly number[];
}

export interface IncidentAssessment extends IncidentRunIdentity {
  readonly rows: number;
  readonly counts: readonly IncidentCount[];
}

const HOUR_MS = 3_600_000;
/** Without any, what the product uses; the others show how much depends on it. */
export const INCIDENT_HOLD_HOURS = [0.5, 1, 2, 3, 4, 5, 6, 8];

/**
 * Groups the samples of a run into incidents, with several hold times. The detector starts from rest and is left at rest.
 * @param values row-major, one column for each tag of the detector; rows after a shutdown are left out by the caller
 */
export function assessIncidents(
  detector: StreamingDetector,
  values: Float64Array,
  identity: IncidentRunIdentity,
): IncidentAssessment {
  const { tagCodes } = detector;
  const limits = tagCodes.map((code) => TAGS.find((tag) => tag.code === code)?.alarmLimits);
  const rows = values.length / tagCodes.length;
  const assessed = INCIDENT_HOLD_HOURS.map((holdHours) => ({
    holdHours,
    grouping: new IncidentGrouping({ holdMs: holdHours * HOUR_MS }),
    startRows: [] as number[],
    detectedRows: [] as number[],
  }));
  detector.reset();
  for (let row = 0; row < rows; row++) {
    const sample = values.subarray(row * tagCodes.length, (row + 1) * tagCodes.length);
    const reading = detector.step(sample);
    const beyondLimit = tagCodes.filter((_, i) => {
      const { ll = null, hh = null } = limits[i] ?? {};
      return (ll !== null && sample[i] <= ll) || (hh !== null && sample[i] >= hh);
    });
    const seen: IncidentSample = {
      ts: row * SAMPLING_INTERVAL_MS,
      reading: reading.ready ? reading : undefined,
      tagCodes,
      beyondLimit,
      repeats: false,
    };
    for (const { grouping, startRows, detectedRows } of assessed) {
      const opened = grouping.step(seen).find(({ kind }) => kind === 'opened');
      if (!opened) continue;
      startRows.push(opened.incident.startedAt / SAMPLING_INTERVAL_MS);
      detectedRows.push(row);
    }
  }
  detector.reset();
  return { ...identity, rows, counts: assessed.map(({ grouping: _, ...count }) => count) };
}

/** Runs with as many incidents as they should have, of all of them. */
export interface IncidentShare {
  readonly runs: number;
  readonly right: number;
  /** Runs with fewer, and with more. */
  readonly fewer: number;
  readonly more: number;
}

export interface IncidentFaultFigures extends IncidentShare {
  readonly idv: number;
  /** From the onset to the moment an incident is certain, of the runs that have one. */
  readonly meanDelayHours: number | null;
}

/** Everything measured about the grouping into incidents, for one hold time. */
export interface IncidentFigures {
  readonly holdHours: number;
  /** Of normal operation and of what comes before the onset of faults. */
  readonly falseIncidents: number;
  readonly normalDays: number;
  readonly byFault: readonly IncidentFaultFigures[];
  /** Two faults with normal operation between, by whether one of them is hard to see. */
  readonly pairs: { readonly clear: IncidentShare; readonly hard: IncidentShare };
  readonly switchedOff: { readonly clear: IncidentShare; readonly hard: IncidentShare };
}

/** Faults that hardly show (3, 9, 15), that trip the plant (18) or that show late (21); stated apart. */
export const INCIDENT_HARD_FAULTS: readonly number[] = [3, 9, 15, 18, 21];
const ROWS_PER_DAY = 480;

/** Figures for each hold time, from the assessments of all runs. */
export function summariseIncidents(assessments: readonly IncidentAssessment[]): IncidentFigures[] {
  return INCIDENT_HOLD_HOURS.map((holdHours, at) => {
    const runs = assessments.map(({ counts, ...run }) => ({ ...run, ...counts[at] }));
    // a plant that trips before the second fault has no normal operation between
    const ofKind = (kind: IncidentRunKind) =>
      runs.filter((run) => run.kind === kind && run.onsetRows.every((row) => row < run.rows));
    const alone = [...ofKind('normal'), ...ofKind('fault')];
    const undisturbed = (run: (typeof runs)[number]): number => run.onsetRows[0] ?? run.rows;
    const pairsOf = (kind: IncidentRunKind) => ({
      clear: shareOf(ofKind(kind).filter((run) => !isHard(run))),
      hard: shareOf(ofKind(kind).filter(isHard)),
    });
    return {
      holdHours,
      falseIncidents: sum(alone.map((run) => run.startRows.filter((row) => row < undisturbed(run)).length)),
      normalDays: sum(alone.map(undisturbed)) / ROWS_PER_DAY,
      byFault: DISTURBANCES.flatMap(({ idv }) => {
        const own = ofKind('fault').filter(({ faults }) => faults[0] === idv);
        return own.length === 0 ? [] : [{ idv, ...shareOf(own), meanDelayHours: meanDelay(own) }];
      }),
      pairs: pairsOf('pair'),
      switchedOff: pairsOf('switched_off'),
    };
  });
}

function isHard({ faults }: IncidentRunIdentity): boolean {
  return faults.some((idv) => INCIDENT_HARD_FAULTS.includes(idv));
}

/** As many incidents as faults, each begun under its own. */
function shareOf(runs: readonly (IncidentRunIdentity & IncidentCount)[]): IncidentShare {
  const right = runs.filter(
    ({ startRows, onsetRows }) =>
      startRows.length === onsetRows.length &&
      startRows.every((row, i) => row >= onsetRows[i] && row < (onsetRows[i + 1] ?? Infinity)),
  ).length;
  const fewer = runs.filter(({ startRows, onsetRows }) => startRows.length < onsetRows.length).length;
  return { runs: runs.length, right, fewer, more: runs.length - right - fewer };
}

function meanDelay(runs: readonly (IncidentRunIdentity & IncidentCount)[]): number | null {
  const delays = runs.flatMap(({ detectedRows, onsetRows }) => {
    const detected = detectedRows.find((row) => row >= onsetRows[0]);
    return detected === undefined ? [] : [((detected - onsetRows[0]) * SAMPLING_INTERVAL_MS) / HOUR_MS];
  });
  return delays.length === 0 ? null : sum(delays) / delays.length;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, each) => total + each, 0);
}
