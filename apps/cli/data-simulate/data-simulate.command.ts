import { createWriteStream } from 'node:fs';
import { mkdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join, resolve } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { SingleBar } from 'cli-progress';
import { InvalidArgumentError, type Command } from 'commander';
import { DISTURBANCES, riethCsv, type RiethRun, type SimulatedRunOptions } from '#tep';
import { wholeNumber } from '../whole-number.js';
import { SimulationPool } from './pool.js';

interface DataSimulateOptions {
  out: string;
  runs: number;
  seed: number;
  faults: number[];
  hours?: number;
  threads: number;
}

/** The two files of Rieth et al.: 500 samples with the fault after 1 h, 960 samples with the fault after 8 h. */
const SETS = [
  { name: 'train', file: 'tep_train.csv', hours: 25, faultOnsetHour: 1 },
  { name: 'test', file: 'tep_test.csv', hours: 48, faultOnsetHour: 8 },
] as const;
const SEEDS_FILE = 'tep_seeds.json';
const SAMPLING_S = 180;
const SAMPLES_PER_HOUR = 3600 / SAMPLING_S;
const LAST_FAULT = DISTURBANCES.length;
const LEAST_HOURS = Math.max(...SETS.map((set) => set.faultOnsetHour));

type DataSet = (typeof SETS)[number];

interface PlannedRun {
  readonly fault: number;
  readonly simulationRun: number;
  readonly options: SimulatedRunOptions;
}

/** One line of the sidecar: enough to simulate the run again. */
interface RecordedRun {
  fault: number;
  run: number;
  seed: number;
  samples: number;
  shutdown_hour: number | null;
}

/** Adds `data:simulate`: training and testing data of the plant in the layout of Rieth et al., with their seeds. */
export function registerDataSimulate(program: Command): void {
  program
    .command('data:simulate')
    .description(`simulate the plant and write ${SETS.map((set) => set.file).join(', ')} and ${SEEDS_FILE}`)
    .option('--out <dir>', 'directory to write to', 'data')
    .option('--runs <n>', 'runs of each fault, and of normal operation, in each file', wholeNumber(1), 3)
    .option('--seed <n>', 'seed all runs derive theirs from', wholeNumber(0), 1)
    .option(
      '--faults <list>',
      'faults to simulate, 0 for none, e.g. 0,1,4-7',
      faultList,
      faultList(`0-${LAST_FAULT}`),
    )
    .option(
      '--hours <n>',
      `cut runs to n hours, more than ${LEAST_HOURS} (default: 25 and 48)`,
      hoursAfterOnset,
    )
    .option('--threads <n>', 'threads to simulate on', wholeNumber(1), availableParallelism())
    .action(dataSimulate);
}

async function dataSimulate(options: DataSimulateOptions): Promise<void> {
  const out = resolve(options.out);
  await mkdir(out, { recursive: true });
  const plans = SETS.map((set) => ({ set, runs: planOf(set, options) }));
  const total = plans.reduce((sum, { runs }) => sum + runs.length, 0);
  console.log(
    `Simulating ${total} runs of the plant on ${options.threads} threads into ${out} (seed ${options.seed})`,
  );
  const startedMs = performance.now();
  const progress = progressOver(plans.flatMap(({ runs }) => runs.map((run) => samplesOf(run.options))));
  const pool = new SimulationPool(Math.min(options.threads, total));
  const sets: Record<string, unknown> = {};
  try {
    for (const { set, runs } of plans)
      sets[set.name] = await writeSet(pool, set, runs, out, progress.advance);
  } finally {
    progress.stop();
    await pool.close();
  }
  const seeds = {
    base_seed: options.seed,
    control_scheme: 'braatz',
    number_profile: 'F32L',
    sampling_s: SAMPLING_S,
    sets,
  };
  await writeFile(join(out, SEEDS_FILE), `${JSON.stringify(seeds, null, 2)}\n`);
  for (const { set, runs } of plans) {
    const rows = runs.reduce((sum, run) => sum + samplesOf(run.options), 0);
    const { size } = await stat(join(out, set.file));
    console.log(`${set.file}: ${runs.length} runs, ${rows} samples, ${(size / 1e6).toFixed(1)} MB`);
  }
  console.log(`Seeds in ${SEEDS_FILE}. Took ${((performance.now() - startedMs) / 1000).toFixed(1)} s`);
}

/** Writes one file beside its final name and moves it there when complete, so that no reader sees half of it. */
async function writeSet(
  pool: SimulationPool,
  set: DataSet,
  plan: readonly PlannedRun[],
  out: string,
  onRows: (rows: number) => void,
) {
  const recorded: RecordedRun[] = [];
  async function* riethRuns(): AsyncGenerator<RiethRun> {
    for await (const { planned, run } of pool.runs(plan, onRows)) {
      const { fault, simulationRun, options } = planned;
      const shutdownHour = run.shutdown?.timeH ?? null;
      recorded.push({
        fault,
        run: simulationRun,
        seed: options.seed,
        samples: run.rows,
        shutdown_hour: shutdownHour,
      });
      yield { faultNumber: fault, simulationRun, values: run.values, columns: run.columns };
    }
  }
  const path = join(out, set.file);
  const unfinished = `${path}.part`;
  try {
    await pipeline(riethCsv(riethRuns()), createWriteStream(unfinished));
    await rename(unfinished, path);
  } catch (error) {
    await rm(unfinished, { force: true });
    throw error;
  }
  const faultOnsetSample = set.faultOnsetHour * SAMPLES_PER_HOUR;
  return {
    file: set.file,
    fault_onset_hour: set.faultOnsetHour,
    fault_onset_sample: faultOnsetSample,
    runs: recorded,
  };
}

function planOf(set: DataSet, { faults, runs, seed, hours }: DataSimulateOptions): PlannedRun[] {
  const numbers = Array.from({ length: runs }, (_, i) => i + 1);
  return faults.flatMap((fault) =>
    numbers.map((simulationRun) => ({
      fault,
      simulationRun,
      options: {
        seed: derivedSeed(seed, SETS.indexOf(set), fault, simulationRun),
        idv: fault,
        hours: Math.min(set.hours, hours ?? Infinity),
        faultOnsetHour: set.faultOnsetHour,
        samplingS: SAMPLING_S,
      },
    })),
  );
}

function samplesOf({ hours }: SimulatedRunOptions): number {
  return Math.floor(hours * SAMPLES_PER_HOUR + 1e-9);
}

/**
 * A seed of its own for every run, odd and below 2³² as the plant's generator likes it: the parts are mixed one after
 * another by the finalizer of MurmurHash3, so that neighbouring runs get unrelated seeds.
 */
function derivedSeed(...parts: readonly number[]): number {
  let hash = 0;
  for (const part of parts) {
    hash = Math.imul(hash ^ (part + 0x9e3779b9), 0x85ebca6b);
    hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
    hash ^= hash >>> 16;
  }
  return (hash | 1) >>> 0;
}

function progressOver(samples: readonly number[]): { advance: (rows: number) => void; stop: () => void } {
  if (!process.stderr.isTTY) return { advance: () => undefined, stop: () => undefined };
  const bar = new SingleBar({
    format: '{bar} {percentage}% | {value}/{total} samples | {eta_formatted} left',
  });
  bar.start(
    samples.reduce((sum, count) => sum + count, 0),
    0,
  );
  return { advance: (rows) => bar.increment(rows), stop: () => bar.stop() };
}

function hoursAfterOnset(text: string): number {
  const value = Number(text);
  if (!(value > LEAST_HOURS && Number.isFinite(value)))
    throw new InvalidArgumentError(
      `more than ${LEAST_HOURS} is expected: testing runs have their fault after 8 h`,
    );
  return value;
}

/** `0,1,4-7` as ascending numbers without repetition. */
function faultList(text: string): number[] {
  const faults = text.split(',').flatMap((part) => {
    const match = /^\s*(\d{1,2})(?:-(\d{1,2}))?\s*$/.exec(part);
    const first = Number(match?.[1] ?? NaN);
    const last = Number(match?.[2] ?? first);
    if (!(first <= last && last <= LAST_FAULT))
      throw new InvalidArgumentError(`numbers and ranges from 0 to ${LAST_FAULT} are expected, e.g. 0,1,4-7`);
    return Array.from({ length: last - first + 1 }, (_, i) => first + i);
  });
  return [...new Set(faults)].sort((a, b) => a - b);
}
