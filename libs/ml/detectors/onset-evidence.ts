import type { SnapshotReader } from './snapshot.js';

/** Samples in a row within the limit after which an alarm is over and the next one has an onset of its own. */
const QUIET_SAMPLES = 6;
/** Least weight of a new sample: what is older than 400 samples (20 h) fades, so that a second fault can still be named. */
const LEAST_WEIGHT = 1 / 400;

/**
 * Which tags speak for an alarm, from its onset on. Where a fault enters shows in its first samples; later the loops have
 * carried it everywhere and contributions smear (Westerhuis, Gurden and Smilde, Chemometrics and Intelligent Laboratory
 * Systems 51, 2000). So the shares of the n-th sample since the onset count 1/n, that is, every doubling of the time
 * since then counts alike: a recursive mean with a decreasing gain, and a least one, with which it can still follow (Ljung
 * and Söderström, Theory and Practice of Recursive Identification, 1983).
 *
 * A sample that repeats the one before is of a plant that stands still: it says nothing about what made it stop, and does
 * not count. Without an alarm the shares are those of the sample.
 */
export class OnsetEvidence {
  /** Share of each tag, adding up to 1; all 0 as long as nothing speaks. Valid until the next sample. */
  readonly shares: Float64Array;
  /** Samples since the onset, the sum of their weights, and those in a row within the limit; 0 without an alarm. */
  private samples = 0;
  private weights = 0;
  private quiet = 0;

  constructor(tags: number) {
    this.shares = new Float64Array(tags);
  }

  /**
   * @param evidence one number ≥ 0 per tag: how much it speaks for what is wrong with this sample
   * @param repeats whether the sample is the one before again
   */
  take(evidence: Float64Array, inAlarm: boolean, repeats: boolean): void {
    if (!inAlarm) {
      if (this.samples > 0 && ++this.quiet < QUIET_SAMPLES) return;
      this.reset();
      this.move(evidence, 1);
      return;
    }
    this.quiet = 0;
    if (repeats && this.samples > 0) return;
    const weight = 1 / ++this.samples;
    this.weights += weight;
    this.move(evidence, Math.max(weight / this.weights, LEAST_WEIGHT));
  }

  reset(): void {
    this.shares.fill(0);
    this.samples = 0;
    this.weights = 0;
    this.quiet = 0;
  }

  state(): { onset: number[]; shares: number[] } {
    const { samples, weights, quiet, shares } = this;
    return { onset: [samples, weights, quiet], shares: Array.from(shares) };
  }

  /** Snapshots of earlier versions know of no onset: an alarm of theirs begins with the next sample. */
  restore(reader: SnapshotReader): void {
    this.reset();
    if (!reader.has('onset')) return;
    const onset = new Float64Array(3);
    reader.into('onset', onset);
    [this.samples, this.weights, this.quiet] = onset;
    reader.into('shares', this.shares);
  }

  private move(evidence: Float64Array, gain: number): void {
    const { shares } = this;
    let total = 0;
    for (let i = 0; i < evidence.length; i++) total += evidence[i];
    if (!(total > 0)) return;
    for (let i = 0; i < shares.length; i++) shares[i] += gain * (evidence[i] / total - shares[i]);
  }
}
