import { roundToSignificantDigits, TepSimulation } from '#tep';
import { SeededRandom } from '../math/seeded-random.js';
import type { StandardScaler } from '../math/standard-scaler.js';

export interface ForecastFloorOptions {
  readonly seed: number;
  /** Steps of the horizon to assess, ascending. */
  readonly steps: readonly number[];
  readonly assessedTags: readonly number[];
  readonly scaler: StandardScaler;
  /** Forecasts to compare, at the last row of a standardised table: horizon × tags. */
  readonly forecasts: Readonly<Record<string, (z: Float64Array) => ArrayLike<number>>>;
  /** Runs of normal operation; default 8. */
  readonly runs?: number | undefined;
  /** Instants that each run is continued from; default 12. */
  readonly instants?: number;
  /** Continuations of each instant; default 16. */
  readonly continuations?: number;
}

/** Root mean squared errors per step, means over runs and tags, standardised. */
export interface ForecastFloor {
  /** Of who knows the plant and its whole state, and can't foresee the noise. */
  readonly unavoidable: readonly number[];
  /** Of the forecasts, at the same instants and against the same continuations. */
  readonly forecasts: Readonly<Record<string, readonly number[]>>;
}

const SAMPLING_S = 180;
const DIGITS = 5;
const RECORD = 53;
/** The first instant is 8 h after the start, the others follow every 2.5 h. */
const FIRST_ROW = 160;
const ROWS_BETWEEN = 50;

/**
 * The least error that any forecast of normal operation can have. The plant is stopped at an instant and continued many
 * times from exactly the state it is in, each time with other measurement noise: the spread of the continuations is left
 * to chance even for who knows every hidden state of plant and controllers.
 */
export function forecastFloor(options: ForecastFloorOptions): ForecastFloor {
  const { seed, steps, assessedTags, runs = 8 } = options;
  const random = new SeededRandom(seed);
  const names = Object.keys(options.forecasts);
  const perRun = Array.from({ length: runs }, () => squaredErrors(options, random));
  const figure = (row: number): number[] =>
    steps.map((_, s) => {
      const roots = perRun.flatMap((sums) =>
        assessedTags.map((_tag, j) => Math.sqrt(sums[row][s * assessedTags.length + j])),
      );
      return roots.reduce((sum, root) => sum + root, 0) / roots.length;
    });
  return {
    unavoidable: figure(0),
    forecasts: Object.fromEntries(names.map((name, n) => [name, figure(n + 1)])),
  };
}

/** Mean squared errors of one run, steps × assessed tags: unavoidable, then of every forecast. */
function squaredErrors(options: ForecastFloorOptions, random: SeededRandom): Float64Array[] {
  const { scaler, steps, assessedTags, instants = 12, continuations = 16 } = options;
  const simulation = new TepSimulation({ seed: random.nextUint32() });
  const forecasts = Object.values(options.forecasts);
  const sums = [null, ...forecasts].map(() => new Float64Array(steps.length * assessedTags.length));
  const rows: number[] = [];
  for (let n = 0; n < instants; n++) {
    while (rows.length / scaler.columns <= FIRST_ROW + n * ROWS_BETWEEN)
      rows.push(...nextRow(simulation, 1, scaler));
    const z = Float64Array.from(rows);
    const made = forecasts.map((forecast) => forecast(z));
    const snapshot = simulation.snapshot();
    const futures = Array.from({ length: continuations }, () => {
      const continued = TepSimulation.restore(snapshot);
      continued.reseed(random.nextUint32());
      return steps.map((step, s) => nextRow(continued, step - (steps[s - 1] ?? 0), scaler));
    });
    steps.forEach((step, s) => {
      assessedTags.forEach((tag, j) => {
        const values = futures.map((future) => future[s][tag]);
        const mean = values.reduce((sum, value) => sum + value, 0) / continuations;
        const about = (centre: number): number =>
          values.reduce((sum, value) => sum + (value - centre) ** 2, 0);
        const at = s * assessedTags.length + j;
        sums[0][at] += about(mean) / (continuations - 1) / instants;
        made.forEach((forecast, f) => {
          sums[f + 1][at] += about(forecast[(step - 1) * scaler.columns + tag]) / continuations / instants;
        });
      });
    });
  }
  return sums;
}

/** The standardised row after some sampling intervals. */
function nextRow(simulation: TepSimulation, intervals: number, scaler: StandardScaler): Float64Array {
  simulation.advance(intervals * SAMPLING_S);
  const record = new Float64Array(RECORD);
  simulation.record(record);
  const row = record.subarray(0, scaler.columns).map((value) => roundToSignificantDigits(value, DIGITS));
  return scaler.transform(row);
}
