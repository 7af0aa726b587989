import { RECORD_LENGTH, simulateRun, type SimulatedRunOptions } from '#tep';
import type { SampleRecord } from '#timeseries';

const INTERVAL_MS = 180_000;

/** A simulated run as the live plant would write it: one record of all tags every three minutes from `startMs` on. */
export function simulatedRecords(startMs: number, run: SimulatedRunOptions): SampleRecord[] {
  const { values, rows } = simulateRun(run);
  return Array.from({ length: rows }, (_, row) => ({
    ts: startMs + row * INTERVAL_MS,
    values: values.slice(row * RECORD_LENGTH, (row + 1) * RECORD_LENGTH),
  }));
}
