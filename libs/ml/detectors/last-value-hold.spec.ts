import { describe, expect, it } from '#jest';
import { LastValueHold } from './last-value-hold.js';
import { SnapshotReader } from './snapshot.js';

const filledBy = (hold: LastValueHold, ...values: number[]): { values: number[]; known: boolean } => {
  const sample = Float64Array.from(values);
  const known = hold.fill(sample);
  return { values: Array.from(sample), known };
};

describe('the hold of missing values', () => {
  it('keeps the last value for ten samples, then takes the normal mean', () => {
    const hold = new LastValueHold(Float64Array.of(7, 8, 9));
    filledBy(hold, 1, 2, 3);
    for (let sample = 1; sample <= 10; sample++)
      expect(filledBy(hold, 1, NaN, 5)).toEqual({ values: [1, 2, 5], known: true });
    for (let sample = 11; sample <= 30; sample++)
      expect(filledBy(hold, 1, NaN, 5)).toEqual({ values: [1, 8, 5], known: true });
    filledBy(hold, 1, 4, 5);
    expect(filledBy(hold, NaN, NaN, NaN)).toEqual({ values: [1, 4, 5], known: true });
  });

  it('takes a tag that has had no value yet for normal, and for unknown', () => {
    const hold = new LastValueHold(Float64Array.of(7, 8, 9, 10));
    expect(filledBy(hold, NaN, NaN, NaN, NaN)).toEqual({ values: [7, 8, 9, 10], known: false });
    // Half is not enough.
    expect(filledBy(hold, 1, 2, NaN, NaN)).toEqual({ values: [1, 2, 9, 10], known: false });
    expect(filledBy(hold, NaN, NaN, 3, NaN)).toEqual({ values: [1, 2, 3, 10], known: true });
  });

  it('goes on from its state, and forgets it when it is reset', () => {
    const hold = new LastValueHold(Float64Array.of(7, 8));
    filledBy(hold, 1, 2);
    for (let sample = 1; sample <= 9; sample++) filledBy(hold, NaN, 3);
    const other = new LastValueHold(Float64Array.of(7, 8));
    other.restore(new SnapshotReader({ detector: 'cva', state: hold.state() }, 'cva'));
    for (const each of [hold, other]) {
      expect(filledBy(each, NaN, NaN).values).toEqual([1, 3]);
      expect(filledBy(each, NaN, NaN).values).toEqual([7, 3]);
    }
    hold.reset();
    expect(filledBy(hold, NaN, NaN)).toEqual({ values: [7, 8], known: false });
    // Nothing of the values before is left in what is stored.
    expect(hold.state()).toEqual({ heldValue: [7, 8], heldAge: [11, 11] });
  });
});
