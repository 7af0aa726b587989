import { cardHead, mapValues, round, testDescription } from './card-figures.js';
import {
  evaluateForecast,
  type ForecastFigures,
  type HorizonFigures,
  ASSESSED_HORIZONS,
} from '../evaluation/forecast-evaluation.js';
import { FORECAST_HORIZON } from '../forecast/horizon.js';
import { type ForecastFloor, forecastFloor } from '../forecast/floor.js';
import type { ForecastModel } from '../forecast/model.js';
import { trainForecast } from './forecast-training.js';
import { type LabelledRun, untilFrozen } from '../window/labelled-run.js';
import { FORECAST_MODEL } from '../prediction/versions.js';
import { gate, type JsonValue, type ModelGate } from '../store/model-card.js';
import type { TrainedVersion, TrainingContext, TrainingData } from './model-training.js';

/** Share of values that the 90 % intervals may cover, least and most. */
const NORMAL_COVERAGE = [0.89, 0.91] as const;
const FAULT_COVERAGE = [0.88, 0.92] as const;
/** 15 min: before it, a disturbance has hardly moved the plant, and the last value is hard to beat. */
const LATE_STEPS = 5;

/** Keeps the runs of the floor apart from the plan, whose seeds follow from the seed itself. */
const FLOOR_SEED_OFFSET = 0x5eed;

/** @param assessedTags columns that the figures are averaged over */
export async function trainForecastVersion(
  data: TrainingData,
  context: TrainingContext,
  assessedTags: readonly number[],
): Promise<TrainedVersion> {
  const started = performance.now();
  const { seed, quick, onProgress, signal } = context;
  const running = (runs: readonly LabelledRun[]): LabelledRun[] =>
    runs.map((run) => untilFrozen(run, data.tagCodes.length));
  const model = await trainForecast({
    seed,
    training: running(data.training),
    calibration: running(data.calibration),
    undisturbed: data.undisturbed,
    onProgress,
    signal,
  });
  const seconds = (performance.now() - started) / 1000;
  const test = running(data.test);
  const assess = (runs: readonly LabelledRun[]): ForecastFigures =>
    evaluateForecast(model, runs, assessedTags);
  const normal = assess(test.filter((run) => run.idv === 0));
  const faulty = assess(test.filter((run) => run.idv > 0));
  const floor = floorOf(model, assessedTags, seed, quick);
  return {
    files: await model.toFiles(),
    draft: {
      ...cardHead(FORECAST_MODEL, 'forecast', data, context),
      training: {
        runs: data.training.length,
        undisturbed_runs: data.undisturbed?.length ?? 0,
        parameters: model.network.countParams(),
        seconds: round(seconds),
      },
      gates: forecastGates(normal, faulty),
      quality: {
        measured_on: testDescription(data),
        judged_tags: assessedTags.map((column) => data.tagCodes[column]),
        normal: figuresJson(normal),
        fault: figuresJson(faulty),
        normal_floor: floorJson(floor),
      },
      limits: [
        'Errors are given in standard deviations of normal operation, as a mean over tags and runs.',
        'In normal operation nearly all of the error is measurement noise that nobody can foresee: normal_floor gives the ' +
          'error left to who knows the whole hidden state of the plant, beside those of the forecasts at the same instants.',
      ],
    },
  };
}

function forecastGates(normal: ForecastFigures, faulty: ForecastFigures): ModelGate[] {
  const worst = (horizons: readonly HorizonFigures[], of: (each: HorizonFigures) => number): number =>
    Math.max(...horizons.map(of));
  const late = faulty.horizons.filter(({ steps }) => steps >= LATE_STEPS);
  const coverages = ({ horizons }: ForecastFigures): number[] => horizons.map(({ coverage }) => coverage);
  return [
    gate(
      'normal_rmse_over_ridge_var',
      worst(normal.horizons, ({ rmse }) => rmse.lstm / rmse.ridge_var),
      'max',
      1,
    ),
    gate(
      'fault_rmse_over_persistence',
      worst(late, ({ rmse }) => rmse.lstm / rmse.persistence),
      'max',
      0.75,
    ),
    gate(
      'fault_winkler_over_ridge_var',
      worst(faulty.horizons, ({ winkler, ridgeVarIntervals }) => winkler / ridgeVarIntervals.winkler),
      'max',
      0.9,
    ),
    gate('least_normal_coverage', Math.min(...coverages(normal)), 'min', NORMAL_COVERAGE[0]),
    gate('most_normal_coverage', Math.max(...coverages(normal)), 'max', NORMAL_COVERAGE[1]),
    gate('least_fault_coverage', Math.min(...coverages(faulty)), 'min', FAULT_COVERAGE[0]),
    gate('most_fault_coverage', Math.max(...coverages(faulty)), 'max', FAULT_COVERAGE[1]),
  ];
}

function figuresJson({ forecasts, horizons }: ForecastFigures): JsonValue {
  return {
    forecasts,
    horizons: horizons.map(({ steps, rmse, coverage, winkler, ridgeVarIntervals }) => ({
      minutes: steps * 3,
      rmse: mapValues({ ...rmse }, round),
      coverage: round(coverage),
      winkler: round(winkler),
      ridge_var_intervals: mapValues({ ...ridgeVarIntervals }, round),
    })),
  };
}

function floorOf(
  model: ForecastModel,
  assessedTags: readonly number[],
  seed: number,
  quick?: boolean,
): ForecastFloor {
  const { scaler } = model.foundation;
  const { ridgeVar } = model.rivals;
  const lastRow = (z: Float64Array): number => z.length / scaler.columns - 1;
  return forecastFloor({
    seed: seed + FLOOR_SEED_OFFSET,
    steps: ASSESSED_HORIZONS,
    assessedTags,
    scaler,
    runs: quick ? 2 : undefined,
    forecasts: {
      lstm: (z) => model.values(z, [lastRow(z)]),
      ridge_var: (z) => ridgeVar.forecast(z, lastRow(z), FORECAST_HORIZON),
    },
  });
}

function floorJson({ unavoidable, forecasts }: ForecastFloor): JsonValue {
  return ASSESSED_HORIZONS.map((steps, h) => ({
    minutes: steps * 3,
    rmse: {
      unavoidable: round(unavoidable[h]),
      ...Object.fromEntries(Object.entries(forecasts).map(([name, rmse]) => [name, round(rmse[h])])),
    },
  }));
}
