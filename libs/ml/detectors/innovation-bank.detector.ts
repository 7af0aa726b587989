import {
  assertSample,
  type DetectorArtifact,
  type DetectorReading,
  type DetectorSnapshot,
  type StreamingDetector,
} from './detector.js';
import { artifactLimit, artifactNumber, artifactTagCodes, artifactTensor } from './artifact.js';
import { SnapshotReader } from './snapshot.js';
import { InnovationChart, chartWidth, type ChartDefinition, type ChartScale } from './innovation-charts.js';
import type { InnovationModel } from '../math/innovation-model.js';
import { InnovationResiduals } from './innovation-residuals.js';
import { OnsetEvidence } from './onset-evidence.js';
import { SlowQuadraticTerms, type SlowQuadraticParameters } from './slow-quadratic-terms.js';

export interface InnovationBankParameters {
  readonly tagCodes: readonly string[];
  readonly mean: Float64Array;
  readonly standardDeviation: Float64Array;
  readonly model: InnovationModel;
  readonly quadratic: SlowQuadraticParameters;
  readonly charts: readonly ChartDefinition[];
  readonly scales: readonly ChartScale[];
  readonly limit: number;
}

/** Smoothing factor of the innovations that contributions look at. */
const MOVED_SMOOTHING = 0.1;
/** An innovation counts up to so many standard deviations in the contributions. */
const MOVED_LIMIT = 100;
/** Rarity that one normal sample in a hundred reaches: below, a chart says nothing. */
const ORDINARY_RARITY = 2;

/** Charts come to rest at this many times the limit, so that they come back within hours once a fault is gone. */
const CEILING_IN_LIMITS = 2;

/**
 * Innovation chart bank: a one-step prediction of every tag from the past of all tags turns normal operation into white
 * noise; a bank of charts with short and long memories watches what is left for shifts, for changed variance and for
 * energy in any direction (see {@link CHARTS}).
 *
 * Each chart is put on one scale, rarity: the decimal logarithm of how seldom normal operation reaches the value, from
 * the chart's 99 % and 99.95 % quantiles and an exponential tail beyond. The statistic is the rarity of the rarest
 * chart; its limit comes from separate normal runs.
 *
 * A tag speaks for an alarm by how far the rarest of its charts is beyond the ordinary, squared (which tag disagrees with
 * the others), plus the square of its averaged innovation in standard deviations (which tag moved as nobody expected);
 * the first decides while a fault is small, the second once it has filled all charts. Contributions are the shares of
 * the tags in it, weighed from the onset of the alarm: see {@link OnsetEvidence}. Missing values: see
 * {@link InnovationResiduals}.
 */
export class InnovationBankDetector implements StreamingDetector {
  readonly name = 'innovation_bank';
  readonly tagCodes: readonly string[];
  readonly limit: number;
  /** Rarity of the rarest chart of each tag, and of each energy chart: the features of a forest on charts. */
  readonly chartStatistics: Float64Array;
  private readonly residuals: InnovationResiduals;
  private readonly charts: readonly InnovationChart[];
  private readonly ceilings: readonly Float64Array[];
  private readonly sample: Float64Array;
  private readonly deviation: Float64Array;
  /** Average innovation of each tag, in standard deviations of that average. */
  private readonly moved: Float64Array;
  private readonly evidence: Float64Array;
  private readonly onset: OnsetEvidence;
  private readonly reading: { statistic: number; limit: number; contributions: Float64Array; ready: boolean };

  constructor(readonly parameters: InnovationBankParameters) {
    const { tagCodes, model, quadratic, charts, scales, limit } = parameters;
    const tags = tagCodes.length;
    this.tagCodes = tagCodes;
    this.limit = limit;
    this.residuals = new InnovationResiduals(model, new SlowQuadraticTerms(quadratic));
    this.charts = charts.map((definition) => new InnovationChart(definition, tags));
    this.ceilings = scales.map(({ offset, slope }) =>
      offset.map((at, i) => at + (CEILING_IN_LIMITS * limit) / slope[i]),
    );
    this.chartStatistics = new Float64Array(tags + charts.filter(({ kind }) => kind === 'energy').length);
    this.sample = new Float64Array(tags);
    this.moved = new Float64Array(tags);
    this.evidence = new Float64Array(tags);
    this.onset = new OnsetEvidence(tags);
    const averaging = Math.sqrt(MOVED_SMOOTHING / (2 - MOVED_SMOOTHING));
    this.deviation = this.sample.map((_, i) => averaging * Math.sqrt(model.covariance[i * tags + i]));
    this.reading = { statistic: 0, limit, contributions: new Float64Array(tags), ready: false };
  }

  static fromArtifact(artifact: DetectorArtifact): InnovationBankDetector {
    const tagCodes = artifactTagCodes(artifact);
    const columns = tagCodes.length;
    const tensor = (name: string, length?: number): Float64Array => artifactTensor(artifact, name, length);
    const lags = artifactNumber(artifact, 'lags');
    const components = artifactNumber(artifact, 'components');
    const products = (components * (components + 1)) / 2;
    const charts = artifact.meta.charts as readonly ChartDefinition[];
    return new InnovationBankDetector({
      tagCodes,
      mean: tensor('mean', columns),
      standardDeviation: tensor('standardDeviation', columns),
      model: {
        columns,
        lags,
        coefficients: tensor('coefficients', columns * columns * lags),
        covariance: tensor('covariance', columns * columns),
        precision: tensor('precision', columns * columns),
      },
      quadratic: {
        columns,
        components,
        smoothing: artifactNumber(artifact, 'quadraticSmoothing'),
        projection: tensor('projection', components * columns),
        productMeans: tensor('productMeans', products),
        intercept: tensor('intercept', columns),
        weights: tensor('quadraticWeights', products * columns),
      },
      charts,
      scales: charts.map((definition, k) => ({
        offset: tensor(`chart${k}Offset`, chartWidth(definition, columns)),
        slope: tensor(`chart${k}Slope`, chartWidth(definition, columns)),
      })),
      limit: artifactLimit(artifact),
    });
  }

  withLimit(limit: number): InnovationBankDetector {
    return new InnovationBankDetector({ ...this.parameters, limit });
  }

  step(values: Float64Array): DetectorReading {
    assertSample(values, this.tagCodes);
    const { mean, standardDeviation, charts } = this.parameters;
    const { sample, residuals, reading } = this;
    for (let i = 0; i < sample.length; i++) sample[i] = (values[i] - mean[i]) / standardDeviation[i];
    reading.ready = residuals.push(sample);
    reading.contributions.fill(0);
    reading.statistic = 0;
    if (!reading.ready) return reading;
    for (let k = 0; k < charts.length; k++) this.charts[k].update(residuals, this.ceilings[k]);
    this.assess();
    this.blame();
    return reading;
  }

  private blame(): void {
    const { moved, deviation, chartStatistics, residuals, evidence, onset, reading } = this;
    for (let i = 0; i < moved.length; i++) {
      const innovation = residuals.innovation[i] / deviation[i];
      const limited = Math.max(-MOVED_LIMIT, Math.min(MOVED_LIMIT, innovation));
      moved[i] += MOVED_SMOOTHING * (limited - moved[i]);
      const excess = Math.max(0, chartStatistics[i] - ORDINARY_RARITY);
      evidence[i] = excess * excess + moved[i] * moved[i];
    }
    onset.take(evidence, reading.statistic > reading.limit, residuals.repeats);
    reading.contributions.set(onset.shares);
  }

  private assess(): void {
    const { chartStatistics, reading } = this;
    const { scales } = this.parameters;
    const tags = this.tagCodes.length;
    chartStatistics.fill(0);
    let energyCharts = 0;
    for (let k = 0; k < this.charts.length; k++) {
      const { values, definition } = this.charts[k];
      const { offset, slope } = scales[k];
      const from = definition.kind === 'energy' ? tags + energyCharts++ : 0;
      for (let i = 0; i < values.length; i++) {
        const rarity = (values[i] - offset[i]) * slope[i];
        if (rarity > chartStatistics[from + i]) chartStatistics[from + i] = rarity;
      }
    }
    let statistic = 0;
    for (let i = 0; i < chartStatistics.length; i++) {
      if (chartStatistics[i] > statistic) statistic = chartStatistics[i];
    }
    reading.statistic = statistic;
  }

  reset(): void {
    this.residuals.reset();
    for (const chart of this.charts) chart.reset();
    this.moved.fill(0);
    this.onset.reset();
  }

  snapshot(): DetectorSnapshot {
    const charts = this.charts.map((chart, k) => [`chart${k}`, chart.state()] as const);
    return {
      detector: this.name,
      state: {
        ...this.residuals.state(),
        ...this.onset.state(),
        moved: Array.from(this.moved),
        ...Object.fromEntries(charts),
      },
    };
  }

  restore(snapshot: DetectorSnapshot): void {
    const reader = new SnapshotReader(snapshot, this.name);
    this.residuals.restore(reader);
    reader.into('moved', this.moved);
    this.onset.restore(reader);
    this.charts.forEach((chart, k) => chart.restore(reader, `chart${k}`));
  }

  toArtifact(): DetectorArtifact {
    const { tagCodes, mean, standardDeviation, model, quadratic, charts, scales, limit } = this.parameters;
    const { coefficients, covariance, precision, lags } = model;
    const { projection, productMeans, intercept, weights, components, smoothing } = quadratic;
    const scaleTensors = scales.flatMap(({ offset, slope }, k) => [
      [`chart${k}Offset`, offset] as const,
      [`chart${k}Slope`, slope] as const,
    ]);
    return {
      meta: { detector: this.name, tagCodes, limit, lags, components, quadraticSmoothing: smoothing, charts },
      tensors: {
        mean,
        standardDeviation,
        coefficients,
        covariance,
        precision,
        projection,
        productMeans,
        intercept,
        quadraticWeights: weights,
        ...Object.fromEntries(scaleTensors),
      },
    };
  }
}
