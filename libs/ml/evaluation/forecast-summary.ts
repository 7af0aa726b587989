import { bootstrapStatistic, type Interval } from '../math/bootstrap.js';
import type { ForecastFigures, HorizonFigures } from './forecast-evaluation.js';

/** What the forecast made of one run. */
export interface AssessedForecast {
  readonly idv: number;
  readonly figures: ForecastFigures;
}

export interface HorizonSummary {
  readonly steps: number;
  /** By name of the figure: `rmse.lstm`, `rmse.persistence`, …, `coverage`, `winkler`, in the order they are measured in. */
  readonly figures: Readonly<Record<string, Interval>>;
}

export interface ForecastSummary {
  readonly runs: number;
  readonly forecasts: number;
  readonly horizons: readonly HorizonSummary[];
}

const RMSE = 'rmse.';

/**
 * Root mean squared errors are means over runs; all other figures are means over forecasts. Whatever numbers a run was
 * given are summarised, so that a further yardstick needs no word here.
 *
 * @returns null without runs
 */
export function summariseForecast(runs: readonly AssessedForecast[]): ForecastSummary | null {
  if (runs.length === 0) return null;
  const faults = [...new Set(runs.map(({ idv }) => idv))].sort((a, b) => a - b);
  const strata = faults.map((idv) => runs.filter((run) => run.idv === idv).map(({ figures }) => figures));
  const [first] = strata[0];
  const horizons = first.horizons.map((horizon, h): HorizonSummary => {
    const named = strata.map((group) =>
      group.map(({ forecasts, horizons: own }) => ({ forecasts, values: numbersOf(own[h]) })),
    );
    const figures = [...numbersOf(horizon).keys()].flatMap((name) => {
      const interval = bootstrapStatistic(named, (drawn) => {
        let [total, weights] = [0, 0];
        for (const { forecasts, values } of drawn.flat()) {
          const weight = name.startsWith(RMSE) ? 1 : forecasts;
          total += weight * (values.get(name) ?? NaN);
          weights += weight;
        }
        return total / weights;
      });
      return interval === null ? [] : [[name, interval] as const];
    });
    return { steps: horizon.steps, figures: Object.fromEntries(figures) };
  });
  const forecasts = runs.reduce((sum, { figures }) => sum + figures.forecasts, 0);
  return { runs: runs.length, forecasts, horizons };
}

/** All numbers of a horizon by their path, but for the horizon itself. */
function numbersOf(horizon: HorizonFigures): Map<string, number> {
  const numbers = new Map<string, number>();
  const collect = (value: unknown, path: string): void => {
    if (typeof value === 'number') numbers.set(path, value);
    else if (typeof value === 'object' && value !== null)
      for (const [key, inner] of Object.entries(value)) collect(inner, path ? `${path}.${key}` : key);
  };
  collect(horizon, '');
  numbers.delete('steps');
  return numbers;
}
