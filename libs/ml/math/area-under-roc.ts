/**
 * Share of pairs of a positive and a negative score in which the positive is the higher, ties counting half: the area
 * under the receiver operating characteristic, by the Mann–Whitney statistic.
 *
 * @param positives in any order, as are the negatives
 * @returns NaN when either is empty
 */
export function areaUnderRoc(positives: ArrayLike<number>, negatives: ArrayLike<number>): number {
  return areaOfSorted(Float64Array.from(positives).sort(), Float64Array.from(negatives).sort());
}

/** As {@link areaUnderRoc}, both in ascending order. */
export function areaOfSorted(positives: Float64Array, negatives: Float64Array): number {
  let below = 0;
  let upTo = 0;
  let wins = 0;
  for (const positive of positives) {
    while (below < negatives.length && negatives[below] < positive) below++;
    upTo = Math.max(upTo, below);
    while (upTo < negatives.length && negatives[upTo] <= positive) upTo++;
    wins += (below + upTo) / 2;
  }
  return wins / (positives.length * negatives.length);
}
