import { access } from 'node:fs/promises';
import { join } from 'node:path';
import type { Command } from 'commander';
import {
  BRAATZ_COLUMNS,
  BRAATZ_RUNS,
  compareWithBraatz,
  openPlantFile,
  reproduceBraatzFile,
  type BraatzComparison,
} from '#tep';

/** The simulator passes with at least these percentages in every file; it has 96.7 and 99.86 or more. */
const LEAST_EQUAL_PERCENT = 96;
const LEAST_NEAR_PERCENT = 99.8;

const HEADER = ['file', 'rows', 'equal %', 'within 2 units %', 'max deviation σ', 'seconds', ''];
const WIDTHS = [7, 5, 8, 17, 16, 8, 5];

/** Adds `plant:verify`: simulates the public Braatz files anew and compares them number by number. */
export function registerPlantVerify(program: Command): void {
  program
    .command('plant:verify')
    .description(
      'reproduce the public files d00…d10 and d00_te…d10_te row by row and show how near the simulator comes',
    )
    .requiredOption('--data <dir>', 'directory with the .dat files')
    .action(async ({ data }: { data: string }) => {
      if (!(await verifyDirectory(data))) process.exitCode = 1;
    });
}

async function verifyDirectory(directory: string): Promise<boolean> {
  let files = 0;
  let failures = 0;
  print(HEADER);
  for (const run of BRAATZ_RUNS) {
    const path = join(directory, `${run.name}.dat`);
    if (!(await exists(path))) continue;
    files++;
    const published = await readBraatzFile(path);
    const start = performance.now();
    const simulated = reproduceBraatzFile(run);
    const seconds = (performance.now() - start) / 1000;
    const comparison = compareWithBraatz(simulated, published);
    const passes =
      comparison.equalPercent >= LEAST_EQUAL_PERCENT && comparison.nearPercent >= LEAST_NEAR_PERCENT;
    if (!passes) failures++;
    print(row(run.name, comparison, seconds, passes));
  }
  if (files === 0)
    console.error(`No public files d00.dat … d10_te.dat in ${directory}; name their directory with --data`);
  else console.log(`${files - failures} of ${files} files reproduced`);
  return files > 0 && failures === 0;
}

/** All samples of a public file, rows × 52. */
async function readBraatzFile(path: string): Promise<Float64Array> {
  const file = await openPlantFile(path);
  const values: number[] = [];
  for await (const batch of file.batches) {
    if (batch.kind === 'samples') for (const sample of batch.samples) values.push(...sample.values);
  }
  return Float64Array.from(values);
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

function row(name: string, comparison: BraatzComparison, seconds: number, passes: boolean): string[] {
  return [
    name,
    String(comparison.count / BRAATZ_COLUMNS),
    comparison.equalPercent.toFixed(2),
    comparison.nearPercent.toFixed(3),
    comparison.maxDeviationSigmas.toFixed(2),
    seconds.toFixed(2),
    passes ? 'ok' : 'FAIL',
  ];
}

function print(cells: readonly string[]): void {
  console.log(
    cells.map((cell, i) => (i === 0 ? cell.padEnd(WIDTHS[i]) : cell.padStart(WIDTHS[i]))).join(' '),
  );
}
