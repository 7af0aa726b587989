import { isoTime } from '#platform';
import { RECORD_LENGTH, simulateRun, type SimulatedRunOptions, TAGS } from '#tep';
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

/** The body of `POST /timeseries` that brings these records. */
export function ingestBody(records: readonly SampleRecord[]): string {
  const valuesOf = (values: SampleRecord['values']): Record<string, number> =>
    Object.fromEntries(Array.from({ length: RECORD_LENGTH }, (_, tag) => [TAGS[tag].code, values[tag]]));
  return JSON.stringify({
    records: records.map(({ ts, values }) => ({ ts: isoTime(ts), values: valuesOf(values) })),
  });
}
