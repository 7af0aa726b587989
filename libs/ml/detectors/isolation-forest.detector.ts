import {
  assertRuns,
  assertSample,
  type DetectorArtifact,
  type DetectorFitInput,
  type DetectorReading,
  type DetectorSnapshot,
  type StreamingDetector,
} from './detector.js';
import { artifactLimit, artifactTagCodes, artifactTensor } from './artifact.js';
import { empiricalLimit } from './calibration.js';
import { SnapshotReader } from './snapshot.js';
import { IsolationForest, meanImportance, type IsolationForestOptions } from './isolation-forest.js';
import { artifactOfForest, forestOfArtifact } from './isolation-forest.artifact.js';
import { LastValueHold } from './last-value-hold.js';

export interface IsolationForestDetectorOptions extends IsolationForestOptions {
  /** Share of normal samples in alarm that the limit is set for. Default 0.01. */
  readonly falseAlarmRate?: number;
}

/**
 * Isolation forest on the raw tags. Axis-parallel splits are blind to broken correlations, so this is a second opinion.
 * The statistic is the score 0…1. Contributions: how far the depth-based importance of a tag exceeds its mean over
 * normal samples. Missing values: see {@link LastValueHold}.
 */
export class IsolationForestDetector implements StreamingDetector {
  readonly name = 'isolation_forest';
  private readonly hold: LastValueHold;
  private readonly filled: Float64Array;
  private readonly reading: { statistic: number; limit: number; contributions: Float64Array; ready: boolean };

  private constructor(
    readonly tagCodes: readonly string[],
    private readonly forest: IsolationForest,
    private readonly normalImportance: Float64Array,
    readonly limit: number,
  ) {
    this.hold = new LastValueHold(forest.parameters.mean);
    this.filled = new Float64Array(tagCodes.length);
    this.reading = { statistic: 0, limit, contributions: new Float64Array(tagCodes.length), ready: false };
  }

  /** @throws RangeError on malformed runs or too few calibration samples */
  static fit(input: DetectorFitInput, options: IsolationForestDetectorOptions = {}): IsolationForestDetector {
    const { tagCodes, trainingRuns, calibrationRuns } = input;
    assertRuns(trainingRuns, tagCodes.length, 'training run');
    const rows = concatenated(trainingRuns);
    const forest = IsolationForest.fit(rows, tagCodes.length, options);
    const importance = meanImportance(forest, rows);
    const unlimited = new IsolationForestDetector(tagCodes, forest, importance, Infinity);
    const limit = empiricalLimit(unlimited, calibrationRuns, options.falseAlarmRate ?? 0.01);
    return new IsolationForestDetector(tagCodes, forest, importance, limit);
  }

  static fromArtifact(artifact: DetectorArtifact): IsolationForestDetector {
    const tagCodes = artifactTagCodes(artifact);
    const forest = forestOfArtifact(artifact);
    const importance = artifactTensor(artifact, 'normalImportance', tagCodes.length);
    return new IsolationForestDetector(tagCodes, forest, importance, artifactLimit(artifact));
  }

  step(values: Float64Array): DetectorReading {
    assertSample(values, this.tagCodes);
    const { filled, reading, forest } = this;
    filled.set(values);
    reading.ready = this.hold.fill(filled);
    reading.statistic = forest.score(filled);
    forest.localImportance(filled, reading.contributions);
    for (let i = 0; i < filled.length; i++) {
      reading.contributions[i] = Math.max(0, reading.contributions[i] - this.normalImportance[i]);
    }
    return reading;
  }

  reset(): void {
    this.hold.reset();
  }

  snapshot(): DetectorSnapshot {
    return { detector: this.name, state: this.hold.state() };
  }

  restore(snapshot: DetectorSnapshot): void {
    this.hold.restore(new SnapshotReader(snapshot, this.name));
  }

  toArtifact(): DetectorArtifact {
    const { meta, tensors } = artifactOfForest(this.forest);
    return {
      meta: { detector: this.name, tagCodes: this.tagCodes, limit: this.limit, ...meta },
      tensors: { ...tensors, normalImportance: this.normalImportance },
    };
  }
}

function concatenated(runs: readonly Float64Array[]): Float64Array {
  const rows = new Float64Array(runs.reduce((sum, run) => sum + run.length, 0));
  let at = 0;
  for (const run of runs) {
    rows.set(run, at);
    at += run.length;
  }
  return rows;
}
