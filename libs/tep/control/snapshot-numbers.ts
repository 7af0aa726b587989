/** Any typed array of numbers a snapshot may fill. */
type NumberArray = Float64Array | Uint8Array;

/**
 * Fills `target` with the numbers of a snapshot field.
 *
 * @throws TypeError that names the field when it is no list of as many finite numbers.
 */
export function restoreNumbers(values: unknown, target: NumberArray, field: string): void {
  if (!Array.isArray(values) || values.length !== target.length || !values.every(Number.isFinite)) {
    throw new TypeError(`Snapshot field ${field} must be a list of ${target.length} finite numbers`);
  }
  target.set(values as number[]);
}
