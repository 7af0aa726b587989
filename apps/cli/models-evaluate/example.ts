import { FORECAST_HORIZON, labelledRun } from '#ml';
import { type ForecastModel } from '#ml/tensors';
import { DETECTOR_TAGS, simulateRun, TAGS, tagIndex } from '#tep';

/** One forecast of one tag with what came of it, in the tag's unit; minutes count from the forecast. */
export interface ForecastExample {
  readonly idv: number;
  readonly tag: string;
  readonly name: string;
  readonly unit: string;
  /** Of the disturbance. */
  readonly onsetMinute: number;
  readonly course: readonly { readonly minute: number; readonly value: number }[];
  readonly forecast: readonly {
    readonly minute: number;
    readonly value: number;
    readonly low: number;
    readonly high: number;
  }[];
}

/** Less A and more C in the feed: the stripper temperature swings for hours, which makes an example that shows something. */
const IDV = 1;
const TAG = 'XMEAS_18';
const ONSET_HOUR = 8;
const ROWS_PER_HOUR = 20;
const MINUTES_PER_ROW = 3;
const ROWS_AFTER_ONSET = 40;
const ROWS_BEFORE = 60;

/** A forecast in the hours after an onset, of a run that follows from the seed. */
export function forecastExample(model: ForecastModel, seed: number): ForecastExample {
  const options = { seed, idv: IDV, hours: ONSET_HOUR + 4, faultOnsetHour: ONSET_HOUR };
  const { values } = labelledRun({ purpose: 'test', idv: IDV, options }, simulateRun(options));
  const column = DETECTOR_TAGS.indexOf(TAG);
  const columns = DETECTOR_TAGS.length;
  const now = ONSET_HOUR * ROWS_PER_HOUR + ROWS_AFTER_ONSET;
  const { scaler } = model.foundation;
  const standardised = scaler.transform(values.slice(0, (now + 1) * columns));
  const ahead = model.forecastAdapted(standardised);
  const inUnits = (shift: number): Float64Array =>
    scaler.inverse(Float64Array.from(ahead.values, (value, i) => value + shift * ahead.halfWidths[i]));
  const [centre, low, high] = [inUnits(0), inUnits(-1), inUnits(1)];
  const tag = TAGS[tagIndex(TAG)];
  return {
    idv: IDV,
    tag: TAG,
    name: tag.name,
    unit: tag.unit,
    onsetMinute: -ROWS_AFTER_ONSET * MINUTES_PER_ROW,
    course: Array.from({ length: ROWS_BEFORE + FORECAST_HORIZON + 1 }, (_, i) => i - ROWS_BEFORE).map(
      (step) => ({
        minute: step * MINUTES_PER_ROW,
        value: values[(now + step) * columns + column],
      }),
    ),
    forecast: Array.from({ length: FORECAST_HORIZON }, (_, step) => ({
      minute: (step + 1) * MINUTES_PER_ROW,
      value: centre[step * columns + column],
      low: low[step * columns + column],
      high: high[step * columns + column],
    })),
  };
}
