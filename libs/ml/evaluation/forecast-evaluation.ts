import { FORECAST_HORIZON } from '../forecast/horizon.js';
import { INTERVAL_ALPHA } from '../forecast/intervals.js';
import type { ForecastModel } from '../forecast/model.js';
import { type LabelledRun, labelOf } from '../window/labelled-run.js';
import { MINIMUM_ROWS } from '../window/prediction-window.js';

/** Horizons the figures are given for: 3, 15, 30 and 60 min. */
export const ASSESSED_HORIZONS = [1, 5, 10, 20] as const;

const METHODS = ['lstm', 'ridge_var', 'dlinear', 'persistence', 'mean'] as const;
type Method = (typeof METHODS)[number];

export interface IntervalFigures {
  /** Share of values inside the 90 % interval. */
  readonly coverage: number;
  /** Mean Winkler score of the 90 % interval, in standard deviations: width plus 2/α times what lies outside. */
  readonly winkler: number;
}

/** The intervals are those of the LSTM as predictions give them. */
export interface HorizonFigures extends IntervalFigures {
  readonly steps: number;
  /** Mean over runs and tags of the root mean squared error, in standard deviations of normal operation. */
  readonly rmse: Readonly<Record<Method, number>>;
  /** Autoregression with adaptive conformal intervals of its own. */
  readonly ridgeVarIntervals: IntervalFigures;
}

export interface ForecastFigures {
  readonly forecasts: number;
  readonly horizons: readonly HorizonFigures[];
}

interface IntervalSums {
  inside: number;
  winkler: number;
}

/** Sums of one run at one horizon. */
interface HorizonSums {
  /** Squared errors per tag. */
  readonly squares: Record<Method, Float64Array>;
  readonly lstm: IntervalSums;
  readonly ridgeVar: IntervalSums;
}

interface RunSums {
  readonly forecasts: number;
  readonly horizons: readonly HorizonSums[];
}

/**
 * Assesses forecasts made at every `stride`-th row: of normal rows of runs without a fault, of rows under the fault of the
 * others. The LSTM remembers a run from its start, where a prediction sees the last 240 rows of it; its intervals adapt
 * over those rows only, as in a prediction. The intervals of the autoregression adapt from the start of the run on.
 * @param assessedTags columns that the figures are averaged over
 * @throws RangeError when no run is long enough
 */
export function evaluateForecast(
  model: ForecastModel,
  runs: readonly LabelledRun[],
  assessedTags: readonly number[],
  stride = 4,
): ForecastFigures {
  const sums = runs
    .map((run) => assessRun(model, run, assessedTags, stride))
    .filter((each) => each.forecasts > 0);
  if (sums.length === 0) throw new RangeError('no run is long enough to assess a forecast');
  const forecasts = sums.reduce((total, each) => total + each.forecasts, 0);
  const horizons = ASSESSED_HORIZONS.map((steps, h): HorizonFigures => {
    const rmse = (method: Method): number =>
      average(
        sums.map(({ horizons, forecasts: n }) =>
          average(Array.from(horizons[h].squares[method], (sum) => Math.sqrt(sum / n))),
        ),
      );
    const intervals = (of: 'lstm' | 'ridgeVar'): IntervalFigures => {
      const perValue = (figure: keyof IntervalSums): number =>
        sums.reduce((total, { horizons }) => total + horizons[h][of][figure], 0) /
        (forecasts * assessedTags.length);
      return { coverage: perValue('inside'), winkler: perValue('winkler') };
    };
    return {
      steps,
      rmse: Object.fromEntries(METHODS.map((method) => [method, rmse(method)])) as Record<Method, number>,
      ...intervals('lstm'),
      ridgeVarIntervals: intervals('ridgeVar'),
    };
  });
  return { forecasts, horizons };
}

/** No prediction is made from fewer rows than {@link MINIMUM_ROWS}. */
function assessedRows(run: LabelledRun, rows: number, stride: number): number[] {
  const assessed: number[] = [];
  for (let row = MINIMUM_ROWS; row + FORECAST_HORIZON < rows; row += stride) {
    if (labelOf(run, row) > 0 === run.idv > 0) assessed.push(row);
  }
  return assessed;
}

function assessRun(
  model: ForecastModel,
  run: LabelledRun,
  assessedTags: readonly number[],
  stride: number,
): RunSums {
  const { tags, rivals } = model;
  const z = model.foundation.scaler.transform(run.values);
  const rows = assessedRows(run, z.length / tags, stride);
  const horizons = ASSESSED_HORIZONS.map(() => noSums(assessedTags.length));
  if (rows.length === 0) return { forecasts: 0, horizons };
  const { values, halfWidths } = model.forecastAdapted(z, rows);
  const linear = rivals.autoregression(z, ASSESSED_HORIZONS);
  rows.forEach((row, n) => {
    const decomposed = rivals.dlinear.forecast(z, row);
    ASSESSED_HORIZONS.forEach((step, h) => {
      const { squares, lstm, ridgeVar } = horizons[h];
      assessedTags.forEach((tag, j) => {
        const truth = z[(row + step) * tags + tag];
        const at = (step - 1) * tags + tag;
        const ours = n * FORECAST_HORIZON * tags + at;
        const theirs = (row * ASSESSED_HORIZONS.length + h) * tags + tag;
        squares.lstm[j] += (truth - values[ours]) ** 2;
        squares.ridge_var[j] += (truth - linear.values[theirs]) ** 2;
        squares.dlinear[j] += (truth - decomposed[at]) ** 2;
        squares.persistence[j] += (truth - z[row * tags + tag]) ** 2;
        squares.mean[j] += truth ** 2;
        assessInterval(lstm, truth - values[ours], halfWidths[ours]);
        assessInterval(ridgeVar, truth - linear.values[theirs], linear.halfWidths[theirs]);
      });
    });
  });
  return { forecasts: rows.length, horizons };
}

function noSums(assessed: number): HorizonSums {
  const squares = Object.fromEntries(METHODS.map((method) => [method, new Float64Array(assessed)]));
  return {
    squares: squares as Record<Method, Float64Array>,
    lstm: { inside: 0, winkler: 0 },
    ridgeVar: { inside: 0, winkler: 0 },
  };
}

function assessInterval(sums: IntervalSums, error: number, half: number): void {
  const miss = Math.abs(error);
  sums.inside += miss <= half ? 1 : 0;
  sums.winkler += 2 * half + (2 / INTERVAL_ALPHA) * Math.max(0, miss - half);
}

function average(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
