/** What a tag did in a window of time. Without a good sample there are counts only. */
export interface TagStatistics {
  /** Good samples; mean, deviation and extremes are theirs alone. */
  count: number;
  /** Samples of uncertain and of bad quality. */
  uncertain: number;
  bad: number;
  mean: number | null;
  /** Sample standard deviation (n − 1); 0 of a single sample. */
  std: number | null;
  min: number | null;
  max: number | null;
}

/** Sums over disjoint parts of a window. */
export interface StatisticSums {
  count: number;
  uncertain: number;
  bad: number;
  sum: number;
  sumSquares: number;
  min: number;
  max: number;
}

/** Adds the sums of another part of the window. */
export function addSums(whole: StatisticSums, part: StatisticSums): void {
  whole.count += part.count;
  whole.uncertain += part.uncertain;
  whole.bad += part.bad;
  whole.sum += part.sum;
  whole.sumSquares += part.sumSquares;
  if (part.min < whole.min) whole.min = part.min;
  if (part.max > whole.max) whole.max = part.max;
}

/** Samples of any quality. */
export function samplesOf({
  count,
  uncertain,
  bad,
}: Pick<StatisticSums, 'count' | 'uncertain' | 'bad'>): number {
  return count + uncertain + bad;
}

/** Statistics of at least one sample of any quality. */
export function statisticsOf({
  count,
  uncertain,
  bad,
  sum,
  sumSquares,
  min,
  max,
}: StatisticSums): TagStatistics {
  if (count === 0) return { count, uncertain, bad, mean: null, std: null, min: null, max: null };
  const mean = sum / count;
  const squares = Math.max(sumSquares - sum * mean, 0);
  const constant = min === max;
  return {
    count,
    uncertain,
    bad,
    mean: constant ? min : mean,
    std: constant ? 0 : Math.sqrt(squares / (count - 1)),
    min,
    max,
  };
}
