import { afterEach, beforeEach, describe, expect, it, jest } from '#jest';
import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { openPlantFile, simulateRun } from '#tep';
import { registerDataSimulate } from './data-simulate.command.js';

interface Seeds {
  sets: Record<
    'train' | 'test',
    { runs: { fault: number; run: number; seed: number; samples: number; shutdown_hour: number | null }[] }
  >;
}

let out: string;

beforeEach(async () => {
  out = await mkdtemp(join(tmpdir(), 'tep-simulate-'));
  jest.spyOn(console, 'log').mockImplementation(() => undefined);
});

afterEach(async () => {
  jest.restoreAllMocks();
  await rm(out, { recursive: true, force: true });
});

async function simulate(...args: string[]): Promise<void> {
  const program = new Command().exitOverride().configureOutput({ writeErr: () => undefined });
  registerDataSimulate(program);
  for (const command of program.commands)
    command.exitOverride().configureOutput({ writeErr: () => undefined });
  await program.parseAsync(['node', 'tep', 'data:simulate', '--out', out, ...args]);
}

const seeds = async () => JSON.parse(await readFile(join(out, 'tep_seeds.json'), 'utf8')) as Seeds;

async function runsOf(file: string) {
  const runs = new Map<string, { onset: number | null; rows: Float64Array[] }>();
  for await (const batch of (await openPlantFile(join(out, file))).batches) {
    if (batch.kind !== 'samples') throw new Error('samples expected');
    const run = runs.get(batch.run.key) ?? { onset: batch.run.faultOnsetIndex, rows: [] };
    run.rows.push(...batch.samples.map((sample) => sample.values));
    runs.set(batch.run.key, run);
  }
  return runs;
}

describe('data:simulate', () => {
  it('writes runs that their recorded seeds bring back', async () => {
    await simulate('--runs', '2', '--faults', '0,4', '--hours', '8.5', '--threads', '2');
    expect((await readdir(out)).sort()).toEqual(['tep_seeds.json', 'tep_test.csv', 'tep_train.csv']);

    const tests = await runsOf('tep_test.csv');
    expect([...tests.keys()]).toEqual([
      'fault00-run001',
      'fault00-run002',
      'fault04-run001',
      'fault04-run002',
    ]);
    const { train, test } = (await seeds()).sets;
    expect(new Set([...train.runs, ...test.runs].map((run) => run.seed)).size).toBe(8);

    const { rows, onset } = tests.get('fault04-run002') ?? { rows: [], onset: null };
    expect(onset).toBe(160);
    // 8.5 h at 20 samples an hour
    expect(rows).toHaveLength(170);
    const again = simulateRun({ seed: test.runs[3].seed, idv: 4, hours: 8.5, faultOnsetHour: 8 });
    rows.forEach((row, i) => expect([...row]).toEqual([...again.values.subarray(i * 53, i * 53 + 52)]));
  });

  it('writes the same bytes on any number of threads', async () => {
    const args = ['--runs', '3', '--faults', '1-2', '--hours', '8.1', '--seed', '77'];
    await simulate(...args, '--threads', '1');
    const alone = await readFile(join(out, 'tep_train.csv'));
    await simulate(...args, '--threads', '3');
    expect(alone.equals(await readFile(join(out, 'tep_train.csv')))).toBe(true);
  });

  it('records the hour of a shutdown', async () => {
    await simulate('--runs', '1', '--faults', '6', '--hours', '9');
    const [run] = (await seeds()).sets.train.runs;
    // the A feed is lost after 1 h; the plant lives 6 h longer at most
    expect(run.shutdown_hour).toBeGreaterThan(2);
    expect(run.shutdown_hour).toBeLessThan(9);
  });

  it.each([
    ['--faults', '22', 'numbers and ranges from 0 to 21 are expected'],
    ['--faults', '4-1', 'numbers and ranges from 0 to 21 are expected'],
    ['--runs', '0', 'a whole number from 1 is expected'],
    ['--seed', '1.5', 'a whole number from 0 is expected'],
    ['--hours', '8', 'more than 8 is expected'],
  ])('refuses %s %s', async (option, value, reason) => {
    await expect(simulate(option, value)).rejects.toThrow(reason);
    expect(await readdir(out)).toEqual([]);
  });
});
