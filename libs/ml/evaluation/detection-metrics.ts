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
export function volumeUnderPrecisionRecall(run: ScoredRun, maxBuffer: number): number {
  if (!run.labels.includes(1)) return NaN;
  const ranking = rankRows(run);
  let volume = 0;
  for (let buffer = 0; buffer <= maxBuffer; buffer++) {
    volume += areaWithBuffer(run, buffer, ranking) / (maxBuffer + 1);
  }
  return volume;
}

interface Ranking {
  /** Rows, the highest statistic first. */
  readonly order: Uint32Array;
  /** Per threshold, from the highest down: how many of the ordered rows reach it. */
  readonly alarms: Uint32Array;
}

function rankRows({ statistics }: ScoredRun): Ranking {
  const order = Uint32Array.from(statistics, (_, row) => row).sort((a, b) => statistics[b] - statistics[a]);
  let reached = 0;
  const alarms = Uint32Array.from({ length: VOLUME_THRESHOLDS }, (_, k) => {
    const threshold = statistics[order[Math.round((k * (order.length - 1)) / (VOLUME_THRESHOLDS - 1))]];
    while (reached < order.length && statistics[order[reached]] >= threshold) reached++;
    return reached;
  });
  return { order, alarms };
}

/** One walk down the ranking; what the alarms hit is added up on the way. */
function areaWithBuffer({ labels }: ScoredRun, buffer: number, { order, alarms }: Ranking): number {
  const soft = fadedLabels(labels, buffer);
  const { segmentOf, segments } = segmentsOf(soft);
  const hardPositives = labels.reduce((sum, label) => sum + label, 0);
  const isFound = new Uint8Array(segments);
  let [found, hits, softPositives, area, lastRecall, at] = [0, 0, hardPositives, 0, 0, 0];
  for (const count of alarms) {
    for (; at < count; at++) {
      const row = order[at];
      if (soft[row] === 0) continue;
      hits += soft[row];
      if (labels[row] === 0) softPositives += soft[row];
      if (isFound[segmentOf[row]] === 0) found++;
      isFound[segmentOf[row]] = 1;
    }
    const recall = Math.min(1, (2 * hits) / (hardPositives + softPositives)) * (found / segments);
    area += Math.max(0, recall - lastRecall) * (hits / count);
    lastRecall = Math.max(recall, lastRecall);
  }
  return area;
}

/** 1 on abnormal rows; √(1 − distance/buffer) within half a buffer of them. */
function fadedLabels(labels: Uint8Array, buffer: number): Float64Array {
  const soft = Float64Array.from(labels);
  const reach = Math.floor(buffer / 2);
  for (let row = 0; row < labels.length; row++) {
    // Only the edges of a stretch reach beyond it.
    if (labels[row] === 0 || (labels[row - 1] === 1 && labels[row + 1] === 1)) continue;
    for (let distance = 1; distance <= reach; distance++) {
      const value = Math.sqrt(1 - distance / buffer);
      for (const at of [row - distance, row + distance]) {
        if (at >= 0 && at < soft.length && soft[at] < value) soft[at] = value;
      }
    }
  }
  return soft;
}

/** Numbers the stretches of rows with a label above zero. */
function segmentsOf(soft: Float64Array): { segmentOf: Uint32Array; segments: number } {
  const segmentOf = new Uint32Array(soft.length);
  let segments = 0;
  for (let row = 0; row < soft.length; row++) {
    if (soft[row] === 0) continue;
    if (row === 0 || soft[row - 1] === 0) segments++;
    segmentOf[row] = segments - 1;
  }
  return { segmentOf, segments };
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

/** How often {@link isTopHit} holds when the tags are drawn blindly: 1 − C(tags − expected, k) / C(tags, k). */
export function chanceOfTopHit(tags: number, expected: number, k = 3): number {
  let miss = 1;
  for (let i = 0; i < k; i++) miss *= (tags - expected - i) / (tags - i);
  return 1 - Math.max(0, miss);
}
