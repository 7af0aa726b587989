import { cardHead, mapValues, round, testDescription } from './card-figures.js';
import { normalRatio } from '../detectors/calibration.js';
import type { DetectorName, StreamingDetector } from '../detectors/detector.js';
import { detectionRates } from '../evaluation/alarms.js';
import type { LabelledRun } from '../window/labelled-run.js';
import { DETECTOR_KINDS } from '../detectors/kinds.js';
import { detectorFiles } from '../detectors/loading.js';
import { gate, type JsonValue, type ModelCardDraft } from '../store/model-card.js';
import { shiftDetection } from '../evaluation/shift-detection.js';

/** Runs for every purpose; no run serves two. All have the detector tags as columns. */
export interface TrainingData {
  readonly tagCodes: readonly string[];
  /** What the cards say about where the data come from. */
  readonly description: { readonly source: string; readonly [detail: string]: JsonValue };
  readonly training: readonly LabelledRun[];
  readonly calibration: readonly LabelledRun[];
  readonly test: readonly LabelledRun[];
  /** More runs of normal operation, for regressions with more coefficients than the training runs can settle. */
  readonly undisturbed?: readonly LabelledRun[];
  /** More runs under the disturbances, for the diagnosis. */
  readonly disturbed?: readonly LabelledRun[];
  /** Short runs about the onset of a disturbance, for the diagnosis. */
  readonly onsets?: readonly LabelledRun[];
  /** Runs under a disturbance that no class stands for; assessed only. */
  readonly unknown?: readonly LabelledRun[];
}

export interface TrainingContext {
  readonly seed: number;
  readonly createdAt: Date;
  readonly git: string | null;
  /** Less of everything: for trying things out. The gates stay. */
  readonly quick?: boolean | undefined;
  readonly onProgress?: ((share: number, loss: number) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** A trained version, ready for {@link ModelStore.save}. */
export interface TrainedVersion {
  readonly draft: ModelCardDraft;
  readonly files: ReadonlyMap<string, Uint8Array>;
}

/** Share of normal test rows that a detector may hold for abnormal. */
const FALSE_ALARM_GATE = 0.02;
/** Share of tags in which a detector that was assessed without faults must notice a shift. */
const SHIFT_GATE = 0.5;
/** Progress of a detector's training once it is fitted; what remains is assessing it. */
const FITTED_SHARE = 0.8;

function normalRuns(runs: readonly LabelledRun[]): Float64Array[] {
  return runs.filter((run) => run.idv === 0).map((run) => run.values);
}

/** @throws RangeError when the detector can't be trained from these data */
export function trainDetector(
  name: DetectorName,
  data: TrainingData,
  context: TrainingContext,
): TrainedVersion {
  const started = performance.now();
  const input = {
    tagCodes: data.tagCodes,
    trainingRuns: normalRuns([...data.training, ...(data.undisturbed ?? [])]),
    calibrationRuns: normalRuns(data.calibration),
  };
  const detector = DETECTOR_KINDS[name].fit(input, context.seed);
  const seconds = (performance.now() - started) / 1000;
  context.onProgress?.(FITTED_SHARE, NaN);
  const assessed = assessDetector(detector, data.test);
  return {
    files: detectorFiles(detector.toArtifact()),
    draft: {
      ...cardHead(name, 'detector', data, context),
      training: {
        runs: input.trainingRuns.length,
        calibration_runs: input.calibrationRuns.length,
        normal_ratio: round(normalRatio(detector, input.calibrationRuns)),
        seconds: round(seconds),
      },
      gates: assessed.gates,
      quality: { measured_on: testDescription(data), ...assessed.quality },
      limits: [
        'Knows only the normal operation that it was fitted on: another operating mode counts as abnormal.',
      ],
    },
  };
}

/** By faults where the test runs hold some; else by shifts added to normal operation, so that a blind one is found out. */
function assessDetector(
  detector: StreamingDetector,
  runs: readonly LabelledRun[],
): Pick<ModelCardDraft, 'gates' | 'quality'> {
  const rates = detectionRates(detector, runs);
  const gates = [gate('false_alarm_rate', rates.falseAlarmRate, 'max', FALSE_ALARM_GATE)];
  const quality = { false_alarm_rate: round(rates.falseAlarmRate) };
  if (runs.some((run) => run.idv > 0)) {
    return {
      gates,
      quality: {
        ...quality,
        detection_rate: round(rates.detectionRate),
        detection_rate_by_fault: mapValues(rates.detectionRateByFault, round),
      },
    };
  }
  const noticed = round(shiftDetection(detector, normalRuns(runs)));
  return {
    gates: [...gates, gate('shift_detection', noticed, 'min', SHIFT_GATE)],
    quality: { ...quality, shift_detection: noticed },
  };
}
