import { beforeEach, describe, expect, it } from '#jest';
import type { DetectorSnapshot } from './detector.js';
import { OnsetEvidence } from './onset-evidence.js';
import { SnapshotReader } from './snapshot.js';

const A = Float64Array.of(2, 0);
const B = Float64Array.of(0, 5);

describe('the evidence of an alarm from its onset on', () => {
  let onset: OnsetEvidence;
  beforeEach(() => {
    onset = new OnsetEvidence(2);
  });

  const alarm = (evidence: Float64Array, times = 1): void => {
    for (let n = 0; n < times; n++) onset.take(evidence, true, false);
  };
  const quiet = (evidence: Float64Array, times: number): void => {
    for (let n = 0; n < times; n++) onset.take(evidence, false, false);
  };
  /** Share of B; that of A is the rest. */
  const expectB = (share: number): void => {
    expect(onset.shares[1]).toBeCloseTo(share, 12);
    expect(onset.shares[0]).toBeCloseTo(1 - share, 12);
  };
  const restored = ({ state }: Pick<DetectorSnapshot, 'state'>): OnsetEvidence => {
    const other = new OnsetEvidence(2);
    other.take(A, true, false);
    other.restore(new SnapshotReader({ detector: 'innovation_bank', state }, 'innovation_bank'));
    return other;
  };

  it('is that of the sample without an alarm, and nothing when nothing speaks', () => {
    quiet(Float64Array.of(1, 3), 1);
    expectB(3 / 4);
    quiet(B, 1);
    expectB(1);
    quiet(Float64Array.of(0, 0), 1);
    expect(Array.from(onset.shares)).toEqual([0, 0]);
  });

  it('counts the shares of the n-th sample since the onset 1/n, whatever was before', () => {
    quiet(B, 3);
    alarm(A);
    expectB(0);
    alarm(B);
    expectB(1 / 2 / (1 + 1 / 2));
    alarm(B);
    expectB((1 / 2 + 1 / 3) / (1 + 1 / 2 + 1 / 3));
    alarm(A);
    expectB((1 / 2 + 1 / 3) / (1 + 1 / 2 + 1 / 3 + 1 / 4));
  });

  it('fades after 400 samples, so that what comes later can be named', () => {
    // From the 81st sample on 1/n over the sum of all weights, 1/(81 · 4.98), is below the least weight, 1/400.
    alarm(A, 90);
    alarm(B, 100);
    expectB(1 - (399 / 400) ** 100);
    alarm(B, 100);
    expectB(1 - (399 / 400) ** 200);
  });

  it('keeps its onset over five samples within the limit, not over six', () => {
    alarm(A);
    quiet(B, 5);
    expectB(0);
    alarm(B);
    expectB(1 / 3);
    quiet(A, 5);
    expectB(1 / 3);
    quiet(A, 1);
    expectB(0);
    alarm(B);
    expectB(1);
  });

  it('does not change while the plant stands still', () => {
    alarm(A);
    for (let n = 0; n < 50; n++) onset.take(B, true, true);
    expectB(0);
    alarm(B);
    expectB(1 / 3);
  });

  it('is that of a plant standing still if it has stood since the onset', () => {
    quiet(A, 1);
    onset.take(B, true, true);
    expectB(1);
  });

  it('continues from its state as if nothing had happened', () => {
    alarm(A, 3);
    quiet(B, 3);
    const other = restored({ state: onset.state() });
    for (const samples of [3, 1, 2]) {
      for (const each of [onset, other]) {
        for (let n = 0; n < samples; n++) each.take(B, samples !== 3, false);
      }
      expect(Array.from(other.shares)).toEqual(Array.from(onset.shares));
    }
    expectB(1);
  });

  it('begins with the next sample after a state that knows of no onset', () => {
    const other = restored({ state: {} });
    other.take(B, true, false);
    expect(Array.from(other.shares)).toEqual([0, 1]);
  });
});
