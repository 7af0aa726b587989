/** What a tag did in a window of time. */
export interface TagStatistics {
  count: number;
  mean: number;
  /** Sample standard deviation (n − 1); 0 of a single sample. */
  std: number;
  min: number;
  max: number;
}

/** Sums over disjoint parts of a window. */
export interface StatisticSums {
  count: number;
  sum: number;
  sumSquares: number;
  min: number;
  max: number;
}

/** Adds the sums of another part of the window. */
export function addSums(whole: StatisticSums, part: StatisticSums): void {
  whole.count += part.count;
  whole.sum += part.sum;
  whole.sumSquares += part.sumSquares;
  if (part.min < whole.min) whole.min = part.min;
  if (part.max > whole.max) whole.max = part.max;
}

/** Statistics of at least one sample. */
export function statisticsOf({ count, sum, sumSquares, min, max }: StatisticSums): TagStatistics {
  const mean = sum / count;
  const squares = Math.max(sumSquares - sum * mean, 0);
  const constant = min === max;
  return {
    count,
    mean: constant ? min : mean,
    std: constant ? 0 : Math.sqrt(squares / (count - 1)),
    min,
    max,
  };
}
