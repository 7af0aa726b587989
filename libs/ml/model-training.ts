import { cardHead, mapValues, round, testDescription } from './card-figures.js';
import { fitCva } from './cva.detector.js';
import type { DetectorFitInput, DetectorName, StreamingDetector } from './detector.js';
import { detectionRates } from './detector-alarms.js';
import { evaluateForecast, type ForecastFigures } from './forecast-evaluation.js';
import { trainForecast } from './forecast-training.js';
import { fitInnovationBank } from './fit-innovation-bank.js';
import { IsolationForestDetector } from './isolation-forest.detector.js';
import { type LabelledRun, untilFrozen } from './labelled-run.js';
import { detectorFiles } from './detector-loading.js';
import { FORECAST_MODEL } from './load-models.js';
import { gate, type JsonValue, type ModelCardDraft, type ModelGate } from './model-card.js';
import { fitPca } from './pca.detector.js';
import { ZScoreDetector } from './zscore.detector.js';

/** Runs for every purpose; no run serves two. All have the detector tags as columns. */
export interface TrainingData {
  readonly tagCodes: readonly string[];
  /** What the cards say about where the data come from. */
  readonly description: { readonly source: string; readonly [detail: string]: JsonValue };
  readonly training: readonly LabelledRun[];
  readonly calibration: readonly LabelledRun[];
  readonly test: readonly LabelledRun[];
  /** Runs under a disturbance that no class stands for; judged only. */
  readonly unknown?: readonly LabelledRun[];
}

export interface TrainingContext {
  readonly seed: number;
  readonly createdAt: Date;
  readonly git: string | null;
  /** Less of everything: for trying things out. The gates stay. */
  readonly quick?: boolean;
  readonly onProgress?: (share: number, loss: number) => void;
  readonly signal?: AbortSignal;
}

/** A trained version, ready for {@link ModelStore.save}. */
export interface TrainedVersion {
  readonly draft: ModelCardDraft;
  readonly files: ReadonlyMap<string, Uint8Array>;
}

const FITS: Readonly<
  Partial<Record<DetectorName, (input: DetectorFitInput, seed: number) => StreamingDetector>>
> = {
  innovation_bank: (input) => fitInnovationBank(input),
  cva: (input) => fitCva(input),
  zscore: (input) => ZScoreDetector.fit(input),
  pca_t2: (input) => fitPca(input).t2,
  pca_spe: (input) => fitPca(input).spe,
  isolation_forest: (input, seed) => IsolationForestDetector.fit(input, { seed }),
};

/** Detectors that {@link trainDetector} knows. */
export const TRAINABLE_DETECTORS = Object.keys(FITS) as DetectorName[];

/** Share of normal test rows that a detector may hold for abnormal. */
const FALSE_ALARM_GATE = 0.02;
const COVERAGE_GATE = [0.87, 0.93] as const;

function normalRuns(runs: readonly LabelledRun[]): Float64Array[] {
  return runs.filter((run) => run.idv === 0).map((run) => run.values);
}

/** @throws RangeError when the detector can't be trained */
export function trainDetector(
  name: DetectorName,
  data: TrainingData,
  context: TrainingContext,
): TrainedVersion {
  const fit = FITS[name];
  if (fit === undefined) throw new RangeError(`there is no training for detector ${name}`);
  const started = performance.now();
  const input = {
    tagCodes: data.tagCodes,
    trainingRuns: normalRuns(data.training),
    calibrationRuns: normalRuns(data.calibration),
  };
  const detector = fit(input, context.seed);
  const seconds = (performance.now() - started) / 1000;
  const rates = detectionRates(detector, data.test);
  return {
    files: detectorFiles(detector.toArtifact()),
    draft: {
      ...cardHead(name, 'detector', data, context),
      training: {
        runs: input.trainingRuns.length,
        calibration_runs: input.calibrationRuns.length,
        seconds: round(seconds),
      },
      gates: [gate('false_alarm_rate', rates.falseAlarmRate, 'max', FALSE_ALARM_GATE)],
      quality: {
        measured_on: testDescription(data),
        false_alarm_rate: round(rates.falseAlarmRate),
        detection_rate: round(rates.detectionRate),
        detection_rate_by_fault: mapValues(rates.detectionRateByFault, round),
      },
      limits: [
        'Knows only the normal operation that it was fitted on: another operating mode counts as abnormal.',
      ],
    },
  };
}

/** @param judgedTags columns that the figures are averaged over */
export async function trainForecastVersion(
  data: TrainingData,
  context: TrainingContext,
  judgedTags: readonly number[],
): Promise<TrainedVersion> {
  const started = performance.now();
  const { seed, quick, onProgress, signal } = context;
  const running = (runs: readonly LabelledRun[]): LabelledRun[] =>
    runs.map((run) => untilFrozen(run, data.tagCodes.length));
  const model = await trainForecast({
    seed,
    training: running(data.training),
    calibration: running(data.calibration),
    epochs: quick ? 2 : 3,
    onProgress,
    signal,
  });
  const seconds = (performance.now() - started) / 1000;
  const test = running(data.test);
  const normal = evaluateForecast(
    model,
    test.filter((run) => run.idv === 0),
    judgedTags,
  );
  const faulty = evaluateForecast(
    model,
    test.filter((run) => run.idv > 0),
    judgedTags,
  );
  return {
    files: await model.toFiles(),
    draft: {
      ...cardHead(FORECAST_MODEL, 'forecast', data, context),
      training: {
        runs: data.training.length,
        parameters: model.network.countParams(),
        seconds: round(seconds),
      },
      gates: forecastGates(normal, faulty),
      quality: {
        measured_on: testDescription(data),
        judged_tags: judgedTags.map((column) => data.tagCodes[column]),
        normal: figuresJson(normal),
        fault: figuresJson(faulty),
      },
      limits: [
        'Errors are given in standard deviations of normal operation, as a mean over tags and runs.',
        'In normal operation the linear autoregression that the network starts from is already at the noise floor.',
      ],
    },
  };
}

/** The last horizon counts for coverage; in fault the forecast has to beat the last value from 15 min on. */
function forecastGates(normal: ForecastFigures, faulty: ForecastFigures): ModelGate[] {
  const late = faulty.horizons.filter(({ steps }) => steps >= 5);
  const ratio = Math.max(...late.map(({ rmse }) => rmse.lstm / rmse.persistence));
  const coverages = [...normal.horizons, ...faulty.horizons].map(({ coverage }) => coverage);
  return [
    gate('fault_rmse_over_persistence', ratio, 'max', 0.9),
    gate('least_coverage', Math.min(...coverages), 'min', COVERAGE_GATE[0]),
    gate('most_coverage', Math.max(...coverages), 'max', COVERAGE_GATE[1]),
  ];
}

function figuresJson({ forecasts, horizons }: ForecastFigures): JsonValue {
  return {
    forecasts,
    horizons: horizons.map(({ steps, rmse, coverage, winkler }) => ({
      minutes: steps * 3,
      rmse: mapValues({ ...rmse }, round),
      coverage: round(coverage),
      winkler: round(winkler),
    })),
  };
}
