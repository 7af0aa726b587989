/** A recorded or simulated run with what is known about it. */
export interface LabelledRun {
  /** Row-major, one column per detector tag, in the tags' own units. */
  readonly values: Float64Array;
  /** Disturbance that acts from `onsetRow` on; 0: none. */
  readonly idv: number;
  /** First row under the disturbance; the number of rows when there is none. */
  readonly onsetRow: number;
}

/** Class of a row: 0 normal, else the number of the disturbance. */
export function labelOf(run: LabelledRun, row: number): number {
  return row < run.onsetRow ? 0 : run.idv;
}

/** A plant that has shut down repeats its last row; there is nothing to forecast in it. */
export function untilFrozen(run: LabelledRun, columns: number): LabelledRun {
  let rows = run.values.length / columns;
  const repeats = (row: number): boolean => {
    for (let j = 0; j < columns; j++) {
      if (run.values[row * columns + j] !== run.values[(row - 1) * columns + j]) return false;
    }
    return true;
  };
  while (rows > 1 && repeats(rows - 1)) rows--;
  return { ...run, values: run.values.subarray(0, rows * columns), onsetRow: Math.min(run.onsetRow, rows) };
}
