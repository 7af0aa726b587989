import {
  BRAATZ_RUNS,
  DETECTOR_TAGS,
  DISTURBANCES,
  simulateRun,
  type SimulatedRun,
  type SimulatedRunOptions,
} from '#tep';
import { DIAGNOSIS_CLASSES } from '../diagnosis/classes.js';
import type { IncidentRunIdentity } from '../evaluation/incident-evaluation.js';
import type { LabelledRun } from '../window/labelled-run.js';
import { LEARNT_SAMPLING } from '../store/model-card.js';
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
  /** Under the fault of the control scheme, which the diagnosis never learns, to assess by. */
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
export const ASSESSED_TAGS = DETECTOR_TAGS.flatMap((_, column) =>
  column < 22 || column > 40 ? [column] : [],
);

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
    sampling: LEARNT_SAMPLING,
  };
}

/** Runs to assess by: normal operation and every disturbance, `runsEach` of each, with the onset of the public testing files. */
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

/** A run to count incidents in: one plant, or several one after the other, as if it had been brought back to normal. */
export interface PlannedIncidentRun extends Pick<IncidentRunIdentity, 'kind' | 'faults'> {
  readonly parts: readonly SimulatedRunOptions[];
}

const PAIRS_SEED_OFFSET = 70_001;
/** Of two faults: normal operation before the first, how long that acts, and normal operation between. */
const PAIR = { beforeHours: 8, firstHours: 12, betweenHours: 12 };

/**
 * Runs to count incidents in: those of {@link evaluationPlan}; and, a quarter as many of each fault, pairs of it and another
 * one with twelve hours of normal operation between, in two ways (see {@link IncidentRunKind}).
 */
export function incidentPlan(seed: number, runsEach: number): PlannedIncidentRun[] {
  const alone = evaluationPlan(seed, runsEach).map(({ idv, options }): PlannedIncidentRun => {
    return { kind: idv === 0 ? 'normal' : 'fault', faults: idv === 0 ? [] : [idv], parts: [options] };
  });
  const random = new SeededRandom(seed + PAIRS_SEED_OFFSET);
  const freshSeed = unseenSeeds(random);
  const numbers = DISTURBANCES.map(({ idv }) => idv);
  const { beforeHours, firstHours, betweenHours } = PAIR;
  const firstEnd = beforeHours + firstHours;
  const pairs = numbers.flatMap((first) =>
    Array.from({ length: Math.ceil(runsEach / 4) }, (): PlannedIncidentRun[] => {
      const others = numbers.filter((idv) => idv !== first);
      const second = others[random.nextInt(others.length)];
      const faults = [first, second];
      const firstSpell = { idv: first, fromHour: beforeHours, toHour: firstEnd };
      const secondSpell = (fromHour: number) => ({ idv: second, fromHour, toHour: Infinity });
      return [
        {
          kind: 'pair',
          faults,
          parts: [
            { seed: freshSeed(), hours: firstEnd, spells: [firstSpell] },
            { seed: freshSeed(), hours: LONG.hours - firstEnd, spells: [secondSpell(betweenHours)] },
          ],
        },
        {
          kind: 'switched_off',
          faults,
          parts: [
            {
              seed: freshSeed(),
              hours: LONG.hours,
              spells: [firstSpell, secondSpell(firstEnd + betweenHours)],
            },
          ],
        },
      ];
    }).flat(),
  );
  return [...alone, ...pairs];
}

/** Its samples, until the shutdown if there is one, and what they are to be assessed by. */
export function incidentRun({
  kind,
  faults,
  parts,
}: PlannedIncidentRun): IncidentRunIdentity & { values: Float64Array } {
  const runs = parts.map((options) => {
    const run = simulateRun(options);
    const rows = run.shutdown === null ? run.rows : Math.floor(run.shutdown.timeH * ROWS_PER_HOUR);
    return labelledRun({ purpose: 'test', idv: 0, options }, { ...run, rows });
  });
  const starts = runs.map((_, i) => runs.slice(0, i).reduce((sum, { onsetRow }) => sum + onsetRow, 0));
  const onsetRows = parts.flatMap(({ spells, idv = 0, faultOnsetHour = 0 }, i) => {
    const hours = spells?.map(({ fromHour }) => fromHour) ?? (idv === 0 ? [] : [faultOnsetHour]);
    return hours.map((hour) => starts[i] + Math.floor(hour * ROWS_PER_HOUR));
  });
  const values = new Float64Array(runs.reduce((sum, run) => sum + run.values.length, 0));
  runs.forEach((run, i) => values.set(run.values, starts[i] * COLUMNS));
  return { kind, faults, onsetRows, values };
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
