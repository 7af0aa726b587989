import { IsolationForest } from '#ml';
import { simulateRun } from '#tep';
import { processorSeconds, type BenchFigure } from './bench-figure.js';

const COLUMNS = 52;
const TREES = 100;
const SUBSAMPLE = 256;
const ROUNDS = 6;
const RIVAL = 'ml-isolation-forest';

/** The part of the rival that is used: it takes rows as arrays and builds every tree from all of them. */
interface RivalForest {
  train(rows: number[][]): void;
  predict(rows: number[][]): number[];
}

/** Scores of 48 h of normal operation by 100 trees of 256 rows, per row. */
export async function run(): Promise<BenchFigure[]> {
  const training = detectorRows(1);
  const test = detectorRows(2);
  const forest = IsolationForest.fit(training, COLUMNS, { trees: TREES, subsample: SUBSAMPLE });
  const scores = new Float64Array(test.length / COLUMNS);
  const own = bestMicroseconds(() => forest.scores(test, scores), scores.length, 20);
  const figure = {
    bench: 'isolation-forest',
    figure: 'score of a row, 100 trees of 256 rows, 52 tags',
    value: own,
    unit: 'µs',
  };
  const rival = await rivalForest();
  if (!rival) return [figure];
  const rows = asRows(training);
  rival.train(Array.from({ length: SUBSAMPLE }, (_, i) => rows[Math.floor((i * rows.length) / SUBSAMPLE)]));
  const testRows = asRows(test);
  const rivalValue = bestMicroseconds(() => rival.predict(testRows), scores.length, 1);
  return [{ ...figure, rival: RIVAL, rival_value: rivalValue, ratio: rivalValue / own }];
}

/** 48 h of normal operation without the agitator speed, row-major. */
function detectorRows(seed: number): Float64Array {
  const { values, rows, columns } = simulateRun({ seed, hours: 48 });
  const out = new Float64Array(rows * COLUMNS);
  for (let row = 0; row < rows; row++)
    out.set(values.subarray(row * columns, row * columns + COLUMNS), row * COLUMNS);
  return out;
}

function asRows(table: Float64Array): number[][] {
  return Array.from({ length: table.length / COLUMNS }, (_, i) => {
    return Array.from(table.subarray(i * COLUMNS, (i + 1) * COLUMNS));
  });
}

/** Undefined when the package is not installed. */
async function rivalForest(): Promise<RivalForest | undefined> {
  const name: string = RIVAL;
  try {
    const module = (await import(name)) as { IsolationForest: new (options: object) => RivalForest };
    return new module.IsolationForest({ nEstimators: TREES });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_MODULE_NOT_FOUND') return undefined;
    throw error;
  }
}

/** Least processor time per row of several rounds. */
function bestMicroseconds(work: () => void, rows: number, repeats: number): number {
  const rounds = Array.from({ length: ROUNDS }, () =>
    processorSeconds(() => {
      for (let i = 0; i < repeats; i++) work();
    }),
  );
  return (Math.min(...rounds) / repeats / rows) * 1e6;
}
