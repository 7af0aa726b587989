import { OPERATING_RANGES, type OperatingRange } from '../catalogue/operating-ranges.js';

/** First quartile, median and third quartile of a column; null when it holds no number. */
export type ColumnSummary = readonly [number, number, number] | null;

/** Another order of the columns, positions from 0. */
export type Rearrangement =
  | { readonly kind: 'swapped'; readonly first: number; readonly second: number; readonly length: number }
  /** The columns from `first` to before `middle` belong behind those from `middle` to before `end`. */
  | { readonly kind: 'moved'; readonly first: number; readonly middle: number; readonly end: number };

/** What speaks against columns being the tags of the plant in their order; nothing when both are empty. */
export interface ColumnAssessment {
  /** Positions of columns that are where their tag never is, under the control scheme that suits the others best. */
  readonly misfits: readonly number[];
  /** An order that is far more likely. */
  readonly rearrangement: Rearrangement | null;
}

/** The plausible region reaches this share of the simulated one beyond it, to either side. */
const MARGIN = 0.5;
const MARGIN_SIGMAS = 3;
/** Of a constant, in its own magnitude and in its unit. */
const LEAST_MARGIN = 1e-3;
/** Normal operation is never taken for narrower than this share of the plausible region. */
const LEAST_SIGMA_SHARE = 0.01;
const NORMAL_SHARE = 0.5;
/** Logarithm of how much less likely a value outside the region is than one far inside it. */
const OUTSIDE_PENALTY = 12;
/**
 * Logarithm of the likelihood ratio at which another order is believed: of the some 40 000 orders that are looked at
 * (e¹¹) each would have to be e⁷ times as likely. Of simulated runs none reaches it, of their pieces one in some 3 000 reaches e¹⁵.
 */
const BELIEVED_GAIN = 18;

interface TagRegion extends OperatingRange {
  /** Where the tag may be at all. */
  readonly lowest: number;
  readonly highest: number;
}

const SCHEMES: readonly (readonly TagRegion[])[] = OPERATING_RANGES.map((ranges) => ranges.map(regionOf));

function regionOf(range: OperatingRange): TagRegion {
  const { mean, sigma, low, high } = range;
  const margin = Math.max(
    MARGIN * (high - low) + MARGIN_SIGMAS * sigma,
    LEAST_MARGIN * Math.abs(mean),
    LEAST_MARGIN,
  );
  return { ...range, lowest: low - margin, highest: high + margin };
}

/** Where a tag may be under any control scheme, in its unit. */
export function plausibleRegion(tag: number): { lowest: number; highest: number } {
  return {
    lowest: Math.min(...SCHEMES.map((regions) => regions[tag].lowest)),
    highest: Math.max(...SCHEMES.map((regions) => regions[tag].highest)),
  };
}

/** Quartiles of the numbers among the values. */
export function summarise(values: Iterable<number>): ColumnSummary {
  const sorted = Float64Array.from(values)
    .filter((value) => !Number.isNaN(value))
    .sort();
  if (sorted.length === 0) return null;
  const at = (share: number): number => sorted[Math.round(share * (sorted.length - 1))];
  return [at(0.25), at(0.5), at(0.75)];
}

/**
 * Assesses whether columns can be the first tags of the plant in their order (52, or 53 with the agitator). The quartiles
 * of every column have to lie where its tag was in simulated runs with every fault under one of the control schemes,
 * and no other order of the columns (two blocks swapped, one moved) may be far more likely. The likelihood
 * of a median is a normal distribution, that of operation without a fault, mixed with a uniform one over the region.
 */
export function assessColumns(columns: readonly ColumnSummary[]): ColumnAssessment {
  const readings = SCHEMES.map((regions) => {
    const likelihoods = columns.map((column) => columns.map((_, tag) => logLikelihood(column, regions[tag])));
    const misfits = columns.flatMap((column, i) => (isInside(column, regions[i]) ? [] : [i]));
    return { misfits, likelihoods, total: sumOf(likelihoods.map((row, i) => row[i])) };
  });
  const nearest = readings.reduce((best, next) =>
    next.misfits.length < best.misfits.length ||
    (next.misfits.length === best.misfits.length && next.total > best.total)
      ? next
      : best,
  );
  let likeliest: { rearrangement: Rearrangement | null; total: number } = {
    rearrangement: null,
    total: nearest.total + BELIEVED_GAIN,
  };
  for (const { likelihoods, total } of readings)
    for (const { gain, ...rearrangement } of [bestSwap(likelihoods), ...bestMove(likelihoods)])
      if (gain > BELIEVED_GAIN && total + gain > likeliest.total)
        likeliest = { rearrangement, total: total + gain };
  return { misfits: nearest.misfits, rearrangement: likeliest.rearrangement };
}

/** Whether nothing speaks against columns being the tags of the plant in their order. */
export function areTags(columns: readonly ColumnSummary[]): boolean {
  const isPossible = SCHEMES.some((regions) => columns.every((column, i) => isInside(column, regions[i])));
  if (!isPossible) return false;
  const { misfits, rearrangement } = assessColumns(columns);
  return misfits.length === 0 && rearrangement === null;
}

function isInside(column: ColumnSummary, { lowest, highest }: TagRegion): boolean {
  return column === null || column.every((quartile) => quartile >= lowest && quartile <= highest);
}

/** Logarithm of the density of a median; 0 without one. */
function logLikelihood(column: ColumnSummary, { mean, sigma, lowest, highest }: TagRegion): number {
  if (column === null) return 0;
  const [, median] = column;
  const uniform = Math.log((1 - NORMAL_SHARE) / (highest - lowest));
  if (median < lowest || median > highest) return uniform - OUTSIDE_PENALTY;
  const width = Math.max(sigma, LEAST_SIGMA_SHARE * (highest - lowest));
  const normal =
    (NORMAL_SHARE * Math.exp(-0.5 * ((median - mean) / width) ** 2)) / (width * Math.sqrt(2 * Math.PI));
  return Math.log(normal + Math.exp(uniform));
}

type WithGain<T> = T & { readonly gain: number };

/** The two blocks of columns whose exchange makes the table likelier than any other's. */
function bestSwap(likelihoods: readonly (readonly number[])[]): WithGain<Rearrangement> {
  const count = likelihoods.length;
  let best: WithGain<Rearrangement> = { kind: 'swapped', first: 0, second: 1, length: 1, gain: -Infinity };
  const gainOf = (a: number, b: number): number =>
    likelihoods[a][b] + likelihoods[b][a] - likelihoods[a][a] - likelihoods[b][b];
  const isEmpty = likelihoods.map((row) => row.every((value) => value === 0));
  for (let first = 0; first < count; first++)
    for (let second = first + 1; second < count; second++) {
      let gain = 0;
      for (let length = 1; length <= second - first && second + length <= count; length++) {
        const [a, b] = [first + length - 1, second + length - 1];
        if (!isEmpty[a] && !isEmpty[b]) gain += gainOf(a, b);
        if (gain > best.gain) best = { kind: 'swapped', first, second, length, gain };
      }
    }
  return best;
}

/** The block of columns whose move to another place makes the table likelier than any other's; none where one is empty. */
function bestMove(likelihoods: readonly (readonly number[])[]): WithGain<Rearrangement>[] {
  const count = likelihoods.length;
  if (likelihoods.some((row) => row.every((value) => value === 0))) return [];
  // By the places that columns are moved to the right, from -(count - 1) on: sums over the columns before each.
  const sums = Array.from({ length: 2 * count - 1 }, (_, shift) => {
    const before = new Float64Array(count + 1);
    for (let column = 0; column < count; column++)
      before[column + 1] = before[column] + (likelihoods[column][column + shift - (count - 1)] ?? 0);
    return before;
  });
  const sumOfMoved = (from: number, to: number, places: number): number =>
    sums[places + count - 1][to] - sums[places + count - 1][from];
  let best: WithGain<Rearrangement> = { kind: 'moved', first: 0, middle: 1, end: 2, gain: -Infinity };
  for (let first = 0; first < count; first++)
    for (let middle = first + 1; middle < count; middle++)
      for (let end = middle + 1; end <= count; end++) {
        const gain =
          sumOfMoved(first, middle, end - middle) +
          sumOfMoved(middle, end, first - middle) -
          sumOfMoved(first, end, 0);
        if (gain > best.gain) best = { kind: 'moved', first, middle, end, gain };
      }
  return [best];
}

function sumOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}
