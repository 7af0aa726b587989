import {
  averagePathLength,
  IsolationForest,
  type IsolationForestParameters,
  KEYS_PER_DEVIATION,
  LEAF,
} from '#ml';
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
  const rowByRow = rowByRowFigure(forest, test, scores);
  const rival = await rivalForest();
  if (!rival) return [figure, rowByRow];
  const rows = asRows(training);
  rival.train(Array.from({ length: SUBSAMPLE }, (_, i) => rows[Math.floor((i * rows.length) / SUBSAMPLE)]));
  const testRows = asRows(test);
  const rivalValue = bestMicroseconds(() => rival.predict(testRows), scores.length, 1);
  return [{ ...figure, rival: RIVAL, rival_value: rivalValue, ratio: rivalValue / own }, rowByRow];
}

/** One row after the other, as a detector scores samples; the rival walks the same trees in plain JavaScript. */
function rowByRowFigure(forest: IsolationForest, test: Float64Array, scores: Float64Array): BenchFigure {
  const plain = plainForest(forest.parameters);
  const turns = Array.from({ length: 3 }, () => ({
    own: bestMicroseconds(
      () => {
        for (let row = 0; row < scores.length; row++) scores[row] = forest.score(test, row * COLUMNS);
      },
      scores.length,
      10,
    ),
    theirs: bestMicroseconds(
      () => {
        for (let row = 0; row < scores.length; row++) scores[row] = plain(test, row * COLUMNS);
      },
      scores.length,
      10,
    ),
  }));
  const value = Math.min(...turns.map(({ own }) => own));
  const rivalValue = Math.min(...turns.map(({ theirs }) => theirs));
  return {
    bench: 'isolation-forest',
    figure: 'score of a row, row by row, 100 trees of 256 rows, 52 tags',
    value,
    unit: 'µs',
    rival: 'plain JavaScript on typed arrays',
    rival_value: rivalValue,
    ratio: rivalValue / value,
  };
}

/** The same forest as heaps with thresholds in the tags' own units, walked to the bottom as anybody would write it. */
function plainForest(parameters: IsolationForestParameters): (rows: Float64Array, at: number) => number {
  const { trees, subsample, features, leafSizes, mean, standardDeviation } = parameters;
  const width = features.length / trees;
  const depth = Math.log2(width);
  const columns = Int32Array.from(features);
  const thresholds = Float64Array.from(parameters.thresholds, (threshold, node) =>
    threshold === LEAF
      ? Infinity
      : mean[columns[node]] + (threshold * standardDeviation[columns[node]]) / KEYS_PER_DEVIATION,
  );
  const lengths = new Float64Array(trees * width);
  const fill = (tree: number, node: number, level: number): void => {
    if (level < depth && thresholds[tree + node] !== Infinity) {
      fill(tree, 2 * node, level + 1);
      fill(tree, 2 * node + 1, level + 1);
      return;
    }
    const bottom = tree + node * 2 ** (depth - level) - width;
    lengths[bottom] = level + averagePathLength(leafSizes[bottom]);
  };
  for (let tree = 0; tree < trees; tree++) fill(tree * width, 1, 0);
  const normaliser = trees * averagePathLength(subsample);
  return (rows, at) => {
    let sum = 0;
    for (let tree = 0; tree < thresholds.length; tree += width) {
      let node = 1;
      for (let level = 0; level < depth; level++)
        node = 2 * node + (rows[at + columns[tree + node]] >= thresholds[tree + node] ? 1 : 0);
      sum += lengths[tree + node - width];
    }
    return 2 ** (-sum / normaliser);
  };
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
