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
