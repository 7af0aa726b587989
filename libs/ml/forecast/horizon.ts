/** Steps that forecasts look ahead: 60 min at 3 min a step. */
export const FORECAST_HORIZON = 20;
