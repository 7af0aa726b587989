import { assertEnoughCells, columnStatistics } from './column-statistics.js';
import { AffineMap, MINIMUM_CELLS_PER_COLUMN, scaleOrOne, type Scaler, type ScalerJson } from './scaler.js';

/** z = (x − mean) / sample standard deviation (n − 1). Policy for NaN, constants and few points: see {@link Scaler}. */
export class StandardScaler implements Scaler {
  private constructor(private readonly map: AffineMap) {}

  /**
   * @param tables row-major tables with the same columns
   * @throws RangeError on infinite cells or a column with fewer than two values
   */
  static fit(tables: readonly Float64Array[], columns: number): StandardScaler {
    const statistics = columnStatistics(tables, columns);
    assertEnoughCells(statistics, MINIMUM_CELLS_PER_COLUMN);
    const { mean, standardDeviation } = statistics;
    return new StandardScaler(
      new AffineMap(
        mean,
        standardDeviation.map((s, i) => scaleOrOne(s, mean[i])),
      ),
    );
  }

  static fromJSON(json: ScalerJson): StandardScaler {
    return new StandardScaler(AffineMap.fromJSON(json, 'zscore'));
  }

  get columns(): number {
    return this.map.offset.length;
  }

  get mean(): Float64Array {
    return this.map.offset;
  }

  get standardDeviation(): Float64Array {
    return this.map.scale;
  }

  transform(rows: Float64Array, out = new Float64Array(rows.length)): Float64Array {
    return this.map.forward(rows, out);
  }

  inverse(rows: Float64Array, out = new Float64Array(rows.length)): Float64Array {
    return this.map.backward(rows, out);
  }

  toJSON(): ScalerJson {
    return this.map.toJSON('zscore');
  }
}
