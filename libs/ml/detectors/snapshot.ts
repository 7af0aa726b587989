import type { DetectorName, DetectorSnapshot } from './detector.js';

/** Reads typed state back out of a snapshot, naming the detector and field when something does not fit. */
export class SnapshotReader {
  /** @throws RangeError when the snapshot belongs to another detector */
  constructor(
    private readonly snapshot: DetectorSnapshot,
    private readonly name: DetectorName,
  ) {
    if (snapshot.detector !== name) {
      throw new RangeError(`snapshot of ${snapshot.detector} cannot be restored into ${name}`);
    }
  }

  /** Whether there is such a field: snapshots of earlier versions may lack it. */
  has(key: string): boolean {
    return this.snapshot.state[key] !== undefined;
  }

  /** @throws RangeError when the field is not a finite number */
  number(key: string): number {
    const value = this.snapshot.state[key];
    if (typeof value !== 'number' || !Number.isFinite(value)) {
      throw new RangeError(`snapshot of ${this.name}: ${key} is not a number`);
    }
    return value;
  }

  /** Copies a field into `target`. @throws RangeError when it has another length or holds anything but finite numbers */
  into(key: string, target: Float64Array): void {
    const value = this.snapshot.state[key];
    if (!Array.isArray(value) || value.length !== target.length || !value.every(Number.isFinite)) {
      throw new RangeError(`snapshot of ${this.name}: ${key} is not ${target.length} finite numbers`);
    }
    target.set(value as number[]);
  }
}
