import { FORECAST_HORIZON, type ForecastModel } from './forecast-model.js';
import { type LabelledRun, labelOf } from './labelled-run.js';

/** Horizons the figures are given for: 3, 15, 30 and 60 min. */
export const JUDGED_HORIZONS = [1, 5, 10, 20] as const;
/** Rows before the first forecast that is judged. */
const FIRST_ROW = 40;
const ALPHA = 0.1;

export interface HorizonFigures {
  readonly steps: number;
  /** Mean over runs and tags of the root mean squared error, in standard deviations of normal operation. */
  readonly rmse: {
    readonly lstm: number;
    readonly ridge_var: number;
    readonly persistence: number;
    readonly mean: number;
  };
  /** Share of values inside the 90 % interval. */
  readonly coverage: number;
  /** Mean Winkler score of the 90 % interval, in standard deviations: width plus 2/α times what lies outside. */
  readonly winkler: number;
}

export interface ForecastFigures {
  readonly forecasts: number;
  readonly horizons: readonly HorizonFigures[];
}

/** Sums of one run: squared errors per method, horizon and tag. */
interface RunSums {
  forecasts: number;
  squares: Record<keyof HorizonFigures['rmse'], Float64Array[]>;
  inside: number[];
  winkler: number[];
}

/**
 * Judges forecasts made at every `stride`-th row: of normal rows of runs without a fault, of rows under the fault of the others.
 * @param judgedTags columns that the figures are averaged over
 * @throws RangeError when no run is long enough
 */
export function evaluateForecast(
  model: ForecastModel,
  runs: readonly LabelledRun[],
  judgedTags: readonly number[],
  stride = 4,
): ForecastFigures {
  const sums = runs
    .map((run) => judgeRun(model, run, judgedTags, stride))
    .filter((each) => each.forecasts > 0);
  if (sums.length === 0) throw new RangeError('no run is long enough to judge a forecast');
  const forecasts = sums.reduce((total, each) => total + each.forecasts, 0);
  const horizons = JUDGED_HORIZONS.map((steps, h): HorizonFigures => {
    const rmse = (method: keyof HorizonFigures['rmse']): number =>
      average(
        sums.map(({ squares, forecasts: n }) =>
          average(Array.from(squares[method][h], (sum) => Math.sqrt(sum / n))),
        ),
      );
    const perValue = (of: (each: RunSums) => number): number =>
      sums.reduce((total, each) => total + of(each), 0) / (forecasts * judgedTags.length);
    return {
      steps,
      rmse: {
        lstm: rmse('lstm'),
        ridge_var: rmse('ridge_var'),
        persistence: rmse('persistence'),
        mean: rmse('mean'),
      },
      coverage: perValue((each) => each.inside[h]),
      winkler: perValue((each) => each.winkler[h]),
    };
  });
  return { forecasts, horizons };
}

function judgeRun(
  model: ForecastModel,
  run: LabelledRun,
  judgedTags: readonly number[],
  stride: number,
): RunSums {
  const { tags, foundation } = model;
  const z = foundation.scaler.transform(run.values);
  const wanted = run.idv > 0;
  const rows: number[] = [];
  for (let row = FIRST_ROW; row + FORECAST_HORIZON < z.length / tags; row += stride) {
    if (labelOf(run, row) > 0 === wanted) rows.push(row);
  }
  const zeros = (): Float64Array[] => JUDGED_HORIZONS.map(() => new Float64Array(judgedTags.length));
  const sums: RunSums = {
    forecasts: rows.length,
    squares: { lstm: zeros(), ridge_var: zeros(), persistence: zeros(), mean: zeros() },
    inside: JUDGED_HORIZONS.map(() => 0),
    winkler: JUDGED_HORIZONS.map(() => 0),
  };
  if (rows.length === 0) return sums;
  const { values, halfWidths } = model.forecast(z, rows);
  rows.forEach((row, n) => {
    const linear = foundation.model.forecast(z, row, FORECAST_HORIZON);
    JUDGED_HORIZONS.forEach((steps, h) => {
      judgedTags.forEach((tag, j) => {
        const truth = z[(row + steps) * tags + tag];
        const at = (steps - 1) * tags + tag;
        const from = n * FORECAST_HORIZON * tags;
        const miss = Math.abs(truth - values[from + at]);
        const half = halfWidths[from + at];
        sums.squares.lstm[h][j] += miss ** 2;
        sums.squares.ridge_var[h][j] += (truth - linear[at]) ** 2;
        sums.squares.persistence[h][j] += (truth - z[row * tags + tag]) ** 2;
        sums.squares.mean[h][j] += truth ** 2;
        sums.inside[h] += miss <= half ? 1 : 0;
        sums.winkler[h] += 2 * half + (2 / ALPHA) * Math.max(0, miss - half);
      });
    });
  });
  return sums;
}

function average(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
