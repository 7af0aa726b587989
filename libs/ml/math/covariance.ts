/**
 * Covariance matrix (n − 1) of the rows of several tables together.
 *
 * @param tables row-major tables with the same columns, finite numbers
 * @throws RangeError with fewer than two rows
 */
export function covariance(tables: readonly Float64Array[], columns: number): Float64Array {
  const rows = tables.reduce((sum, table) => sum + table.length / columns, 0);
  if (rows < 2) throw new RangeError('covariance needs at least two rows');
  const mean = new Float64Array(columns);
  for (const table of tables) {
    for (let at = 0, column = 0; at < table.length; at++) {
      mean[column] += table[at] / rows;
      if (++column === columns) column = 0;
    }
  }
  const sums = new Float64Array(columns * columns);
  const centred = new Float64Array(columns);
  for (const table of tables) {
    for (let row = 0; row < table.length; row += columns) {
      for (let i = 0; i < columns; i++) centred[i] = table[row + i] - mean[i];
      addOuterLower(sums, centred, centred, columns);
    }
  }
  for (let i = 0; i < columns; i++) {
    for (let j = 0; j <= i; j++) {
      sums[i * columns + j] /= rows - 1;
      sums[j * columns + i] = sums[i * columns + j];
    }
  }
  return sums;
}

/** Lower triangle of sums += a·bᵀ. */
function addOuterLower(sums: Float64Array, a: Float64Array, b: Float64Array, n: number): void {
  for (let i = 0; i < n; i++) {
    const factor = a[i];
    for (let j = 0, at = i * n; j <= i; j++, at++) sums[at] += factor * b[j];
  }
}
