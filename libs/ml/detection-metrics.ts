import { quantileOfSorted } from './quantile.js';
import { SeededRandom } from './seeded-random.js';

/** Statistic of a detector over one run and which rows are truly abnormal; row by row. */
export interface ScoredRun {
  readonly statistics: Float64Array;
  /** 1 = abnormal, 0 = normal. */
  readonly labels: Uint8Array;
}

/**
 * Area under the precision–recall curve as average precision, Σ (recall step) · precision; rows with equal statistics
 * count as one step. Rows of all runs are ranked together.
 *
 * @returns NaN without an abnormal row
 */
export function areaUnderPrecisionRecall(runs: readonly ScoredRun[]): number {
  const rows = runs.flatMap(({ statistics, labels }) => {
    return Array.from(statistics, (statistic, row) => ({ statistic, abnormal: labels[row] }));
  });
  rows.sort((a, b) => b.statistic - a.statistic);
  const positives = rows.reduce((sum, { abnormal }) => sum + abnormal, 0);
  let area = 0;
  let found = 0;
  for (let at = 0; at < rows.length;) {
    const { statistic } = rows[at];
    const before = found;
    while (at < rows.length && rows[at].statistic === statistic) found += rows[at++].abnormal;
    area += ((found - before) / positives) * (found / at);
  }
  return positives === 0 ? NaN : area;
}

/** Thresholds that the volume is sampled at. */
const VOLUME_THRESHOLDS = 250;

/**
 * Volume under the precision–recall surface: the area with labels that fade out over a buffer around each abnormal
 * stretch, averaged over buffers of 0 … `maxBuffer` rows, so that a detection a little early or late is not all wrong
 * (Paparrizos et al., "Volume under the surface", PVLDB 15, 2022). For one run.
 *
 * @returns NaN without an abnormal row
 */
export function volumeUnderPrecisionRecall({ statistics, labels }: ScoredRun, maxBuffer: number): number {
  if (!labels.includes(1)) return NaN;
  const order = Float64Array.from(statistics).sort().reverse();
  const thresholds = Float64Array.from({ length: VOLUME_THRESHOLDS }, (_, k) => {
    return order[Math.round((k * (order.length - 1)) / (VOLUME_THRESHOLDS - 1))];
  });
  let volume = 0;
  for (let buffer = 0; buffer <= maxBuffer; buffer++) {
    volume += areaWithBuffer(statistics, labels, buffer, thresholds) / (maxBuffer + 1);
  }
  return volume;
}

function areaWithBuffer(
  statistics: Float64Array,
  labels: Uint8Array,
  buffer: number,
  thresholds: Float64Array,
): number {
  const soft = fadedLabels(labels, buffer);
  const segments = segmentsOf(soft);
  const hardPositives = labels.reduce((sum, label) => sum + label, 0);
  let area = 0;
  let lastRecall = 0;
  for (const threshold of thresholds) {
    let hits = 0;
    let alarms = 0;
    let softPositives = hardPositives;
    for (let row = 0; row < statistics.length; row++) {
      const alarm = statistics[row] >= threshold;
      if (!alarm) continue;
      alarms++;
      hits += soft[row];
      if (labels[row] === 0) softPositives += soft[row];
    }
    const found = segments.filter(([from, to]) =>
      statistics.subarray(from, to).some((s) => s >= threshold),
    ).length;
    const recall = Math.min(1, (2 * hits) / (hardPositives + softPositives)) * (found / segments.length);
    area += Math.max(0, recall - lastRecall) * (hits / alarms);
    lastRecall = Math.max(recall, lastRecall);
  }
  return area;
}

/** 1 on abnormal rows; √(1 − distance/buffer) within half a buffer of them. */
function fadedLabels(labels: Uint8Array, buffer: number): Float64Array {
  const soft = Float64Array.from(labels);
  const reach = Math.floor(buffer / 2);
  labels.forEach((label, row) => {
    if (label === 0) return;
    for (let distance = 1; distance <= reach; distance++) {
      const value = Math.sqrt(1 - distance / buffer);
      for (const at of [row - distance, row + distance]) {
        if (at >= 0 && at < soft.length && soft[at] < value) soft[at] = value;
      }
    }
  });
  return soft;
}

/** Half-open row ranges with a label above zero. */
function segmentsOf(soft: Float64Array): [number, number][] {
  const segments: [number, number][] = [];
  for (let row = 0; row < soft.length; row++) {
    if (soft[row] === 0) continue;
    const from = row;
    while (row < soft.length && soft[row] > 0) row++;
    segments.push([from, row]);
  }
  return segments;
}

export interface Interval {
  readonly mean: number;
  readonly low: number;
  readonly high: number;
}

export interface BootstrapOptions {
  /** Default 0.95. */
  readonly confidence?: number;
  /** Default 2000. */
  readonly resamples?: number;
  /** Default 1. */
  readonly seed?: number;
}

/**
 * Mean of one figure per run with its percentile bootstrap interval: runs are drawn with replacement, because rows of a
 * run are not independent (Efron and Tibshirani, 1993).
 *
 * @throws RangeError without runs
 */
export function bootstrapMean(
  figures: readonly number[],
  { confidence = 0.95, resamples = 2000, seed = 1 }: BootstrapOptions = {},
): Interval {
  if (figures.length === 0) throw new RangeError('a mean over no runs');
  const random = new SeededRandom(seed);
  const means = Float64Array.from({ length: resamples }, () => {
    let sum = 0;
    for (let i = 0; i < figures.length; i++) sum += figures[random.nextInt(figures.length)];
    return sum / figures.length;
  }).sort();
  return {
    mean: figures.reduce((sum, figure) => sum + figure, 0) / figures.length,
    low: quantileOfSorted(means, (1 - confidence) / 2),
    high: quantileOfSorted(means, (1 + confidence) / 2),
  };
}

/** Whether one of the `k` tags with the largest contribution is among those expected. */
export function isTopHit(
  contributions: ArrayLike<number>,
  tagCodes: readonly string[],
  expected: readonly string[],
  k = 3,
): boolean {
  const order = Array.from({ length: contributions.length }, (_, i) => i);
  order.sort((a, b) => contributions[b] - contributions[a]);
  return order.slice(0, k).some((i) => expected.includes(tagCodes[i]));
}
