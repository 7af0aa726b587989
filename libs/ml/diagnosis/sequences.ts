import type { Scalar, Tensor } from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { DIAGNOSIS_CLASSES } from './classes.js';
import type { InnovationFeatures } from './innovation-features.js';
import { type LabelledRun, labelOf } from '../window/labelled-run.js';
import type { SeededRandom } from '../math/seeded-random.js';
import { tfCore } from '../network/tensorflow.js';

const { logSumExp, div, mul, oneHot, reshape, sub, sum, tensor, tensor1d } = tfCore;

/** A run with what the network sees of it. */
export interface FeatureRun {
  readonly run: LabelledRun;
  /** rows × width */
  readonly features: Float32Array;
  readonly rows: number;
  /** Per row, the detector's statistic divided by its limit. */
  readonly alarmRatios: Float64Array;
}

/** Rows of one training sequence: 12 h, what a prediction looks back on. */
export const SEQUENCE_ROWS = 240;
const BATCH = 16;
/** The first rows of a sequence teach nothing: the state is still empty. */
export const WARM_UP_ROWS = 4;
/** Share of the sequences of long faulty runs that are made to contain the onset. */
const ONSET_SHARE = 0.3;
/** Share of the sequences that come from the short runs about an onset. */
const SHORT_SHARE = 0.5;
/** Weight of a normal row. Whether there is a fault at all is for the detector to say. */
const NORMAL_WEIGHT = 0.3;
/** The first row in alarm weighs so much more than a late one; the surplus falls by e every so many rows in alarm. */
const FRESH_SURPLUS = 6;
const FRESH_ROWS = 10;
/** Share of the tags that are hidden from the network in a sequence, others in each, so that it does not rely on few. */
const HIDDEN_TAGS = 0.05;

/** A run with how much each of its rows teaches. */
interface TeachingRun extends FeatureRun {
  readonly weights: Float32Array;
}

/** What sequences are drawn from. */
export interface SequencePool {
  readonly long: readonly TeachingRun[];
  /** Runs of one sequence about an onset; may be empty. */
  readonly short: readonly TeachingRun[];
  readonly rows: number;
}

export interface SequenceBatch {
  readonly features: Float32Array;
  readonly labels: Int32Array;
  /** How much each row teaches. */
  readonly weights: Float32Array;
}

/** Normal runs are repeated or thinned until they are about a tenth of the long ones: faulty runs bring normal rows of their own. */
export function sequencePool(runs: readonly FeatureRun[], onsets: readonly FeatureRun[]): SequencePool {
  const faulty = runs.filter(({ run }) => run.idv > 0);
  const normal = runs.filter(({ run }) => run.idv === 0);
  const wanted = Math.max(1, Math.round(faulty.length / 9));
  const balanced = [...faulty, ...Array.from({ length: wanted }, (_, i) => normal[i % normal.length])];
  const teaching = (run: FeatureRun): TeachingRun => ({ ...run, weights: teachingWeights(run) });
  const [long, short] = [balanced.map(teaching), onsets.map(teaching)];
  return { long, short, rows: [...long, ...short].reduce((all, { rows }) => all + rows, 0) };
}

/** Rows under a fault that the detector does not see teach neither the fault nor normal operation. */
function teachingWeights({ run, rows, alarmRatios }: FeatureRun): Float32Array {
  let inAlarm = 0;
  return Float32Array.from({ length: rows }, (_, row) => {
    if (labelOf(run, row) === 0) return NORMAL_WEIGHT;
    return alarmRatios[row] > 1 ? 1 + FRESH_SURPLUS * Math.exp(-inAlarm++ / FRESH_ROWS) : 0;
  });
}

/** Sequences of runs drawn with equal chances, some tags hidden in each. */
export function drawBatch(
  pool: SequencePool,
  { width, tags }: Pick<InnovationFeatures, 'width' | 'tags'>,
  random: SeededRandom,
): SequenceBatch {
  const features = new Float32Array(BATCH * SEQUENCE_ROWS * width);
  const labels = new Int32Array(BATCH * SEQUENCE_ROWS);
  const weights = new Float32Array(BATCH * SEQUENCE_ROWS);
  for (let k = 0; k < BATCH; k++) {
    const { drawn, from } = drawSequence(pool, random);
    const at = k * SEQUENCE_ROWS;
    const sequence = features.subarray(at * width, (at + SEQUENCE_ROWS) * width);
    sequence.set(drawn.features.subarray(from * width, (from + SEQUENCE_ROWS) * width));
    hideTags(sequence, tags, random);
    for (let row = 0; row < SEQUENCE_ROWS; row++) {
      labels[at + row] = labelOf(drawn.run, from + row);
      weights[at + row] = row < WARM_UP_ROWS ? 0 : drawn.weights[from + row];
    }
  }
  return { features, labels, weights };
}

function drawSequence(
  { long, short }: SequencePool,
  random: SeededRandom,
): { drawn: TeachingRun; from: number } {
  if (short.length > 0 && random.next() < SHORT_SHARE) {
    const drawn = short[random.nextInt(short.length)];
    return { drawn, from: random.nextInt(drawn.rows - SEQUENCE_ROWS + 1) };
  }
  const drawn = long[random.nextInt(long.length)];
  return { drawn, from: drawStart(drawn, random) };
}

function drawStart({ run, rows }: FeatureRun, random: SeededRandom): number {
  const last = rows - SEQUENCE_ROWS;
  if (run.idv === 0 || random.next() >= ONSET_SHARE) return random.nextInt(last + 1);
  const earliest = Math.max(0, run.onsetRow - SEQUENCE_ROWS + 1);
  const latest = Math.min(last, run.onsetRow);
  return earliest <= latest ? earliest + random.nextInt(latest - earliest + 1) : last;
}

/** A feature of 0 is a tag at rest. The features of a tag stand `tags` apart. */
function hideTags(sequence: Float32Array, tags: number, random: SeededRandom): void {
  for (let tag = 0; tag < tags; tag++) {
    if (random.next() >= HIDDEN_TAGS) continue;
    for (let at = tag; at < sequence.length; at += tags) sequence[at] = 0;
  }
}

/** Weighted mean of the cross-entropy over the rows of a batch. */
export function sequenceLoss(network: LayersModel, batch: SequenceBatch, width: number): Scalar {
  const windows = tensor(batch.features, [BATCH, SEQUENCE_ROWS, width]);
  const [logits] = network.apply(windows, { training: true }) as Tensor[];
  const flat = reshape(logits, [-1, DIAGNOSIS_CLASSES]);
  const truth = oneHot(tensor1d(batch.labels, 'int32'), DIAGNOSIS_CLASSES);
  const surprise = sub(logSumExp(flat, 1), sum(mul(flat, truth), 1));
  const total = batch.weights.reduce((all, weight) => all + weight, 0);
  return div(sum(mul(surprise, tensor1d(batch.weights))), Math.max(total, 1));
}

/** Mean number of rows that one batch teaches from. */
export const BATCH_ROWS = BATCH * SEQUENCE_ROWS;
