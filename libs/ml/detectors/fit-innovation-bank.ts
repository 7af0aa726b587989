import { assertRuns, type DetectorFitInput } from './detector.js';
import { empiricalLimit, episodeLimit } from './calibration.js';
import { fitSlowQuadraticTerms, type SlowQuadraticOptions } from './fit-slow-quadratic-terms.js';
import { InnovationBankDetector } from './innovation-bank.detector.js';
import {
  CHARTS,
  InnovationChart,
  chartWidth,
  type ChartDefinition,
  type ChartScale,
} from './innovation-charts.js';
import {
  fitInnovationModel,
  type InnovationModel,
  type InnovationModelOptions,
} from '../math/innovation-model.js';
import { InnovationResiduals } from './innovation-residuals.js';
import { quantileOfSorted } from '../math/quantile.js';
import { SlowQuadraticTerms, type SlowQuadraticParameters } from './slow-quadratic-terms.js';
import { StandardScaler } from '../math/standard-scaler.js';

export interface InnovationBankOptions {
  /** Prediction; default 15 lags, ridge 1e-5. */
  readonly model?: InnovationModelOptions;
  readonly quadratic?: SlowQuadraticOptions;
  /** Default {@link CHARTS}. */
  readonly charts?: readonly ChartDefinition[];
  /** Share of normal samples in alarm that the limit is set for. Default: by false episodes, see {@link episodeLimit}. */
  readonly falseAlarmRate?: number;
}

/** The tail of a chart is taken from these two quantiles of normal operation. */
const TAIL_START = 0.99;
const TAIL_END = 0.9995;
const TAIL_DECADES = Math.log10((1 - TAIL_START) / (1 - TAIL_END));
/**
 * Beyond the rarest fiftieth of half days the tail is heavier than the one the limit is extrapolated with: over 2,000 plant days
 * that set no limit, the level for one false episode in 1,000 days was passed 6 times.
 */
const DAYS_PER_FALSE_EPISODE = 1000;
/** Samples at the start of a run whose slow charts are still filling. */
const CHART_SETTLING_SAMPLES = 100;

/**
 * Fits prediction, charts and limit. The charts' scales come from the training runs, the limit from the calibration runs.
 *
 * @throws RangeError on malformed or too short runs, or too few calibration samples for the false-alarm rate
 */
export function fitInnovationBank(
  input: DetectorFitInput,
  options: InnovationBankOptions = {},
): InnovationBankDetector {
  const { tagCodes, trainingRuns, calibrationRuns } = input;
  const { charts = CHARTS } = options;
  const columns = tagCodes.length;
  assertRuns(trainingRuns, columns, 'training run');
  const scaler = StandardScaler.fit(trainingRuns, columns);
  const runs = trainingRuns.map((run) => scaler.transform(run));
  const linear = fitInnovationModel(runs, columns, { lags: 15, ...options.model });
  const { model, quadratic } = fitSlowQuadraticTerms(runs, linear, options.quadratic);
  const scales = fitScales(charts, recordResiduals(runs, model, quadratic), columns);
  const { mean, standardDeviation } = scaler;
  const parameters = { tagCodes, mean, standardDeviation, model, quadratic, charts, scales };
  const unlimited = new InnovationBankDetector({ ...parameters, limit: Number.MAX_VALUE });
  const { falseAlarmRate } = options;
  const limit =
    falseAlarmRate === undefined
      ? episodeLimit(unlimited, calibrationRuns, { daysPerFalseEpisode: DAYS_PER_FALSE_EPISODE })
      : empiricalLimit(unlimited, calibrationRuns, falseAlarmRate);
  return unlimited.withLimit(limit);
}

interface RecordedRun {
  readonly samples: number;
  readonly sensor: Float32Array;
  readonly step: Float32Array;
  readonly energy: Float32Array;
}

function recordResiduals(
  runs: readonly Float64Array[],
  model: InnovationModel,
  quadratic: SlowQuadraticParameters,
): RecordedRun[] {
  const { columns, lags } = model;
  const residuals = new InnovationResiduals(model, new SlowQuadraticTerms(quadratic));
  return runs.map((run) => {
    residuals.reset();
    const samples = run.length / columns - lags;
    const sensor = new Float32Array(samples * columns);
    const step = new Float32Array(samples * columns);
    const energy = new Float32Array(samples);
    let sample = 0;
    for (let at = 0; at < run.length; at += columns) {
      if (!residuals.push(run.subarray(at, at + columns))) continue;
      sensor.set(residuals.sensor, sample * columns);
      step.set(residuals.step, sample * columns);
      energy[sample++] = residuals.energy;
    }
    return { samples, sensor, step, energy };
  });
}

/** Two quantiles of every value of every chart over the recorded runs, as a scale of rarity. */
function fitScales(
  charts: readonly ChartDefinition[],
  recorded: readonly RecordedRun[],
  columns: number,
): ChartScale[] {
  const rows = recorded.reduce((sum, run) => sum + Math.max(0, run.samples - CHART_SETTLING_SAMPLES), 0);
  if (rows === 0)
    throw new RangeError(
      `training runs must be longer than ${CHART_SETTLING_SAMPLES} samples after the lags`,
    );
  return charts.map((definition) => {
    const width = chartWidth(definition, columns);
    const series = Array.from({ length: width }, () => new Float32Array(rows));
    replay(new InnovationChart(definition, columns), recorded, columns, series);
    const tails = series.map((values) => {
      values.sort();
      return { start: quantileOfSorted(values, TAIL_START), end: quantileOfSorted(values, TAIL_END) };
    });
    return scaleOf(tails);
  });
}

function replay(
  chart: InnovationChart,
  recorded: readonly RecordedRun[],
  columns: number,
  series: readonly Float32Array[],
): void {
  const ceiling = new Float64Array(series.length).fill(Infinity);
  const input = { sensor: new Float64Array(columns), step: new Float64Array(columns), energy: 0 };
  let row = 0;
  for (const run of recorded) {
    chart.reset();
    for (let sample = 0; sample < run.samples; sample++) {
      input.sensor.set(run.sensor.subarray(sample * columns, (sample + 1) * columns));
      input.step.set(run.step.subarray(sample * columns, (sample + 1) * columns));
      input.energy = run.energy[sample];
      chart.update(input, ceiling);
      if (sample < CHART_SETTLING_SAMPLES) continue;
      for (let i = 0; i < series.length; i++) series[i][row] = chart.values[i];
      row++;
    }
  }
}

/**
 * A decade of rarity is as wide as the tail from 99 % to 99.95 % says, but at least as wide, relative to its start, as
 * for the median tag: a few slow excursions too few in one tag's history must not make its chart trigger-happy.
 */
function scaleOf(tails: readonly { start: number; end: number }[]): ChartScale {
  const ratios = tails.map(({ start, end }) => (start > 0 ? end / start - 1 : 0)).sort((a, b) => a - b);
  const median = ratios[Math.floor(ratios.length / 2)];
  const decade = tails.map(({ start, end }) => Math.max(end - start, median * start, 1e-9) / TAIL_DECADES);
  const startRarity = -Math.log10(1 - TAIL_START);
  return {
    offset: Float64Array.from(tails, ({ start }, i) => start - startRarity * decade[i]),
    slope: Float64Array.from(decade, (width) => 1 / width),
  };
}
