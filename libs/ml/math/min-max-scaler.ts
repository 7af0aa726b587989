import { assertEnoughCells, columnStatistics } from './column-statistics.js';
import { AffineMap, MINIMUM_CELLS_PER_COLUMN, scaleOrOne, type Scaler, type ScalerJson } from './scaler.js';

/** y = (x − min) / (max − min): the fitted range becomes 0…1; values beyond it go beyond 0…1, unclipped. Policy for NaN, constants and few points: see {@link Scaler}. */
export class MinMaxScaler implements Scaler {
  private constructor(private readonly map: AffineMap) {}

  /**
   * @param tables row-major tables with the same columns
   * @throws RangeError on infinite cells or a column with fewer than two values
   */
  static fit(tables: readonly Float64Array[], columns: number): MinMaxScaler {
    const statistics = columnStatistics(tables, columns);
    assertEnoughCells(statistics, MINIMUM_CELLS_PER_COLUMN);
    const { min, max } = statistics;
    return new MinMaxScaler(
      new AffineMap(
        min,
        max.map((m, i) => scaleOrOne(m - min[i], m)),
      ),
    );
  }

  static fromJSON(json: ScalerJson): MinMaxScaler {
    return new MinMaxScaler(AffineMap.fromJSON(json, 'minmax'));
  }

  get columns(): number {
    return this.map.offset.length;
  }

  transform(rows: Float64Array, out = new Float64Array(rows.length)): Float64Array {
    return this.map.forward(rows, out);
  }

  inverse(rows: Float64Array, out = new Float64Array(rows.length)): Float64Array {
    return this.map.backward(rows, out);
  }

  toJSON(): ScalerJson {
    return this.map.toJSON('minmax');
  }
}
