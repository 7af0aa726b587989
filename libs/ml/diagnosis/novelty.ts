import { choleskyFactor, choleskyInverse } from '../math/cholesky.js';
import { DIAGNOSIS_CLASSES } from './classes.js';
import { quantile } from '../math/quantile.js';

/**
 * Where states under each disturbance lie: a mean, the inverse of the covariance around it, and the squared distance that few
 * of its own states exceed. Disturbances that were not learnt have scale 0.
 */
export interface StateClusters {
  /** classes × units */
  readonly means: Float32Array;
  /** classes × units × units */
  readonly precisions: Float32Array;
  /** Per class. */
  readonly scales: Float32Array;
}

/** Share of a cluster's own states within its scale. */
const WITHIN_SCALE = 0.95;

/**
 * @param states states under each disturbance, by its number; row-major
 * @param ridge variance added to every unit of a cluster: no direction is that certain
 * @throws RangeError when a cluster has no states
 */
export function fitStateClusters(
  states: ReadonlyMap<number, Float32Array>,
  units: number,
  ridge: number,
): StateClusters {
  const means = new Float32Array(DIAGNOSIS_CLASSES * units);
  const precisions = new Float32Array(DIAGNOSIS_CLASSES * units * units);
  const scales = new Float32Array(DIAGNOSIS_CLASSES);
  for (const [label, values] of states) {
    const rows = values.length / units;
    if (rows === 0) throw new RangeError(`no states under disturbance ${label}`);
    const mean = means.subarray(label * units, (label + 1) * units);
    for (let i = 0; i < values.length; i++) mean[i % units] += values[i] / rows;
    const precision = precisions.subarray(label * units * units, (label + 1) * units * units);
    precision.set(clusterPrecision(values, mean, units, ridge));
    const distances = Float64Array.from({ length: rows }, (_, row) =>
      mahalanobisSquared(values.subarray(row * units, (row + 1) * units), mean, precision),
    );
    scales[label] = quantile(distances, WITHIN_SCALE);
  }
  return { means, precisions, scales };
}

function clusterPrecision(
  values: Float32Array,
  mean: Float32Array,
  units: number,
  ridge: number,
): Float64Array {
  const rows = values.length / units;
  const scatter = new Float64Array(units * units);
  const offset = new Float64Array(units);
  for (let at = 0; at < values.length; at += units) {
    for (let i = 0; i < units; i++) offset[i] = values[at + i] - mean[i];
    for (let i = 0; i < units; i++) {
      for (let j = 0; j < units; j++) scatter[i * units + j] += (offset[i] * offset[j]) / rows;
    }
  }
  for (let i = 0; i < units; i++) scatter[i * units + i] += ridge;
  return choleskyInverse(choleskyFactor(scatter, units), units);
}

/** Squared Mahalanobis distance to the nearest cluster, in units of that cluster's scale. */
export function distanceToClusters(
  state: Float32Array,
  { means, precisions, scales }: StateClusters,
): number {
  const units = state.length;
  let smallest = Infinity;
  for (let label = 0; label < scales.length; label++) {
    if (scales[label] === 0) continue;
    const mean = means.subarray(label * units, (label + 1) * units);
    const precision = precisions.subarray(label * units * units, (label + 1) * units * units);
    smallest = Math.min(smallest, mahalanobisSquared(state, mean, precision) / scales[label]);
  }
  return smallest;
}

/** Half of the products are enough, as the precision is symmetric. */
function mahalanobisSquared(state: Float32Array, mean: Float32Array, precision: Float32Array): number {
  const units = state.length;
  const offset = new Float64Array(units);
  let distance = 0;
  for (let i = 0; i < units; i++) {
    offset[i] = state[i] - mean[i];
    const row = i * units;
    let before = 0;
    for (let j = 0; j < i; j++) before += precision[row + j] * offset[j];
    distance += offset[i] * (2 * before + precision[row + i] * offset[i]);
  }
  return distance;
}

/** What is strange about a plant: how its hidden state and its slow features lie to those under the disturbances learnt. */
export interface NoveltyClusters {
  readonly hidden: StateClusters;
  readonly slow: StateClusters;
}

/** On the scale −1 … 1 of hidden states, and on that of the features. */
const HIDDEN_RIDGE = 0.02;
const SLOW_RIDGE = 0.5;

/** States under one disturbance, row by row. */
export interface ObservedStates {
  readonly hidden: Float32Array[];
  readonly slow: Float32Array[];
}

/** @throws RangeError when a disturbance was not observed */
export function fitNovelty(observed: ReadonlyMap<number, ObservedStates>): NoveltyClusters {
  const fit = (kind: keyof ObservedStates, ridge: number): StateClusters => {
    const joined = [...observed].map(([idv, states]) => [idv, concatenated(states[kind])] as const);
    const [first] = [...observed.values()];
    return fitStateClusters(new Map(joined), first?.[kind][0]?.length ?? 0, ridge);
  };
  return { hidden: fit('hidden', HIDDEN_RIDGE), slow: fit('slow', SLOW_RIDGE) };
}

/**
 * Geometric mean of both distances. The network separates what it has to distinguish and forgets the rest; the slow features
 * keep everything, but also what is ordinary. A new disturbance is strange to both.
 */
export function strangenessOf(hidden: Float32Array, slow: Float32Array, clusters: NoveltyClusters): number {
  return Math.sqrt(distanceToClusters(hidden, clusters.hidden) * distanceToClusters(slow, clusters.slow));
}

function concatenated(parts: readonly Float32Array[]): Float32Array {
  const whole = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
