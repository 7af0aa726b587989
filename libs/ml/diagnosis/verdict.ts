import { DIAGNOSIS_CLASSES, UNKNOWN } from './classes.js';
import { CONTEXT_ROWS } from '../window/prediction-window.js';

/** What the detector knows at one instant. */
export interface AlarmEvidence {
  /** Statistic of the detector divided by its limit; above 1 is an alarm. */
  readonly alarmRatio: number;
  /** Samples in alarm during the last twelve hours: how settled the evidence is. */
  readonly alarmRows: number;
}

/** Probabilities of what the plant is under; they add up to 1. */
export interface DiagnosisVerdict {
  readonly normal: number;
  /** A disturbance that is none of those learnt. */
  readonly unknown: number;
  /** Index 1 … 20: the disturbances; index 0 is 0. */
  readonly disturbances: Float64Array;
}

/** How sharply strangeness turns into certainty at its limit: with x = strangeness / limit, x⁸ / (1 + x⁸). */
const STRANGENESS_STEEPNESS = 8;

/**
 * The detector decides how far a fault is believed at all; the network divides that belief among the disturbances, after the
 * share that belongs to something never learnt.
 * @param probabilities of the classes 0 … 20 as the network has them
 * @param strangeness relative to its limit
 * @param gateSteepness see {@link exceedance}
 */
export function diagnosisVerdict(
  probabilities: ArrayLike<number>,
  strangeness: number,
  alarmRatio: number,
  gateSteepness: number,
): DiagnosisVerdict {
  const fault = exceedance(alarmRatio, gateSteepness);
  const unknown = fault * exceedance(strangeness, STRANGENESS_STEEPNESS);
  const disturbances = Float64Array.from(probabilities);
  disturbances[0] = 0;
  const known = disturbances.reduce((sum, probability) => sum + probability, 0);
  for (let k = 1; k < DIAGNOSIS_CLASSES; k++) {
    const share = known > 0 ? disturbances[k] / known : 1 / (DIAGNOSIS_CLASSES - 1);
    disturbances[k] = (fault - unknown) * share;
  }
  return { normal: 1 - fault, unknown, disturbances };
}

/** x^steepness / (1 + x^steepness): above 1/2 when the ratio is above 1. */
export function exceedance(ratio: number, steepness: number): number {
  const power = ratio ** steepness;
  return Number.isFinite(power) ? power / (1 + power) : 1;
}

/** 0 without an alarm; in alarm the likeliest disturbance, or {@link UNKNOWN}. */
export function answerOf({ unknown, disturbances }: DiagnosisVerdict, alarm: boolean): number {
  if (!alarm) return 0;
  const best = likeliestDisturbance(disturbances);
  return unknown > disturbances[best] ? UNKNOWN : best;
}

/** 1 … 20 */
export function likeliestDisturbance(probabilities: ArrayLike<number>): number {
  let best = 1;
  for (let k = 2; k < DIAGNOSIS_CLASSES; k++) if (probabilities[k] > probabilities[best]) best = k;
  return best;
}

/** Samples in alarm among each row and those before it, 240 in all at most. */
export function alarmRowsOf(alarms: readonly boolean[]): Int32Array {
  const counts = new Int32Array(alarms.length);
  let inAlarm = 0;
  alarms.forEach((alarm, row) => {
    inAlarm += alarm ? 1 : 0;
    if (row >= CONTEXT_ROWS && alarms[row - CONTEXT_ROWS]) inAlarm--;
    counts[row] = inAlarm;
  });
  return counts;
}
