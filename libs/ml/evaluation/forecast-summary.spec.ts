import { describe, expect, it } from '#jest';
import type { ForecastFigures } from './forecast-evaluation.js';
import { summariseForecast } from './forecast-summary.js';

function figuresOf(forecasts: number, lstm: number, coverage: number): ForecastFigures {
  const rmse = { lstm, ridge_var: 1, dlinear: 1, persistence: 2, mean: 1 };
  const ridgeVarIntervals = { coverage: 0.9, winkler: 5 };
  return { forecasts, horizons: [{ steps: 5, rmse, coverage, winkler: 4, ridgeVarIntervals }] };
}

describe('the forecast over a set of runs', () => {
  it('means errors over runs and coverage over forecasts', () => {
    const summary = summariseForecast([
      { idv: 0, figures: figuresOf(100, 0.5, 0.9) },
      { idv: 0, figures: figuresOf(300, 0.7, 0.8) },
    ]);
    expect(summary).toMatchObject({ runs: 2, forecasts: 400 });
    const [{ steps, figures }] = summary?.horizons ?? [];
    expect(steps).toBe(5);
    expect(figures['rmse.lstm'].mean).toBeCloseTo(0.6, 12);
    expect(figures.coverage.mean).toBeCloseTo((100 * 0.9 + 300 * 0.8) / 400, 12);
    expect(figures.coverage.low).toBeGreaterThanOrEqual(0.8);
  });

  it('takes a yardstick along that it has never heard of', () => {
    const figures = figuresOf(10, 0.5, 0.9);
    const [horizon] = figures.horizons;
    const wider = { ...horizon, rmse: { ...horizon.rmse, seasonal: 0.8 } };
    const summary = summariseForecast([{ idv: 0, figures: { ...figures, horizons: [wider] } }]);
    expect(summary?.horizons[0].figures['rmse.seasonal'].mean).toBe(0.8);
  });
});
