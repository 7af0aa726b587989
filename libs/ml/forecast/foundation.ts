import { type ForecastFoundation, forecastInputs } from './inputs.js';
import type { LabelledRun } from '../window/labelled-run.js';
import { quantile } from '../math/quantile.js';
import { RidgeVar, type RidgeVarOptions } from './ridge-var.js';
import { StandardScaler } from '../math/standard-scaler.js';

const VAR: RidgeVarOptions = { order: 15, ridge: 1e-5 };
/** Excitement that normal operation exceeds in one sample of a thousand. */
const DISTURBED_QUANTILE = 0.999;

/**
 * Scaling and limits from the normal training runs, the autoregression from all rows of normal operation: those before a
 * disturbance are as good as any.
 * @throws RangeError without normal runs
 */
export function fitFoundation(
  training: readonly LabelledRun[],
  undisturbed: readonly LabelledRun[] = [],
): ForecastFoundation {
  const normals = training.filter((run) => run.idv === 0);
  if (normals.length === 0) throw new RangeError('training needs normal runs');
  const tags = normals[0].values.length / normals[0].onsetRow;
  const scaler = StandardScaler.fit(
    normals.map((run) => run.values),
    tags,
  );
  const beforeOnset = (run: LabelledRun): Float64Array =>
    scaler.transform(run.values.subarray(0, run.onsetRow * tags));
  const model = storable(RidgeVar.fit([...training, ...undisturbed].map(beforeOnset), tags, VAR));
  const tables = normals.map((run) => scaler.transform(run.values));
  const draft = {
    scaler,
    model,
    innovationVariance: innovationVariance(model, tables),
    disturbedAbove: Infinity,
  };
  const excitement = tables.flatMap((table) => [...forecastInputs(table, draft).excitement]);
  return { ...draft, disturbedAbove: quantile(Float64Array.from(excitement), DISTURBED_QUANTILE) };
}

/** The same with coefficients in single precision, as they are stored: a loaded model says what the trained one said. */
export function storable({ order, columns, coefficients }: RidgeVar): RidgeVar {
  return new RidgeVar(order, columns, Float64Array.from(coefficients, Math.fround));
}

function innovationVariance(model: RidgeVar, tables: readonly Float64Array[]): Float64Array {
  const tags = model.columns;
  const sums = new Float64Array(tags);
  const predicted = new Float64Array(tags);
  let rows = 0;
  for (const table of tables) {
    for (let row = model.order; row < table.length / tags; row++, rows++) {
      model.predict(table, row, predicted);
      for (let j = 0; j < tags; j++) sums[j] += (table[row * tags + j] - predicted[j]) ** 2;
    }
  }
  return sums.map((total) => Math.max(total / rows, 1e-6));
}
