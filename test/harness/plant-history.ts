import { PlantRegistration } from '#equipment';
import { type SampleRecord, SampleWriter } from '#timeseries';
import type { FeatureApp } from './feature-app.js';

const RECORDS_PER_WRITE = 60;

/** Registers the plant and writes records as the live plant would. */
export async function writePlantHistory(app: FeatureApp, records: readonly SampleRecord[]): Promise<void> {
  await app.get(PlantRegistration).register();
  const writer = app.get(SampleWriter);
  for (let start = 0; start < records.length; start += RECORDS_PER_WRITE) {
    await writer.writeRecords(records.slice(start, start + RECORDS_PER_WRITE));
  }
}
