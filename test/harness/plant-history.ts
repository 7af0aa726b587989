import { PlantRegistration } from '#equipment';
import { RECORD_LENGTH, simulateRun, type SimulatedRunOptions } from '#tep';
import { type SampleRecord, SampleWriter } from '#timeseries';
import type { FeatureApp } from './feature-app.js';

const SAMPLING_INTERVAL_MS = 180_000;
const RECORDS_PER_WRITE = 60;

/** Records of a simulated run, 3 min apart, the first at `startMs`. */
export function simulatedRecords(startMs: number, options: SimulatedRunOptions): SampleRecord[] {
  const { values, rows } = simulateRun(options);
  return Array.from({ length: rows }, (_, row) => ({
    ts: startMs + row * SAMPLING_INTERVAL_MS,
    values: values.slice(row * RECORD_LENGTH, (row + 1) * RECORD_LENGTH),
  }));
}

/** Registers the plant and writes records as the live plant would. */
export async function writePlantHistory(app: FeatureApp, records: readonly SampleRecord[]): Promise<void> {
  await app.get(PlantRegistration).register();
  const writer = app.get(SampleWriter);
  for (let start = 0; start < records.length; start += RECORDS_PER_WRITE) {
    await writer.writeRecords(records.slice(start, start + RECORDS_PER_WRITE));
  }
}
