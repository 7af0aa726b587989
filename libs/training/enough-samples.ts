import type { RowsByPurpose } from '#ml';
import { AppError } from '#platform';

const SAMPLES_PER_DAY = 480;
/** Runs serve one purpose each, so that one purpose may get a little less than its part. */
const LEAST_PART = 0.8;

/** @throws AppError TRAINING_DATA_INSUFFICIENT */
export function requireSamples(
  modelName: string,
  available: number,
  { training, calibration, test }: RowsByPurpose,
  leftOut: object,
): void {
  const needed = training + calibration + test;
  if (available >= needed) return;
  throw AppError.unprocessable(
    'TRAINING_DATA_INSUFFICIENT',
    `${available} samples of normal operation are there (${inDays(available)} days), ${modelName} needs ${needed} ` +
      `(${inDays(needed)} days)`,
    { available_samples: available, needed_samples: needed, left_out: leftOut },
  );
}

function inDays(samples: number): number {
  return Math.round((samples / SAMPLES_PER_DAY) * 10) / 10;
}

/**
 * Gaps can leave enough samples but too few runs of them.
 * @throws AppError TRAINING_DATA_INSUFFICIENT
 */
export function requireEveryPart(modelName: string, rows: RowsByPurpose, least: RowsByPurpose): void {
  for (const purpose of ['training', 'calibration', 'test'] as const) {
    if (rows[purpose] >= LEAST_PART * least[purpose]) continue;
    throw AppError.unprocessable(
      'TRAINING_DATA_INSUFFICIENT',
      `The stretches without gaps leave ${rows[purpose]} samples for ${purpose}, ${modelName} needs ${least[purpose]}`,
    );
  }
}
