import { ConstantMatrix } from '../math/constant-matrix.js';
import { ridgeFromMoments } from '../math/innovation-model.js';
import { laggedMoments } from '../math/lagged-moments.js';

export interface RidgeVarOptions {
  /** Number of past rows that a row is explained by. */
  order: number;
  /** Penalty on squared coefficients, as a share of the number of rows: the variance of a standardised column is 1. */
  ridge: number;
}

/**
 * Vector autoregression x_t = Σ_k A_k x_{t−k} + e_t, fitted by ridge regression (Hoerl and Kennard, 1970) on standardised
 * tables; there is no intercept.
 */
export class RidgeVar {
  /** One step of a full past, made when first needed: columns × order · columns, oldest row first. */
  private oneStep?: ConstantMatrix;

  /** @param coefficients order · columns × columns: row (k − 1) · columns + i holds the effect of column i, k rows ago */
  constructor(
    readonly order: number,
    readonly columns: number,
    readonly coefficients: Float64Array,
  ) {
    if (coefficients.length !== order * columns * columns) {
      throw new RangeError(
        `${coefficients.length} coefficients don't make a VAR(${order}) of ${columns} columns`,
      );
    }
  }

  /**
   * @param tables row-major, standardised, finite; rows of different tables are not neighbours
   * @throws RangeError when no table is longer than the order
   */
  static fit(tables: readonly Float64Array[], columns: number, options: RidgeVarOptions): RidgeVar {
    const { order, ridge } = options;
    const long = tables.filter((table) => table.length > order * columns);
    if (long.length === 0) throw new RangeError(`no table is longer than ${order} rows`);
    const moments = laggedMoments(long, columns, order);
    const coefficients = ridgeFromMoments(moments, ridge * moments.samples);
    return new RidgeVar(order, columns, coefficients);
  }

  /**
   * One-step prediction of row `row` of a table from the rows before it (rows before the table count as 0, the mean).
   * @param out where to write `columns` numbers, from `at`
   */
  predict(table: Float64Array, row: number, out: Float64Array, at = 0): void {
    const { order, columns, coefficients } = this;
    if (row >= order) {
      const past = table.subarray((row - order) * columns, row * columns);
      (this.oneStep ??= this.stepMatrix()).multiply(past, out.subarray(at, at + columns));
      return;
    }
    out.fill(0, at, at + columns);
    for (let k = 1; k <= row; k++) {
      const past = (row - k) * columns;
      for (let i = 0; i < columns; i++) {
        const x = table[past + i];
        if (x === 0) continue;
        const from = ((k - 1) * columns + i) * columns;
        for (let j = 0; j < columns; j++) out[at + j] += x * coefficients[from + j];
      }
    }
  }

  /** Rows row + 1 … row + steps as predicted at `row`, each step fed with the predictions before it: steps × columns. */
  forecast(table: Float64Array, row: number, steps: number): Float64Array {
    const { order, columns } = this;
    const known = Math.min(order, row + 1);
    const path = new Float64Array((known + steps) * columns);
    path.set(table.subarray((row + 1 - known) * columns, (row + 1) * columns));
    for (let step = 0; step < steps; step++) this.predict(path, known + step, path, (known + step) * columns);
    return path.slice(known * columns);
  }

  private stepMatrix(): ConstantMatrix {
    const { order, columns, coefficients } = this;
    const width = order * columns;
    const matrix = new Float64Array(columns * width);
    for (let k = 1; k <= order; k++) {
      for (let i = 0; i < columns; i++) {
        for (let j = 0; j < columns; j++) {
          matrix[j * width + (order - k) * columns + i] = coefficients[((k - 1) * columns + i) * columns + j];
        }
      }
    }
    return new ConstantMatrix(matrix, columns, width);
  }
}
