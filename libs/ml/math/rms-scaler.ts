import { assertEnoughCells, columnStatistics } from './column-statistics.js';
import { AffineMap, MINIMUM_CELLS_PER_COLUMN, scaleOrOne, type Scaler, type ScalerJson } from './scaler.js';

/** y = x / √(mean of x²): keeps zero where it is, for signals that swing about it. Policy for NaN, constants and few points: see {@link Scaler}. */
export class RmsScaler implements Scaler {
  private constructor(private readonly map: AffineMap) {}

  /**
   * @param tables row-major tables with the same columns
   * @throws RangeError on infinite cells or a column with fewer than two values
   */
  static fit(tables: readonly Float64Array[], columns: number): RmsScaler {
    const statistics = columnStatistics(tables, columns);
    assertEnoughCells(statistics, MINIMUM_CELLS_PER_COLUMN);
    const { rootMeanSquare } = statistics;
    return new RmsScaler(
      new AffineMap(
        new Float64Array(columns),
        rootMeanSquare.map((r) => scaleOrOne(r, r)),
      ),
    );
  }

  static fromJSON(json: ScalerJson): RmsScaler {
    return new RmsScaler(AffineMap.fromJSON(json, 'rms'));
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
    return this.map.toJSON('rms');
  }
}
