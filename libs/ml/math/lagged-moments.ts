/** Sums of products between a multivariate series and its own past, over runs that do not continue each other. */
export interface LaggedMoments {
  readonly columns: number;
  readonly lags: number;
  /** Instants with a full past, over all runs. */
  readonly samples: number;
  /**
   * Σ x·xᵀ with x = (z(t), z(t−1), …, z(t−lags)) stacked, ((lags+1)·columns)² row-major, symmetric.
   */
  readonly matrix: Float64Array;
}

/**
 * All products up to `lags` at the price of those with lag 0: blocks along a diagonal differ only by the samples at the
 * ends of a run, R(i+1, j+1) = R(i, j) + z(lags−1−i)·z(lags−1−j)ᵀ − z(n−1−i)·z(n−1−j)ᵀ. Exact, not a Toeplitz approximation.
 *
 * @param runs row-major; a run must have more rows than `lags`
 * @throws RangeError when a run is too short
 */
export function laggedMoments(runs: readonly Float64Array[], columns: number, lags: number): LaggedMoments {
  const size = (lags + 1) * columns;
  const matrix = new Float64Array(size * size);
  let samples = 0;
  for (const run of runs) {
    const rows = run.length / columns;
    if (rows <= lags) throw new RangeError(`a run of ${rows} rows has no sample with ${lags} before it`);
    samples += rows - lags;
    const ofRun = new Float64Array(size * size);
    for (let lag = 0; lag <= lags; lag++) addFirstBlockRow(ofRun, size, run, columns, lags, lag);
    for (let i = 0; i < lags; i++) {
      for (let j = i; j < lags; j++) shiftBlock(ofRun, size, run, columns, lags, i, j);
    }
    for (let at = 0; at < matrix.length; at++) matrix[at] += ofRun[at];
  }
  for (let i = 0; i < size; i++) for (let j = 0; j < i; j++) matrix[i * size + j] = matrix[j * size + i];
  return { columns, lags, samples, matrix };
}

/** Block (0, lag): Σ z(t)·z(t−lag)ᵀ. */
function addFirstBlockRow(
  matrix: Float64Array,
  size: number,
  run: Float64Array,
  columns: number,
  lags: number,
  lag: number,
): void {
  for (let now = lags * columns; now < run.length; now += columns) {
    const past = now - lag * columns;
    for (let a = 0; a < columns; a++) {
      const factor = run[now + a];
      for (let b = 0, at = a * size + lag * columns; b < columns; b++, at++)
        matrix[at] += factor * run[past + b];
    }
  }
}

/** Block (i+1, j+1) from block (i, j). */
function shiftBlock(
  matrix: Float64Array,
  size: number,
  run: Float64Array,
  columns: number,
  lags: number,
  i: number,
  j: number,
): void {
  const last = run.length / columns - 1;
  for (let a = 0; a < columns; a++) {
    const enters = run[(lags - 1 - i) * columns + a];
    const leaves = run[(last - i) * columns + a];
    for (let b = 0; b < columns; b++) {
      const from = (i * columns + a) * size + j * columns + b;
      const to = ((i + 1) * columns + a) * size + (j + 1) * columns + b;
      matrix[to] =
        matrix[from] + enters * run[(lags - 1 - j) * columns + b] - leaves * run[(last - j) * columns + b];
    }
  }
}
