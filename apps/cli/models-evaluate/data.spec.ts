import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '#jest';
import { type SimulatedRunOptions, simulateRun } from '#tep';
import { recordedRuns } from './data.js';

const COLUMNS = 52;

/** Lines of 52 numbers, as the public files have them. */
function datFile(options: SimulatedRunOptions): string {
  const { values, rows, columns } = simulateRun(options);
  const lines = Array.from({ length: rows }, (_, row) =>
    Array.from(values.subarray(row * columns, row * columns + COLUMNS), (value) =>
      value.toExponential(4),
    ).join('  '),
  );
  return `${lines.join('\n')}\n`;
}

describe('the files of a directory in the public layout', () => {
  let directory: string;

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'braatz-'));
    const test = { hours: 9, faultOnsetHour: 8 };
    const files: Record<string, string> = {
      'd00_te.dat': datFile({ seed: 1, hours: 9 }),
      'd05_te.dat': datFile({ ...test, seed: 2, idv: 5 }),
      'd06_te.dat': datFile({ ...test, seed: 2, idv: 6 }),
      'd21_te.dat': datFile({ ...test, seed: 3, idv: 21 }),
      'd04.dat': datFile({ seed: 4, hours: 3, idv: 4, faultOnsetHour: 1 }),
      'd22_te.dat': datFile({ seed: 5, hours: 3 }),
      'notes.txt': 'nothing',
    };
    for (const [name, text] of Object.entries(files)) await writeFile(join(directory, name), text);
  });

  afterAll(() => rm(directory, { recursive: true, force: true }));

  it('are distinguished by name, whichever disturbances there are', async () => {
    const { test, training } = await recordedRuns(directory);
    expect(test.map(({ name, idv, onsetRow }) => [name, idv, onsetRow])).toEqual([
      ['d00_te', 0, 180],
      ['d05_te', 5, 160],
      ['d06_te', 6, 160],
      ['d21_te', 21, 160],
    ]);
    expect(training.map(({ name, idv, onsetRow }) => [name, idv, onsetRow])).toEqual([['d04', 4, 0]]);
    expect(training[0].values).toHaveLength(60 * COLUMNS);
  });

  it('count rows before the onset once that two of them share', async () => {
    const { test } = await recordedRuns(directory);
    expect(test.map(({ repeatedNormal }) => repeatedNormal)).toEqual([false, false, true, false]);
  });

  it('are none in a directory there is not', async () => {
    expect(await recordedRuns(join(directory, 'nowhere'))).toEqual({ test: [], training: [] });
  });
});
