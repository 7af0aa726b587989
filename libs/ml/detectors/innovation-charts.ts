import type { SnapshotReader } from './snapshot.js';

/** What the charts look at: see InnovationResiduals. */
export interface ChartInput {
  readonly sensor: Float64Array;
  readonly step: Float64Array;
  readonly energy: number;
}

export type ResidualKind = 'sensor' | 'step';

export type ChartDefinition =
  /** Exponential average of the energy; with smoothing 1 the energy itself. */
  | { readonly kind: 'energy'; readonly smoothing: number }
  /** Square of the exponential average of each residual: shifts. */
  | { readonly kind: 'mean'; readonly residual: ResidualKind; readonly smoothing: number }
  /** Exponential average (`memory`) of the squares of exponential averages (`smoothing`): changed variance, slow or fast. */
  | {
      readonly kind: 'variance';
      readonly residual: ResidualKind;
      readonly smoothing: number;
      readonly memory: number;
    };

/**
 * The charts of the bank. Instant directions are watched at short memory, step directions at long memory; the variance
 * charts see from sticking (first) through fast wandering to slow wandering (last).
 */
export const CHARTS: readonly ChartDefinition[] = [
  { kind: 'energy', smoothing: 1 },
  { kind: 'energy', smoothing: 0.3 },
  { kind: 'energy', smoothing: 0.1 },
  { kind: 'energy', smoothing: 0.05 },
  { kind: 'energy', smoothing: 0.02 },
  { kind: 'mean', residual: 'sensor', smoothing: 0.3 },
  { kind: 'mean', residual: 'step', smoothing: 0.1 },
  { kind: 'mean', residual: 'step', smoothing: 0.05 },
  { kind: 'mean', residual: 'step', smoothing: 0.02 },
  { kind: 'variance', residual: 'sensor', smoothing: 1, memory: 0.05 },
  { kind: 'variance', residual: 'step', smoothing: 0.3, memory: 0.03 },
  { kind: 'variance', residual: 'step', smoothing: 0.2, memory: 0.01 },
];

/** A residual counts up to so many standard deviations: one wild value must not hold a chart for hours. */
const RESIDUAL_LIMIT = 6;
/** The averaged energy counts up to so many times its normal mean. */
const ENERGY_LIMIT = 4;

/** Where a chart's value becomes rarity: rarity = (value − offset) · slope. One pair per chart and tag. */
export interface ChartScale {
  readonly offset: Float64Array;
  readonly slope: Float64Array;
}

/** Values of one chart: one per tag, or a single one for energy charts. */
export function chartWidth(definition: ChartDefinition, columns: number): number {
  return definition.kind === 'energy' ? 1 : columns;
}

/** One chart and its state. */
export class InnovationChart {
  readonly values: Float64Array;
  private readonly average: Float64Array;
  private readonly spread: Float64Array;

  constructor(
    readonly definition: ChartDefinition,
    private readonly columns: number,
  ) {
    const width = chartWidth(definition, columns);
    this.values = new Float64Array(width);
    this.average = new Float64Array(width);
    this.spread = new Float64Array(definition.kind === 'variance' ? width : 0);
    this.reset();
  }

  reset(): void {
    this.average.fill(this.definition.kind === 'energy' ? this.columns : 0);
    this.spread.fill(1);
  }

  /**
   * Takes in one sample and updates `values`.
   * @param ceiling largest value a chart may hold, per value: it bounds how long a chart takes to come back
   */
  update(residuals: ChartInput, ceiling: Float64Array): void {
    const { definition } = this;
    if (definition.kind === 'energy') this.updateEnergy(residuals.energy, definition.smoothing, ceiling[0]);
    else if (definition.kind === 'mean')
      this.updateMean(residuals[definition.residual], definition.smoothing, ceiling);
    else
      this.updateVariance(residuals[definition.residual], definition.smoothing, definition.memory, ceiling);
  }

  private updateEnergy(energy: number, smoothing: number, ceiling: number): void {
    const { average, values, columns } = this;
    if (smoothing === 1) {
      values[0] = energy;
      return;
    }
    average[0] += smoothing * (Math.min(energy, ENERGY_LIMIT * columns) - average[0]);
    average[0] = Math.min(average[0], ceiling);
    values[0] = average[0];
  }

  private updateMean(residual: Float64Array, smoothing: number, ceiling: Float64Array): void {
    const { average, values } = this;
    for (let i = 0; i < values.length; i++) {
      const mean = average[i] + smoothing * (clipped(residual[i]) - average[i]);
      const square = mean * mean;
      const beyond = square > ceiling[i];
      average[i] = beyond ? Math.sign(mean) * Math.sqrt(ceiling[i]) : mean;
      values[i] = beyond ? ceiling[i] : square;
    }
  }

  private updateVariance(
    residual: Float64Array,
    smoothing: number,
    memory: number,
    ceiling: Float64Array,
  ): void {
    const { average, spread, values } = this;
    const normalVariance = smoothing / (2 - smoothing);
    for (let i = 0; i < values.length; i++) {
      const mean = average[i] + smoothing * (clipped(residual[i]) - average[i]);
      average[i] = mean;
      const next = spread[i] + memory * ((mean * mean) / normalVariance - spread[i]);
      spread[i] = next > ceiling[i] ? ceiling[i] : next;
      values[i] = spread[i];
    }
  }

  state(): number[] {
    return [...this.average, ...this.spread];
  }

  restore(reader: SnapshotReader, key: string): void {
    const state = new Float64Array(this.average.length + this.spread.length);
    reader.into(key, state);
    this.average.set(state.subarray(0, this.average.length));
    this.spread.set(state.subarray(this.average.length));
  }
}

function clipped(residual: number): number {
  return residual > RESIDUAL_LIMIT ? RESIDUAL_LIMIT : residual < -RESIDUAL_LIMIT ? -RESIDUAL_LIMIT : residual;
}
