import { choleskyFactor, choleskySolve } from '../math/cholesky.js';
import { laggedMoments } from '../math/lagged-moments.js';

export interface DLinearOptions {
  /** Rows that a forecast looks back on. */
  window: number;
  /** Rows that it looks ahead. */
  horizon: number;
  /** Length of the moving average that is the trend; odd. Default 25. */
  kernel?: number;
  /** Penalty on squared weights, as a share of the number of samples. Default 1e-4. */
  ridge?: number;
}

/**
 * DLinear (Zeng, Chen, Zhang and Xu, Are Transformers Effective for Time Series Forecasting?, 2022), with weights of its
 * own for every column: a window is split into a moving average and what is left of it, each goes through a linear map,
 * and the sum is the forecast. The squared error has its least value in closed form. Moving average and linear maps make
 * one linear map, which is what is kept.
 */
export class DLinear {
  /** @param weights columns × window × horizon, the oldest row of a window first */
  constructor(
    readonly columns: number,
    readonly window: number,
    readonly horizon: number,
    readonly weights: Float32Array,
  ) {
    if (weights.length !== columns * window * horizon) {
      throw new RangeError(`${weights.length} weights don't forecast ${horizon} rows from ${window}`);
    }
  }

  /**
   * @param tables row-major, standardised, finite; rows of different tables are not neighbours
   * @throws RangeError when no table has a window and a horizon
   */
  static fit(tables: readonly Float64Array[], columns: number, options: DLinearOptions): DLinear {
    const { window, horizon, kernel = 25, ridge = 1e-4 } = options;
    const rows = window + horizon;
    const long = tables.filter((table) => table.length >= rows * columns);
    if (long.length === 0) throw new RangeError(`no table has ${rows} rows`);
    const parts = decomposition(window, kernel);
    const weights = new Float32Array(columns * window * horizon);
    for (let j = 0; j < columns; j++) {
      const series = long.map((table) => column(table, columns, j));
      weights.set(fitColumn(series, window, horizon, parts, ridge), j * window * horizon);
    }
    return new DLinear(columns, window, horizon, weights);
  }

  /**
   * Rows row + 1 … row + horizon as seen from `row`: horizon × columns.
   * @throws RangeError when there is no window before it
   */
  forecast(table: Float64Array, row: number): Float64Array {
    const { columns, window, horizon, weights } = this;
    if (row + 1 < window) throw new RangeError(`row ${row} has no ${window} rows up to it`);
    const out = new Float64Array(horizon * columns);
    for (let j = 0; j < columns; j++) {
      for (let i = 0; i < window; i++) {
        const value = table[(row + 1 - window + i) * columns + j];
        const from = (j * window + i) * horizon;
        for (let h = 0; h < horizon; h++) out[h * columns + j] += value * weights[from + h];
      }
    }
    return out;
  }
}

function column(table: Float64Array, columns: number, j: number): Float64Array {
  return Float64Array.from({ length: table.length / columns }, (_, row) => table[row * columns + j]);
}

/**
 * The split of a window as a matrix, 2 · window × window: rows of the moving average (the ends of the window are repeated
 * beyond it), then what they leave over.
 */
function decomposition(window: number, kernel: number): Float64Array {
  const parts = new Float64Array(2 * window * window);
  const reach = (kernel - 1) / 2;
  for (let i = 0; i < window; i++) {
    for (let k = i - reach; k <= i + reach; k++) {
      parts[i * window + Math.min(window - 1, Math.max(0, k))] += 1 / kernel;
    }
    for (let k = 0; k < window; k++) parts[(window + i) * window + k] = -parts[i * window + k];
    parts[(window + i) * window + i] += 1;
  }
  return parts;
}

/** Weights window × horizon of one column. */
function fitColumn(
  series: readonly Float64Array[],
  window: number,
  horizon: number,
  parts: Float64Array,
  ridge: number,
): Float64Array {
  const size = window + horizon;
  const { matrix, samples } = laggedMoments(series, 1, size - 1);
  // Lag l of the moments is row size − 1 − l of window and horizon joined.
  const moment = (a: number, b: number): number => matrix[(size - 1 - a) * size + size - 1 - b];
  const ofWindow = tableOf(window, window, moment);
  const withFuture = tableOf(window, horizon, (i, h) => moment(i, window + h));
  const features = 2 * window;
  const transposed = tableOf(window, features, (i, f) => parts[f * window + i]);
  const gram = product(
    product(parts, ofWindow, features, window, window),
    transposed,
    features,
    window,
    features,
  );
  for (let f = 0; f < features; f++) gram[f * features + f] += ridge * samples;
  const right = product(parts, withFuture, features, window, horizon);
  choleskySolve(choleskyFactor(gram, features), features, right, horizon);
  return product(transposed, right, window, features, horizon);
}

function tableOf(
  rows: number,
  columns: number,
  value: (row: number, column: number) => number,
): Float64Array {
  return Float64Array.from({ length: rows * columns }, (_, at) =>
    value(Math.floor(at / columns), at % columns),
  );
}

/** (n×m)·(m×p), row-major. */
function product(a: Float64Array, b: Float64Array, n: number, m: number, p: number): Float64Array {
  const out = new Float64Array(n * p);
  for (let i = 0; i < n; i++) {
    for (let k = 0; k < m; k++) {
      const factor = a[i * m + k];
      for (let j = 0; j < p; j++) out[i * p + j] += factor * b[k * p + j];
    }
  }
  return out;
}
