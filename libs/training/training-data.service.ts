import {
  isDetectorName,
  LEARNT_SAMPLING,
  leastRowsOf,
  type RowsByPurpose,
  splitHistory,
  type TrainingData,
} from '#ml';
import { Injectable } from '@nestjs/common';
import { isoTime } from '#platform';
import { DETECTOR_TAGS } from '#tep';
import { requireEveryPart, requireSamples } from './enough-samples.js';
import { type NormalRuns, TrainingHistory } from './training-history.service.js';
import type { ModelTraining, TrainingHistoryRequest } from './training.entity.js';

const COLUMNS = DETECTOR_TAGS.length;

/** What a training learns from: history in runs for every purpose, or runs that its thread simulates. */
@Injectable()
export class TrainingDataService {
  constructor(private readonly history: TrainingHistory) {}

  /**
   * @param onRead share of the history that is read
   * @throws AppError TRAINING_DATA_INSUFFICIENT; the signal's reason when it is aborted
   */
  async of(
    { history, modelName }: ModelTraining,
    signal: AbortSignal,
    onRead: (share: number) => void,
  ): Promise<TrainingData | 'simulated'> {
    if (history === null || !isDetectorName(modelName)) return 'simulated';
    onRead(0);
    const normal = await this.history.read(history, signal, onRead);
    const least = leastRowsOf(modelName);
    const split = splitHistory(normal.runs, COLUMNS, least);
    const rows = normal.runs.reduce((sum, run) => sum + run.length / COLUMNS, 0);
    requireSamples(modelName, rows - normal.leftOut.short_stretch_samples, least, normal.leftOut);
    requireEveryPart(modelName, split.rows, least);
    return {
      tagCodes: DETECTOR_TAGS,
      description: description(history, normal, split.rows),
      training: undisturbed(split.runs.training),
      calibration: undisturbed(split.runs.calibration),
      test: undisturbed(split.runs.test),
    };
  }
}

function undisturbed(runs: readonly Float64Array[]): TrainingData['training'] {
  return runs.map((values) => ({ values, idv: 0, onsetRow: values.length / COLUMNS }));
}

/** What the model's card says about it. */
function description(
  { windows, keepAnomalous }: TrainingHistoryRequest,
  { lotNumbers, leftOut }: NormalRuns,
  samples: RowsByPurpose,
): TrainingData['description'] {
  return {
    source: 'normal operation of this plant, as stored',
    lots: lotNumbers,
    windows: windows.map(({ from, to }) => ({ from: isoTime(from), to: isoTime(to) })),
    samples: { ...samples },
    split: 'runs of two days at most, dealt out in order of time; limits and gates on runs of their own',
    anomalous_kept: keepAnomalous,
    left_out: { ...leftOut },
    sampling: LEARNT_SAMPLING,
  };
}
