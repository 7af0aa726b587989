import type {
  DetectorArtifact,
  DetectorFitInput,
  DetectorReading,
  DetectorSnapshot,
  StreamingDetector,
} from './detector.js';
import { artifactLimit, artifactTensor } from './artifact.js';
import { empiricalLimit } from './calibration.js';
import { SnapshotReader } from './snapshot.js';
import { InnovationBankDetector } from './innovation-bank.detector.js';
import { artifactOfForest, forestOfArtifact } from './isolation-forest.artifact.js';
import { IsolationForest, meanImportance, type IsolationForestOptions } from './isolation-forest.js';

export interface IsolationForestChartsOptions extends IsolationForestOptions {
  /** Share of normal samples in alarm that the limit is set for. Default 0.001. */
  readonly falseAlarmRate?: number;
}

/** Chart rows per training row: charts remember, so that neighbours say nearly the same. */
const TRAINING_STRIDE = 10;
/** The bank has tensors of the same names. */
const FOREST_PREFIX = 'forest_';

/**
 * Isolation forest on what the innovation charts say of each tag, a second opinion that needs no assumption about how
 * charts combine. Contributions as for the forest on raw tags; missing values as for the bank.
 */
export class IsolationForestChartsDetector implements StreamingDetector {
  readonly name = 'isolation_forest_charts';
  readonly tagCodes: readonly string[];
  private readonly importance: Float64Array;
  private readonly reading: { statistic: number; limit: number; contributions: Float64Array; ready: boolean };

  /** @param bank its stream belongs to this detector from now on */
  private constructor(
    private readonly bank: InnovationBankDetector,
    private readonly forest: IsolationForest,
    private readonly normalImportance: Float64Array,
    readonly limit: number,
  ) {
    this.tagCodes = bank.tagCodes;
    this.importance = new Float64Array(forest.columns);
    this.reading = {
      statistic: 0,
      limit,
      contributions: new Float64Array(bank.tagCodes.length),
      ready: false,
    };
  }

  /**
   * @param fittedBank a bank fitted on the same training runs; its stream stays untouched
   * @throws RangeError on malformed runs or too few calibration samples
   */
  static fit(
    fittedBank: InnovationBankDetector,
    { trainingRuns, calibrationRuns }: Omit<DetectorFitInput, 'tagCodes'>,
    options: IsolationForestChartsOptions = {},
  ): IsolationForestChartsDetector {
    const bank = fittedBank.withLimit(fittedBank.limit);
    const rows = chartRows(bank, trainingRuns);
    const forest = IsolationForest.fit(rows, bank.chartStatistics.length, options);
    const importance = meanImportance(forest, rows);
    const unlimited = new IsolationForestChartsDetector(bank, forest, importance, Infinity);
    const limit = empiricalLimit(unlimited, calibrationRuns, options.falseAlarmRate ?? 0.001);
    return new IsolationForestChartsDetector(bank, forest, importance, limit);
  }

  static fromArtifact(artifact: DetectorArtifact): IsolationForestChartsDetector {
    const { bankLimit } = artifact.meta;
    const bank = InnovationBankDetector.fromArtifact({
      meta: { ...artifact.meta, detector: 'innovation_bank', limit: Number(bankLimit) },
      tensors: artifact.tensors,
    });
    const forest = forestOfArtifact(artifact, FOREST_PREFIX);
    const importance = artifactTensor(artifact, 'normalImportance', forest.columns);
    return new IsolationForestChartsDetector(bank, forest, importance, artifactLimit(artifact));
  }

  step(values: Float64Array): DetectorReading {
    const { bank, forest, importance, reading } = this;
    reading.ready = bank.step(values).ready;
    reading.statistic = 0;
    reading.contributions.fill(0);
    if (!reading.ready) return reading;
    reading.statistic = forest.score(bank.chartStatistics);
    forest.localImportance(bank.chartStatistics, importance);
    for (let i = 0; i < reading.contributions.length; i++) {
      reading.contributions[i] = Math.max(0, importance[i] - this.normalImportance[i]);
    }
    return reading;
  }

  reset(): void {
    this.bank.reset();
  }

  snapshot(): DetectorSnapshot {
    return { detector: this.name, state: this.bank.snapshot().state };
  }

  restore(snapshot: DetectorSnapshot): void {
    new SnapshotReader(snapshot, this.name);
    this.bank.restore({ detector: this.bank.name, state: snapshot.state });
  }

  toArtifact(): DetectorArtifact {
    const bank = this.bank.toArtifact();
    const forest = artifactOfForest(this.forest, FOREST_PREFIX);
    return {
      meta: {
        ...bank.meta,
        ...forest.meta,
        detector: this.name,
        bankLimit: this.bank.limit,
        limit: this.limit,
      },
      tensors: { ...bank.tensors, ...forest.tensors, normalImportance: this.normalImportance },
    };
  }
}

/** Chart statistics over runs, every tenth row, row-major. */
function chartRows(bank: InnovationBankDetector, runs: readonly Float64Array[]): Float64Array {
  const tags = bank.tagCodes.length;
  const width = bank.chartStatistics.length;
  const capacity = runs.reduce((sum, run) => sum + Math.ceil(run.length / tags / TRAINING_STRIDE), 0);
  const rows = new Float64Array(capacity * width);
  let count = 0;
  for (const run of runs) {
    bank.reset();
    for (let row = 0; row < run.length / tags; row++) {
      const { ready } = bank.step(run.subarray(row * tags, (row + 1) * tags));
      if (ready && row % TRAINING_STRIDE === 0) rows.set(bank.chartStatistics, count++ * width);
    }
  }
  bank.reset();
  return rows.subarray(0, count * width);
}
