import { BRAATZ_RUNS, DETECTOR_TAGS, DISTURBANCES, type SimulatedRun, type SimulatedRunOptions } from '#tep';
import { DIAGNOSIS_CLASSES } from '../diagnosis/classes.js';
import type { LabelledRun } from '../window/labelled-run.js';
import type { TrainingData } from './model-training.js';
import { SeededRandom } from '../math/seeded-random.js';

const RUN_PURPOSES = [
  'training',
  'calibration',
  'test',
  'unknown',
  'undisturbed',
  'disturbed',
  'onsets',
] as const;
/** What a simulated run is for; no run serves two purposes. */
export type RunPurpose = (typeof RUN_PURPOSES)[number];

export interface PlannedTrainingRun {
  readonly purpose: RunPurpose;
  readonly idv: number;
  readonly options: SimulatedRunOptions;
}

/** Numbers of runs of one purpose: of normal operation, and of each disturbance. */
interface PurposeCounts {
  readonly normal: number;
  readonly perFault: number;
}

interface RunCounts {
  readonly training: PurposeCounts;
  readonly calibration: PurposeCounts;
  readonly test: PurposeCounts;
  /** Under the fault of the control scheme, which the diagnosis never learns, to judge by. */
  readonly unknown: number;
  /** More normal operation to learn from, for models with more coefficients than the training runs can settle. */
  readonly undisturbed: number;
  /** More of each disturbance to learn from, for the diagnosis: no two runs of a random disturbance are alike. */
  readonly disturbed: number;
  /** Short runs of each disturbance, for the diagnosis: its first hour is what is seen least of in long ones. */
  readonly onsets: number;
}

export const FULL_PLAN: RunCounts = {
  training: { normal: 60, perFault: 12 },
  calibration: { normal: 60, perFault: 6 },
  test: { normal: 10, perFault: 3 },
  unknown: 5,
  undisturbed: 240,
  disturbed: 12,
  onsets: 120,
};
export const QUICK_PLAN: RunCounts = {
  training: { normal: 16, perFault: 3 },
  calibration: { normal: 56, perFault: 1 },
  test: { normal: 4, perFault: 1 },
  unknown: 5,
  undisturbed: 40,
  disturbed: 0,
  onsets: 12,
};

/** Additional runs follow from other seeds, so that the others stay the same whatever their number. */
const UNDISTURBED_SEED_OFFSET = 554;
const DISTURBED_SEED_OFFSET = 9001;
const ONSETS_SEED_OFFSET = 40_003;
const NO_RUNS: PurposeCounts = { normal: 0, perFault: 0 };

const UNKNOWN_FAULT = 21;

const ROWS_PER_HOUR = 20;

interface RunLength {
  readonly hours: number;
  /** Earliest and latest onset of a disturbance; a fixed one could be learnt in place of the disturbance. */
  readonly onsetHours: readonly [number, number];
}

const LONG: RunLength = { hours: 48, onsetHours: [1, 10] };
/** As long as what a prediction looks back on. */
const SHORT: RunLength = { hours: 12, onsetHours: [2, 11] };
const COLUMNS = 52;

/** Continuous measurements and valve commands: XMEAS 1 … 22 and XMV 1 … 11. The analysers stand between them. */
export const JUDGED_TAGS = DETECTOR_TAGS.flatMap((_, column) => (column < 22 || column > 40 ? [column] : []));

/**
 * The runs that everything shipped is learnt from. Seeds and onsets follow from one seed; the seeds of the public files are
 * left out, so that these stay unseen.
 */
export function trainingPlan(seed: number, counts: RunCounts): PlannedTrainingRun[] {
  const more = (
    purpose: RunPurpose,
    offset: number,
    runs: PurposeCounts,
    length: RunLength,
  ): PlannedTrainingRun[] =>
    drawRuns(seed + offset, { training: runs, calibration: NO_RUNS, test: NO_RUNS, unknown: 0 }, length).map(
      (run) => ({ ...run, purpose }),
    );
  const { undisturbed, disturbed, onsets } = counts;
  return [
    ...drawRuns(seed, counts, LONG),
    ...more('undisturbed', UNDISTURBED_SEED_OFFSET, { normal: undisturbed, perFault: 0 }, LONG),
    ...more('disturbed', DISTURBED_SEED_OFFSET, { normal: 0, perFault: disturbed }, LONG),
    ...more('onsets', ONSETS_SEED_OFFSET, { normal: 0, perFault: onsets }, SHORT),
  ];
}

/** A place for the runs of every purpose. */
export function runsByPurpose(): Record<RunPurpose, LabelledRun[]> {
  const places = RUN_PURPOSES.map((purpose): [RunPurpose, LabelledRun[]] => [purpose, []]);
  return Object.fromEntries(places) as Record<RunPurpose, LabelledRun[]>;
}

function drawRuns(
  seed: number,
  counts: Pick<RunCounts, 'training' | 'calibration' | 'test' | 'unknown'>,
  { hours, onsetHours: [earliest, latest] }: RunLength,
): PlannedTrainingRun[] {
  const random = new SeededRandom(seed);
  const freshSeed = unseenSeeds(random);
  const plan: PlannedTrainingRun[] = [];
  const add = (purpose: RunPurpose, idv: number, runs: number): void => {
    for (let n = 0; n < runs; n++) {
      const faultOnsetHour = earliest + random.next() * (latest - earliest);
      plan.push({ purpose, idv, options: { seed: freshSeed(), idv, hours, faultOnsetHour } });
    }
  };
  for (const purpose of ['training', 'calibration', 'test'] as const) {
    const { normal, perFault } = counts[purpose];
    for (let idv = 0; idv < DIAGNOSIS_CLASSES; idv++) add(purpose, idv, idv === 0 ? normal : perFault);
  }
  add('unknown', UNKNOWN_FAULT, counts.unknown);
  return plan;
}

/** What a card says of runs of this plan. */
export function simulatedDescription(runs: number, quick: boolean): TrainingData['description'] {
  return {
    source:
      'Tennessee Eastman plant simulated by this project, control scheme of the public data, five significant digits',
    runs,
    hours_per_run: LONG.hours,
    hours_per_onset_run: SHORT.hours,
    disturbances: '1 to 20, from an instant between hour 1 and 10 on; in onset runs between hour 2 and 11',
    quick,
  };
}

/** Runs to judge by: normal operation and every disturbance, `runsEach` of each, with the onset of the public testing files. */
export function evaluationPlan(seed: number, runsEach: number): PlannedTrainingRun[] {
  const freshSeed = unseenSeeds(new SeededRandom(seed));
  const classes = [0, ...DISTURBANCES.map((disturbance) => disturbance.idv)];
  return classes.flatMap((idv) =>
    Array.from({ length: runsEach }, (): PlannedTrainingRun => {
      return {
        purpose: 'test',
        idv,
        options: { seed: freshSeed(), idv, hours: LONG.hours, faultOnsetHour: 8 },
      };
    }),
  );
}

/** Seeds that differ from one another and from those of the public files. */
function unseenSeeds(random: SeededRandom): () => number {
  const taken = new Set<number>([0, ...BRAATZ_RUNS.map((run) => run.seed % 2 ** 32)]);
  return () => {
    let candidate = 0;
    while (taken.has(candidate)) candidate = random.nextUint32();
    taken.add(candidate);
    return candidate;
  };
}

/**
 * Without the agitator speed, which is constant and which the detectors don't use. In memory that threads share: a plan's runs
 * are most of what its training holds.
 */
export function labelledRun({ idv, options }: PlannedTrainingRun, run: SimulatedRun): LabelledRun {
  const bytes = run.rows * COLUMNS * Float64Array.BYTES_PER_ELEMENT;
  const values = new Float64Array(new SharedArrayBuffer(bytes));
  for (let row = 0; row < run.rows; row++) {
    values.set(run.values.subarray(row * run.columns, row * run.columns + COLUMNS), row * COLUMNS);
  }
  const onsetRow = idv === 0 ? run.rows : Math.floor((options.faultOnsetHour ?? 0) * ROWS_PER_HOUR);
  return { values, idv, onsetRow };
}
