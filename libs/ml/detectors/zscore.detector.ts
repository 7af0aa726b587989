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
import { StandardScaler } from '../math/standard-scaler.js';

export interface ZScoreOptions {
  /** Share of normal samples in alarm that the limit is set for. Default 0.01. */
  readonly falseAlarmRate?: number;
}

/**
 * Univariate control chart: the statistic is the largest |x − mean| / standard deviation over all tags.
 * Missing values are left out; a sample is not ready without any value. Contributions are the |z| themselves.
 */
export class ZScoreDetector implements StreamingDetector {
  readonly name = 'zscore';
  private readonly contributions: Float64Array;

  private constructor(
    readonly tagCodes: readonly string[],
    private readonly mean: Float64Array,
    private readonly standardDeviation: Float64Array,
    readonly limit: number,
  ) {
    this.contributions = new Float64Array(tagCodes.length);
  }

  /** @throws RangeError on malformed runs or too few calibration samples */
  static fit(input: DetectorFitInput, { falseAlarmRate = 0.01 }: ZScoreOptions = {}): ZScoreDetector {
    assertRuns(input.trainingRuns, input.tagCodes.length, 'training run');
    const { mean, standardDeviation } = StandardScaler.fit(input.trainingRuns, input.tagCodes.length);
    const unlimited = new ZScoreDetector(input.tagCodes, mean, standardDeviation, Infinity);
    const limit = empiricalLimit(unlimited, input.calibrationRuns, falseAlarmRate);
    return new ZScoreDetector(input.tagCodes, mean, standardDeviation, limit);
  }

  static fromArtifact(artifact: DetectorArtifact): ZScoreDetector {
    const tagCodes = artifactTagCodes(artifact);
    return new ZScoreDetector(
      tagCodes,
      artifactTensor(artifact, 'mean', tagCodes.length),
      artifactTensor(artifact, 'standardDeviation', tagCodes.length),
      artifactLimit(artifact),
    );
  }

  step(values: Float64Array): DetectorReading {
    assertSample(values, this.tagCodes);
    const { contributions, mean, standardDeviation } = this;
    let statistic = 0;
    let known = 0;
    for (let i = 0; i < values.length; i++) {
      const z = Math.abs(values[i] - mean[i]) / standardDeviation[i];
      contributions[i] = Number.isNaN(z) ? 0 : z;
      if (!Number.isNaN(z)) known++;
      if (z > statistic) statistic = z;
    }
    return { statistic, limit: this.limit, contributions, ready: known > 0 };
  }

  reset(): void {
    this.contributions.fill(0);
  }

  snapshot(): DetectorSnapshot {
    return { detector: this.name, state: {} };
  }

  restore(snapshot: DetectorSnapshot): void {
    new SnapshotReader(snapshot, this.name);
  }

  toArtifact(): DetectorArtifact {
    return {
      meta: { detector: this.name, tagCodes: this.tagCodes, limit: this.limit },
      tensors: { mean: this.mean, standardDeviation: this.standardDeviation },
    };
  }
}
