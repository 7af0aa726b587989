import { DIAGNOSIS_CLASSES } from './classes.js';
import type { DiagnosisCalibration, EvidenceLevel } from './model.js';
import { goldenSectionMinimum } from '../math/golden-section.js';
import { type LabelledRun, labelOf } from '../window/labelled-run.js';
import { quantile } from '../math/quantile.js';
import { fitTemperature } from './temperature-scaling.js';

/** A run that did not train, as detector and network see it. */
export interface CalibrationRun {
  readonly run: LabelledRun;
  /** Per row: the detector's statistic over its limit, and the samples in alarm during the last twelve hours. */
  readonly alarmRatios: Float64Array;
  readonly alarmRows: Int32Array;
  /** rows × 21 */
  readonly logits: Float32Array;
  /** Per row. */
  readonly strangeness: Float64Array;
}

/** Bounds of the evidence levels in samples in alarm: a quarter of an hour, half, one, two, four and twelve hours. */
const LEVEL_BOUNDS = [5, 10, 20, 40, 80, 240] as const;
/** A level with fewer rows is assessed like the next one. */
const LEAST_ROWS = 100;
/** Share of detected rows of known faults that may be called unknown at each level. */
const UNKNOWN_SHARE = 0.002;
/** Rows at the start of a run that say nothing yet. */
const UNASSESSED_ROWS = 20;
const BLUNTEST_GATE = 1;
const SHARPEST_GATE = 100;
const LEAST_RATIO = 1e-2;

/**
 * Temperature and limit of strangeness per age of the evidence, and the steepness of the gate.
 * @throws RangeError without rows in alarm
 */
export function fitDiagnosisCalibration(runs: readonly CalibrationRun[]): DiagnosisCalibration {
  const detected = runs.flatMap(detectedRows);
  if (detected.length === 0) throw new RangeError('no detected rows to calibrate the diagnosis on');
  const levels: EvidenceLevel[] = [];
  let above = 0;
  for (const bound of LEVEL_BOUNDS) {
    const last = bound === LEVEL_BOUNDS[LEVEL_BOUNDS.length - 1];
    const rows = detected.filter(({ alarmRows }) => alarmRows > above && (last || alarmRows <= bound));
    if (rows.length < LEAST_ROWS && !last) continue;
    levels.push(fitLevel(bound, rows.length > 0 ? rows : detected));
    above = bound;
  }
  return { gateSteepness: fitGateSteepness(runs), levels };
}

interface DetectedRow {
  readonly alarmRows: number;
  readonly label: number;
  /** Without the class of normal operation, which an alarm rules out. */
  readonly logits: Float32Array;
  readonly strangeness: number;
}

function detectedRows({ run, alarmRatios, alarmRows, logits, strangeness }: CalibrationRun): DetectedRow[] {
  const rows: DetectedRow[] = [];
  for (let row = UNASSESSED_ROWS; row < alarmRatios.length; row++) {
    const label = labelOf(run, row);
    if (label === 0 || !(alarmRatios[row] > 1)) continue;
    const own = logits.slice(row * DIAGNOSIS_CLASSES, (row + 1) * DIAGNOSIS_CLASSES);
    own[0] = -Infinity;
    rows.push({ alarmRows: alarmRows[row], label, logits: own, strangeness: strangeness[row] });
  }
  return rows;
}

function fitLevel(alarmRows: number, rows: readonly DetectedRow[]): EvidenceLevel {
  const strangeness = Float64Array.from(rows, (row) => row.strangeness);
  return {
    alarmRows,
    temperature: fitTemperature(
      rows.map((row) => row.logits),
      rows.map((row) => row.label),
    ),
    unknownLimit: quantile(strangeness, 1 - UNKNOWN_SHARE),
  };
}

/** Steepness k that minimises the cross-entropy of xᵏ / (1 + xᵏ) with x = statistic / limit, faulty against normal rows. */
function fitGateSteepness(runs: readonly CalibrationRun[]): number {
  const samples = runs.flatMap(({ run, alarmRatios }) =>
    Array.from(alarmRatios, (ratio, row) => ({
      logRatio: Math.log(Math.max(ratio, LEAST_RATIO)),
      faulty: labelOf(run, row) > 0,
    })).slice(UNASSESSED_ROWS),
  );
  const cost = (logSteepness: number): number => {
    const steepness = Math.exp(logSteepness);
    return samples.reduce((sum, { logRatio, faulty }) => {
      return sum + softplus((faulty ? -1 : 1) * steepness * logRatio);
    }, 0);
  };
  return Math.exp(goldenSectionMinimum(cost, Math.log(BLUNTEST_GATE), Math.log(SHARPEST_GATE)));
}

/** ln(1 + eˣ) without overflow. */
function softplus(x: number): number {
  return Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
}
