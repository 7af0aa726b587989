import type { SnapshotReader } from './snapshot.js';

/** Missing values are bridged by the last value for so many samples (30 min at 3 min a sample). */
const HOLD_SAMPLES = 10;

/** A sample is assessed only if more than this share of its tags is present or bridged. */
const SHARE_NEEDED = 0.5;

/**
 * Policy for missing values of the detectors without a prediction of their own: a missing tag keeps its last value for
 * at most ten samples; after that, and before its first value, it counts as its normal mean and says nothing.
 */
export class LastValueHold {
  private readonly last: Float64Array;
  private readonly age: Float64Array;

  /** @param normalMean of each tag, in the scale of the values that will be filled */
  constructor(private readonly normalMean: Float64Array) {
    this.last = Float64Array.from(normalMean);
    this.age = new Float64Array(normalMean.length).fill(HOLD_SAMPLES + 1);
  }

  /** Fills NaN in place. @returns whether enough tags are known to assess the sample */
  fill(values: Float64Array): boolean {
    const { last, age, normalMean } = this;
    let known = 0;
    for (let i = 0; i < values.length; i++) {
      if (Number.isNaN(values[i])) {
        if (age[i] <= HOLD_SAMPLES) age[i]++;
        values[i] = age[i] <= HOLD_SAMPLES ? last[i] : normalMean[i];
      } else {
        last[i] = values[i];
        age[i] = 0;
      }
      if (age[i] <= HOLD_SAMPLES) known++;
    }
    return known > SHARE_NEEDED * values.length;
  }

  reset(): void {
    this.last.set(this.normalMean);
    this.age.fill(HOLD_SAMPLES + 1);
  }

  state(): { heldValue: number[]; heldAge: number[] } {
    return { heldValue: Array.from(this.last), heldAge: Array.from(this.age) };
  }

  restore(reader: SnapshotReader): void {
    reader.into('heldValue', this.last);
    reader.into('heldAge', this.age);
  }
}
