import type { StreamingDetector } from '../detectors/detector.js';
import { type LabelledRun, labelOf } from '../window/labelled-run.js';

/** Per row, the statistic divided by the limit, 0 while the detector is not ready; the run starts from rest. */
export function alarmRatios(detector: StreamingDetector, values: Float64Array): Float64Array {
  const columns = detector.tagCodes.length;
  const ratios = new Float64Array(values.length / columns);
  detector.reset();
  for (let row = 0; row < ratios.length; row++) {
    const reading = detector.step(values.subarray(row * columns, (row + 1) * columns));
    ratios[row] = reading.ready ? reading.statistic / reading.limit : 0;
  }
  detector.reset();
  return ratios;
}

/** Per row, whether the detector is above its limit; the run starts from rest. */
export function detectorAlarms(detector: StreamingDetector, values: Float64Array): boolean[] {
  return Array.from(alarmRatios(detector, values), (ratio) => ratio > 1);
}

/** So many alarms in a row count as a detection. */
const CONSECUTIVE = 6;

/** Row of the first of six alarms in a row; undefined when there is none. */
export function firstDetection(alarms: readonly boolean[]): number | undefined {
  let inARow = 0;
  for (let row = 0; row < alarms.length; row++) {
    inARow = alarms[row] ? inARow + 1 : 0;
    if (inARow === CONSECUTIVE) return row - CONSECUTIVE + 1;
  }
  return undefined;
}

export interface DetectionRates {
  /** Share of normal rows in alarm. */
  readonly falseAlarmRate: number;
  /** Mean over the disturbances present of the share of their rows in alarm. */
  readonly detectionRate: number;
  readonly detectionRateByFault: Readonly<Record<string, number>>;
}

/** Rates at the detector's own limit, over runs that set no limit. */
export function detectionRates(detector: StreamingDetector, runs: readonly LabelledRun[]): DetectionRates {
  const rows = new Map<number, { total: number; alarms: number }>();
  for (const run of runs) {
    detectorAlarms(detector, run.values).forEach((alarm, row) => {
      const label = labelOf(run, row);
      const counts = rows.get(label) ?? { total: 0, alarms: 0 };
      counts.total++;
      counts.alarms += alarm ? 1 : 0;
      rows.set(label, counts);
    });
  }
  const share = (label: number): number => {
    const counts = rows.get(label);
    return counts === undefined ? NaN : counts.alarms / counts.total;
  };
  const faults = [...rows.keys()].filter((label) => label > 0).sort((a, b) => a - b);
  const byFault = faults.map((fault) => [String(fault), share(fault)] as const);
  return {
    falseAlarmRate: share(0),
    detectionRate: byFault.reduce((sum, [, rate]) => sum + rate, 0) / byFault.length,
    detectionRateByFault: Object.fromEntries(byFault),
  };
}
