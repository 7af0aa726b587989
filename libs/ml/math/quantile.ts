/**
 * Quantile of a sample by linear interpolation between order statistics (type 7 of Hyndman and Fan, The American
 * Statistician 50, 1996; the default of numpy and R).
 *
 * @param values NaN is left out; the array is not changed
 * @throws RangeError without any value, or a probability outside 0…1
 */
export function quantile(values: Float64Array, probability: number): number {
  return quantileOfSorted(values.filter((value) => !Number.isNaN(value)).sort(), probability);
}

/** As {@link quantile}, for values already in ascending order and without NaN. */
export function quantileOfSorted(sorted: Float64Array | Float32Array, probability: number): number {
  if (sorted.length === 0) throw new RangeError('quantile of no values');
  if (!(probability >= 0 && probability <= 1))
    throw new RangeError(`probability ${probability} is outside 0…1`);
  const position = (sorted.length - 1) * probability;
  const below = Math.floor(position);
  const above = Math.min(below + 1, sorted.length - 1);
  return sorted[below] + (position - below) * (sorted[above] - sorted[below]);
}
