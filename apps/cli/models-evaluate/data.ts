import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { RunToAssess } from '#ml';
import { DISTURBANCES, openPlantFile } from '#tep';

const COLUMNS = 52;
/** In the public testing files the disturbance acts from the row after this one on; in the training files in every row. */
const TEST_ONSET_ROW = 160;
const FILE = /^d(\d{2})(_te)?\.dat$/;

/** Runs of a directory in the layout of the public files. */
export interface RecordedRuns {
  /** dNN_te.dat */
  readonly test: readonly RunToAssess[];
  /** dNN.dat, among them d00, normal operation, when it is there. */
  readonly training: readonly RunToAssess[];
}

/** All files dNN.dat and dNN_te.dat of a directory, whichever disturbances they are of; none when it does not exist. */
export async function recordedRuns(directory: string): Promise<RecordedRuns> {
  const test: RunToAssess[] = [];
  const training: RunToAssess[] = [];
  const seen = new Set<string>();
  for (const file of await filesOf(directory)) {
    const [, number, suffix] = FILE.exec(file) ?? [];
    const idv = Number(number);
    if (idv !== 0 && !DISTURBANCES.some((disturbance) => disturbance.idv === idv)) continue;
    const values = await samplesOf(join(directory, file));
    const rows = values.length / COLUMNS;
    const onsetRow = idv === 0 ? rows : suffix ? TEST_ONSET_ROW : 0;
    // Two testing files were made with one seed: their rows before the onset are the same.
    const start = values.subarray(0, TEST_ONSET_ROW * COLUMNS).join();
    const repeatedNormal = onsetRow > 0 && seen.has(start);
    seen.add(start);
    const run = { name: file.replace('.dat', ''), idv, seed: null, values, onsetRow, repeatedNormal };
    (suffix ? test : training).push(run);
  }
  return { test, training };
}

async function filesOf(directory: string): Promise<string[]> {
  try {
    return (await readdir(directory)).filter((file) => FILE.test(file)).sort();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
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
