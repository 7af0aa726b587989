import { conformalQuantiles } from '../math/conformal.js';
import { FORECAST_HORIZON } from './horizon.js';
import { COVERAGE_LEVELS } from './intervals.js';
import type { ForecastIntervals, ForecastModel } from './model.js';
import type { LabelledRun } from '../window/labelled-run.js';
import type { RidgeVar } from './ridge-var.js';
import type { StandardScaler } from '../math/standard-scaler.js';

/** A forecast is measured at every eighth row; its neighbours say much the same. */
const STRIDE = 8;

/** Half-widths in units of the scale of a row, apart for a calm and a disturbed plant (Mondrian conformal intervals). */
export function measureIntervals(model: ForecastModel, runs: readonly LabelledRun[]): ForecastIntervals {
  const { tags, foundation } = model;
  const width = FORECAST_HORIZON * tags;
  const scores = [0, 1].map(() => Array.from({ length: width }, (): number[] => []));
  for (const run of runs) {
    const z = foundation.scaler.transform(run.values);
    const inputs = model.inputs(z);
    const rows = measuredRows(z.length / tags);
    // The network cannot be asked about no rows at all.
    if (rows.length === 0) continue;
    const values = model.values(z, rows);
    rows.forEach((row, n) => {
      const regime = model.regime(inputs, row);
      for (let at = 0; at < width; at++) {
        const miss = z[(row + 1) * tags + at] - values[n * width + at];
        scores[regime][at].push(miss / model.scale(inputs, row, at % tags));
      }
    });
  }
  return { halfWidths: Float32Array.from(scores.flat().flatMap(finiteQuantiles)) };
}

/** Half-widths of an autoregression's forecasts on normal runs: horizon × tags × coverage levels. */
export function measureAutoregression(
  model: RidgeVar,
  scaler: StandardScaler,
  normals: readonly LabelledRun[],
): Float32Array {
  const width = FORECAST_HORIZON * model.columns;
  const scores = Array.from({ length: width }, (): number[] => []);
  for (const run of normals) {
    const z = scaler.transform(run.values);
    for (const row of measuredRows(z.length / model.columns)) {
      const values = model.forecast(z, row, FORECAST_HORIZON);
      for (let at = 0; at < width; at++) scores[at].push(z[(row + 1) * model.columns + at] - values[at]);
    }
  }
  return Float32Array.from(scores.flatMap(finiteQuantiles));
}

function measuredRows(rows: number): number[] {
  const count = Math.max(0, Math.ceil((rows - FORECAST_HORIZON) / STRIDE) - 1);
  return Array.from({ length: count }, (_, n) => (n + 1) * STRIDE);
}

/** With too few scores to promise a coverage, the largest of them. */
function finiteQuantiles(scores: readonly number[]): number[] {
  const largest = scores.reduce((most, score) => Math.max(most, Math.abs(score)), 0);
  const alphas = COVERAGE_LEVELS.map((level) => 1 - level);
  return conformalQuantiles(scores, alphas).map((quantile) => Math.min(quantile, largest));
}
