import { access } from 'node:fs/promises';
import { join } from 'node:path';
import type { LabelledRun } from '#ml';
import { DISTURBANCES, openPlantFile } from '#tep';

/** A run to judge models on, with a name to print. */
export interface JudgedRun extends LabelledRun {
  readonly name: string;
}

const COLUMNS = 52;
/** In the public testing files the disturbance acts from the row after this one on. */
const ONSET_ROW = 160;

/** The testing files d00_te.dat … d21_te.dat of a directory that are there. */
export async function braatzTestRuns(directory: string): Promise<JudgedRun[]> {
  const runs: JudgedRun[] = [];
  for (const idv of [0, ...DISTURBANCES.map((disturbance) => disturbance.idv)]) {
    const name = `d${String(idv).padStart(2, '0')}_te`;
    const path = join(directory, `${name}.dat`);
    if (!(await exists(path))) continue;
    const values = await samplesOf(path);
    const rows = values.length / COLUMNS;
    runs.push({ name, idv, values, onsetRow: idv === 0 ? rows : ONSET_ROW });
  }
  return runs;
}

async function samplesOf(path: string): Promise<Float64Array> {
  const file = await openPlantFile(path);
  const values: number[] = [];
  for await (const batch of file.batches) {
    if (batch.kind === 'samples')
      for (const sample of batch.samples) values.push(...sample.values.slice(0, COLUMNS));
  }
  return Float64Array.from(values);
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
