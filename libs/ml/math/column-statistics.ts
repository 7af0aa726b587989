/** One pass over a table, column by column; NaN cells are left out. */
export interface ColumnStatistics {
  /** Finite cells per column. */
  readonly count: Float64Array;
  readonly mean: Float64Array;
  /** Sample standard deviation (n − 1); 0 for fewer than two cells. */
  readonly standardDeviation: Float64Array;
  readonly rootMeanSquare: Float64Array;
  readonly min: Float64Array;
  readonly max: Float64Array;
}

/**
 * Mean and deviation by Welford's recurrence (Technometrics 4, 1962), which does not lose digits on a large mean.
 *
 * @param tables row-major tables with the same columns
 * @throws RangeError on ragged tables or infinite cells
 */
export function columnStatistics(tables: readonly Float64Array[], columns: number): ColumnStatistics {
  const count = new Float64Array(columns);
  const mean = new Float64Array(columns);
  const squares = new Float64Array(columns);
  const deviations = new Float64Array(columns);
  const min = new Float64Array(columns).fill(Infinity);
  const max = new Float64Array(columns).fill(-Infinity);
  for (const table of tables) {
    if (table.length % columns !== 0)
      throw new RangeError(`${table.length} values are not rows of ${columns}`);
    for (let at = 0, column = 0; at < table.length; at++, column = column + 1 === columns ? 0 : column + 1) {
      const value = table[at];
      if (Number.isNaN(value)) continue;
      if (!Number.isFinite(value)) throw new RangeError(`column ${column} holds an infinite value`);
      count[column]++;
      const delta = value - mean[column];
      mean[column] += delta / count[column];
      deviations[column] += delta * (value - mean[column]);
      squares[column] += value * value;
      if (value < min[column]) min[column] = value;
      if (value > max[column]) max[column] = value;
    }
  }
  return {
    count,
    mean,
    standardDeviation: deviations.map((sum, i) => (count[i] > 1 ? Math.sqrt(sum / (count[i] - 1)) : 0)),
    rootMeanSquare: squares.map((sum, i) => (count[i] > 0 ? Math.sqrt(sum / count[i]) : 0)),
    min,
    max,
  };
}

/** @throws RangeError naming the first column with fewer finite cells than `needed` */
export function assertEnoughCells(statistics: ColumnStatistics, needed: number): void {
  const column = statistics.count.findIndex((count) => count < needed);
  if (column >= 0) {
    throw new RangeError(
      `column ${column} has ${statistics.count[column]} values, at least ${needed} are needed`,
    );
  }
}
