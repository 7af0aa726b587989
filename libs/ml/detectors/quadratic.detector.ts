import {
  assertSample,
  type DetectorArtifact,
  type DetectorName,
  type DetectorReading,
  type DetectorSnapshot,
  type StreamingDetector,
} from './detector.js';
import { artifactLimit, artifactNumber, artifactTagCodes, artifactTensor } from './artifact.js';
import { SnapshotReader } from './snapshot.js';
import { choleskyFactor, choleskySolve } from '../math/cholesky.js';
import { LastValueHold } from './last-value-hold.js';

/** Share of the largest curvature that missing values are kept normal with. */
const RIDGE = 1e-6;

export interface QuadraticParameters {
  readonly name: DetectorName;
  readonly tagCodes: readonly string[];
  readonly mean: Float64Array;
  readonly standardDeviation: Float64Array;
  /** Samples in the stacked vector: the present one and `lags − 1` before it. */
  readonly lags: number;
  /** Symmetric, positive semidefinite, (tags·lags)² row-major; the newest sample comes first in the stack. */
  readonly form: Float64Array;
  readonly limit: number;
}

/**
 * Statistic zᵀ·M·z over the standardised present sample (and past ones): Hotelling's T², the squared prediction error
 * and the canonical-variate residual differ only in M.
 *
 * Contributions are reconstruction-based, (M·z)ᵢ² / Mᵢᵢ: how far the statistic falls when value i alone is corrected,
 * which names a single faulty tag correctly where plain contributions smear (Alcala and Qin, Automatica 45, 2009); lags
 * of a tag are added up.
 *
 * Missing values of a sample get those that make the statistic least, given the rest of the stack: the conditional mean,
 * where M is an inverse covariance (Nelson, Taylor and MacGregor, Chemom. Intell. Lab. Syst. 35, 1996). So they say nothing
 * themselves, nor in samples to come; a value that is held would, where tags are bound to each other closely. How many may be
 * missing: see {@link LastValueHold}.
 */
export class QuadraticDetector implements StreamingDetector {
  readonly name: DetectorName;
  readonly tagCodes: readonly string[];
  readonly limit: number;
  private readonly hold: LastValueHold;
  private readonly stack: Float64Array;
  private readonly reading: { statistic: number; limit: number; contributions: Float64Array; ready: boolean };
  private seen = 0;

  /** @throws RangeError when the dimensions do not fit together */
  constructor(private readonly parameters: QuadraticParameters) {
    const { name, tagCodes, lags, form, limit } = parameters;
    const tags = tagCodes.length;
    if (form.length !== (tags * lags) ** 2)
      throw new RangeError(`${name}: the form does not fit ${tags} tags × ${lags} lags`);
    this.name = name;
    this.tagCodes = tagCodes;
    this.limit = limit;
    this.hold = new LastValueHold(new Float64Array(tags));
    this.stack = new Float64Array(tags * lags);
    this.reading = { statistic: 0, limit, contributions: new Float64Array(tags), ready: false };
  }

  static fromArtifact(artifact: DetectorArtifact): QuadraticDetector {
    const tagCodes = artifactTagCodes(artifact);
    const lags = artifactNumber(artifact, 'lags');
    return new QuadraticDetector({
      name: artifact.meta.detector,
      tagCodes,
      mean: artifactTensor(artifact, 'mean', tagCodes.length),
      standardDeviation: artifactTensor(artifact, 'standardDeviation', tagCodes.length),
      lags,
      form: artifactTensor(artifact, 'form', (tagCodes.length * lags) ** 2),
      limit: artifactLimit(artifact),
    });
  }

  withLimit(limit: number): QuadraticDetector {
    return new QuadraticDetector({ ...this.parameters, limit });
  }

  step(values: Float64Array): DetectorReading {
    assertSample(values, this.tagCodes);
    const known = this.push(values);
    this.seen = known ? Math.min(this.seen + 1, this.parameters.lags) : 0;
    this.evaluate();
    this.reading.ready = this.seen === this.parameters.lags;
    return this.reading;
  }

  private push(values: Float64Array): boolean {
    const { mean, standardDeviation } = this.parameters;
    const tags = values.length;
    this.stack.copyWithin(tags, 0, this.stack.length - tags);
    for (let i = 0; i < tags; i++) this.stack[i] = (values[i] - mean[i]) / standardDeviation[i];
    const missing = indicesOfNaN(this.stack.subarray(0, tags));
    const known = this.hold.fill(this.stack.subarray(0, tags));
    if (missing.length > 0) this.fill(missing);
    return known;
  }

  /** The missing values solve M_mm·z_m = −M_mo·z_o, all others of the stack being known. */
  private fill(missing: readonly number[]): void {
    const { form } = this.parameters;
    const { stack } = this;
    const count = missing.length;
    for (const row of missing) stack[row] = 0;
    const matrix = new Float64Array(count * count);
    const pull = new Float64Array(count);
    let largest = 0;
    missing.forEach((row, i) => {
      const at = row * stack.length;
      missing.forEach((column, j) => (matrix[i * count + j] = form[at + column]));
      for (let j = 0; j < stack.length; j++) pull[i] -= form[at + j] * stack[j];
      largest = Math.max(largest, form[at + row]);
    });
    // M is only semidefinite: of what it does not determine, the least departure from normal is taken.
    for (let i = 0; i < count; i++) matrix[i * count + i] += RIDGE * largest + Number.MIN_VALUE;
    choleskySolve(choleskyFactor(matrix, count), count, pull);
    missing.forEach((row, i) => (stack[row] = pull[i]));
  }

  private evaluate(): void {
    const { form } = this.parameters;
    const { stack, reading } = this;
    const { contributions } = reading;
    const size = stack.length;
    const tags = contributions.length;
    contributions.fill(0);
    let statistic = 0;
    for (let i = 0, tag = 0; i < size; i++, tag = tag + 1 === tags ? 0 : tag + 1) {
      let product = 0;
      for (let j = 0, at = i * size; j < size; j++, at++) product += form[at] * stack[j];
      statistic += stack[i] * product;
      const own = form[i * size + i];
      if (own > 1e-12) contributions[tag] += (product * product) / own;
    }
    reading.statistic = statistic > 0 ? statistic : 0;
  }

  reset(): void {
    this.hold.reset();
    this.stack.fill(0);
    this.seen = 0;
  }

  snapshot(): DetectorSnapshot {
    return {
      detector: this.name,
      state: { seen: this.seen, stack: Array.from(this.stack), ...this.hold.state() },
    };
  }

  restore(snapshot: DetectorSnapshot): void {
    const reader = new SnapshotReader(snapshot, this.name);
    this.seen = reader.number('seen');
    reader.into('stack', this.stack);
    this.hold.restore(reader);
  }

  toArtifact(): DetectorArtifact {
    const { mean, standardDeviation, form, lags } = this.parameters;
    return {
      meta: { detector: this.name, tagCodes: this.tagCodes, limit: this.limit, lags },
      tensors: { mean, standardDeviation, form },
    };
  }
}

function indicesOfNaN(values: Float64Array): number[] {
  const indices: number[] = [];
  for (let i = 0; i < values.length; i++) if (Number.isNaN(values[i])) indices.push(i);
  return indices;
}
