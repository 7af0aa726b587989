import { type PlantBatch, type PlantPoint, type PlantSample, tagIndex } from '#tep';
import { AppError } from '#platform';

/** More than there are tags: a key is a position times this plus the number of its tag. */
const SLOTS = 64;
/** Values kept at the most, 8 bytes each and as much again for their keys. */
const MOST_VALUES = 10_000_000;

/** A value that contradicts an earlier one of the same tag and time. */
export interface Contradiction {
  readonly line: number | null;
  readonly code: string;
  /** Epoch milliseconds; null where samples are only numbered. */
  readonly timeMs: number | null;
  /** Position of the sample in its run. */
  readonly index: number;
  readonly before: number;
  readonly value: number;
}

/**
 * Finds what a run holds twice for a tag and time, without keeping the run: what lies outside everything before it in
 * time is new, so that of a file in order nothing is kept. All batches are noted first, then compared, as often as
 * one likes.
 */
export class RepeatedSamples {
  /** First and last position so far, by slot. */
  private readonly spans = new Map<number, { first: number; last: number }>();
  private keys: Float64Array = new Float64Array(0);
  private count = 0;
  private width = 1;
  private kept: Float64Array | undefined;

  /** Takes note of where the batch stands. @throws AppError FILE_UNORDERED */
  note(batch: PlantBatch): void {
    if (batch.kind === 'points') {
      for (const { code, timeMs } of batch.points) this.noteAt(timeMs, tagIndex(code));
      return;
    }
    this.width = batch.samples[0]?.values.length ?? this.width;
    for (const sample of batch.samples) this.noteAt(positionOf(sample), 0);
  }

  /** Whether anything that was noted may be there twice. */
  get suspected(): boolean {
    return this.count > 0;
  }

  /** Begins a comparison of all batches anew. */
  restart(): void {
    if (this.kept === undefined) this.keys = distinct(this.keys.subarray(0, this.count));
    this.kept = new Float64Array(this.keys.length * this.width).fill(NaN);
  }

  /**
   * The batch without the values that were there before; those that differ are reported.
   * @param codes of the values of samples
   */
  withoutRepeats(
    batch: PlantBatch,
    codes: readonly string[],
    onContradiction: (contradiction: Contradiction) => void,
  ): PlantBatch {
    if (!this.suspected) return batch;
    if (batch.kind === 'points')
      return { ...batch, points: batch.points.filter((point) => this.isNewPoint(point, onContradiction)) };
    return { ...batch, samples: batch.samples.map((sample) => this.newOf(sample, codes, onContradiction)) };
  }

  private noteAt(position: number, slot: number): void {
    const span = this.spans.get(slot);
    if (span === undefined) this.spans.set(slot, { first: position, last: position });
    else if (position > span.last) span.last = position;
    else if (position < span.first) span.first = position;
    else this.suspect(position * SLOTS + slot);
  }

  private suspect(key: number): void {
    if (this.count === this.keys.length) {
      if ((this.count + 1) * this.width > MOST_VALUES)
        throw AppError.unprocessable(
          'FILE_UNORDERED',
          'Too many lines are not in the order of their times to see whether any is there twice; sort the file by time',
        );
      const longer = new Float64Array(Math.max(1_024, Math.floor(this.count * 1.5)));
      longer.set(this.keys);
      this.keys = longer;
    }
    this.keys[this.count++] = key;
  }

  private isNewPoint(point: PlantPoint, onContradiction: (contradiction: Contradiction) => void): boolean {
    const { line, code, timeMs, value } = point;
    const at = this.find(timeMs * SLOTS + tagIndex(code));
    if (at < 0) return true;
    const before = this.remember(at, value);
    if (!Number.isNaN(before) && before !== value)
      onContradiction({ line, code, timeMs, index: 0, before, value });
    return Number.isNaN(before);
  }

  private newOf(
    sample: PlantSample,
    codes: readonly string[],
    onContradiction: (contradiction: Contradiction) => void,
  ): PlantSample {
    const at = this.find(positionOf(sample) * SLOTS);
    if (at < 0) return sample;
    const { line, timeMs, index } = sample;
    const values = sample.values.map((value, i) => {
      if (Number.isNaN(value)) return value;
      const before = this.remember(at * this.width + i, value);
      if (!Number.isNaN(before) && before !== value)
        onContradiction({ line, code: codes[i], timeMs, index, before, value });
      return Number.isNaN(before) ? value : NaN;
    });
    return { ...sample, values };
  }

  /** Keeps a value where there is none. @returns what was there before, NaN for nothing */
  private remember(at: number, value: number): number {
    if (this.kept === undefined) throw new Error('a comparison begins with restart');
    const before = this.kept[at];
    if (Number.isNaN(before)) this.kept[at] = value;
    return before;
  }

  private find(key: number): number {
    let low = 0;
    let high = this.keys.length - 1;
    while (low <= high) {
      const middle = (low + high) >> 1;
      if (this.keys[middle] === key) return middle;
      if (this.keys[middle] < key) low = middle + 1;
      else high = middle - 1;
    }
    return -1;
  }
}

function positionOf({ timeMs, index }: PlantSample): number {
  return timeMs ?? index;
}

function distinct(keys: Float64Array): Float64Array {
  keys.sort();
  let kept = 0;
  for (const key of keys) if (kept === 0 || keys[kept - 1] !== key) keys[kept++] = key;
  return keys.slice(0, kept);
}
