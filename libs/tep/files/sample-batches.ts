import type { FieldParser } from './field-parser.js';
import type { PlantBatch, PlantFileReport, PlantRun, PlantSample } from './plant-file.js';

/** What a reader needs to know besides the lines. */
export interface SampleReading {
  readonly file: string;
  readonly run: PlantRun;
  readonly report: PlantFileReport;
  readonly parser: FieldParser;
  readonly batchSize: number;
}

/** Gathers samples into batches of one run each. */
export class SampleBatches {
  private run: PlantRun | null = null;
  private samples: PlantSample[] = [];

  constructor(
    private readonly batchSize: number,
    private readonly report: PlantFileReport,
  ) {}

  /** Adds a sample; yields the batch that is complete because of it, if any. */
  *add(run: PlantRun, sample: PlantSample): Generator<PlantBatch> {
    if (run !== this.run || this.samples.length >= this.batchSize) yield* this.flush();
    this.run = run;
    this.samples.push(sample);
  }

  /** Yields the samples not yet delivered, if any. */
  *flush(): Generator<PlantBatch> {
    if (this.run === null || this.samples.length === 0) return;
    this.report.records += this.samples.length;
    yield { kind: 'samples', run: this.run, samples: this.samples };
    this.samples = [];
  }
}
