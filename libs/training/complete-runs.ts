import { type SampleBatch, SAMPLING_INTERVAL_MS } from '#anomaly';

/** A tag's last value stands in for at most so many missing ones. */
const LONGEST_HOLD = 3;
/** The next sample of a run comes within this time. */
const LONGEST_STEP_MS = 1.5 * SAMPLING_INTERVAL_MS;

/** What was found on the way. */
export interface RunFaults {
  /** Times at which the samples stop for more than one and a half intervals. */
  gaps: number;
  /** Samples left out because a tag has been missing for too long. */
  incomplete_samples: number;
  /** Samples left out because no tag has changed: the plant, or its link, stands still. */
  frozen_samples: number;
  /** Values that stand in for missing ones. */
  held_values: number;
}

/** Makes runs of complete, consecutive samples out of batches in order of time. */
export class CompleteRuns {
  readonly faults: RunFaults = { gaps: 0, incomplete_samples: 0, frozen_samples: 0, held_values: 0 };
  private readonly done: Float64Array[] = [];
  private rows: Float64Array[] = [];
  private previous: number | undefined;
  private readonly held: Int32Array;

  constructor(private readonly tags: number) {
    this.held = new Int32Array(tags);
  }

  /** Takes in the next batch of one stretch. */
  add({ timestamps, values }: SampleBatch): void {
    timestamps.forEach((ts, row) => {
      this.addSample(ts, values.slice(row * this.tags, (row + 1) * this.tags));
    });
  }

  /** The next batch belongs to another stretch. */
  endStretch(): void {
    this.endRun();
    this.previous = undefined;
  }

  /** The runs, row-major, in order of time. */
  finish(): Float64Array[] {
    this.endStretch();
    return this.done;
  }

  private addSample(ts: number, sample: Float64Array): void {
    if (this.previous !== undefined && ts - this.previous > LONGEST_STEP_MS) {
      this.faults.gaps++;
      this.endRun();
    }
    this.previous = ts;
    const last = this.rows.at(-1);
    if (!this.fill(sample, last)) {
      this.faults.incomplete_samples++;
      this.endRun();
    } else if (last?.every((value, tag) => value === sample[tag])) {
      this.faults.frozen_samples++;
    } else {
      this.rows.push(sample);
    }
  }

  /** @returns false when a value is missing that nothing may stand in for */
  private fill(sample: Float64Array, last: Float64Array | undefined): boolean {
    for (let tag = 0; tag < sample.length; tag++) {
      if (!Number.isNaN(sample[tag])) {
        this.held[tag] = 0;
        continue;
      }
      if (last === undefined || ++this.held[tag] > LONGEST_HOLD) return false;
      sample[tag] = last[tag];
      this.faults.held_values++;
    }
    return true;
  }

  private endRun(): void {
    if (this.rows.length > 0) {
      const run = new Float64Array(this.rows.length * this.tags);
      this.rows.forEach((row, i) => run.set(row, i * this.tags));
      this.done.push(run);
    }
    this.rows = [];
    this.held.fill(0);
  }
}
