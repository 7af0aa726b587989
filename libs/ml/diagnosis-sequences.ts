import {
  logSumExp,
  div,
  mul,
  oneHot,
  reshape,
  type Scalar,
  sub,
  sum,
  type Tensor,
  tensor,
  tensor1d,
} from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { DIAGNOSIS_CLASSES } from './diagnosis-classes.js';
import { type LabelledRun, labelOf } from './labelled-run.js';
import type { SeededRandom } from './seeded-random.js';

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
/** Share of the sequences of faulty runs that are made to contain the onset, so that the first hours are learnt as well. */
const ONSET_SHARE = 0.5;
/** Weight of a normal row. Whether there is a fault at all is for the detector to say. */
const NORMAL_WEIGHT = 0.3;

export interface SequenceBatch {
  readonly features: Float32Array;
  readonly labels: Int32Array;
  /** How much each row teaches. */
  readonly weights: Float32Array;
}

/** Normal runs are repeated or thinned until they are about a tenth of all: faulty runs bring their own normal rows. */
export function balancedPool(runs: readonly FeatureRun[]): FeatureRun[] {
  const faulty = runs.filter(({ run }) => run.idv > 0);
  const normal = runs.filter(({ run }) => run.idv === 0);
  const wanted = Math.max(1, Math.round(faulty.length / 9));
  return [...faulty, ...Array.from({ length: wanted }, (_, i) => normal[i % normal.length])];
}

/** Sequences of runs drawn with equal chances. */
export function drawBatch(pool: readonly FeatureRun[], width: number, random: SeededRandom): SequenceBatch {
  const features = new Float32Array(BATCH * SEQUENCE_ROWS * width);
  const labels = new Int32Array(BATCH * SEQUENCE_ROWS);
  const weights = new Float32Array(BATCH * SEQUENCE_ROWS);
  for (let k = 0; k < BATCH; k++) {
    const drawn = pool[random.nextInt(pool.length)];
    const from = drawStart(drawn, random);
    const at = k * SEQUENCE_ROWS;
    features.set(drawn.features.subarray(from * width, (from + SEQUENCE_ROWS) * width), at * width);
    for (let row = 0; row < SEQUENCE_ROWS; row++) {
      labels[at + row] = labelOf(drawn.run, from + row);
      weights[at + row] = row < WARM_UP_ROWS ? 0 : teachingWeight(drawn, from + row);
    }
  }
  return { features, labels, weights };
}

function drawStart({ run, rows }: FeatureRun, random: SeededRandom): number {
  const last = rows - SEQUENCE_ROWS;
  if (run.idv === 0 || random.next() >= ONSET_SHARE) return random.nextInt(last + 1);
  const earliest = Math.max(0, run.onsetRow - SEQUENCE_ROWS + 1);
  const latest = Math.min(last, run.onsetRow);
  return earliest <= latest ? earliest + random.nextInt(latest - earliest + 1) : last;
}

/** Rows under a fault that the detector does not see teach neither the fault nor normal operation. */
function teachingWeight({ run, alarmRatios }: FeatureRun, row: number): number {
  if (labelOf(run, row) === 0) return NORMAL_WEIGHT;
  return alarmRatios[row] > 1 ? 1 : 0;
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
