import { defineJob, defineQueue, type JobReference } from '#platform';

const DAY_S = 24 * 3_600;
const MINUTE_MS = 60_000;

const TRAINING_QUEUE = defineQueue({
  name: 'training',
  concurrency: 1,
  lockDurationMs: 15_000,
  stalledIntervalMs: 10_000,
  retention: {
    completed: { ageSeconds: 30 * DAY_S, count: 1_000 },
    failed: { ageSeconds: 30 * DAY_S, count: 1_000 },
  },
});

/** How long a training may take, by what it learns from: several times what it takes, as its thread comes last on a busy machine. */
export const TRAINING_LIMITS_MS = {
  history: 60 * MINUTE_MS,
  quick: 120 * MINUTE_MS,
  full: 360 * MINUTE_MS,
} as const;

/** Trains a new version of a model. */
export const TRAINING_JOB = defineJob<JobReference>({
  queue: TRAINING_QUEUE,
  name: 'training.run',
  retryDelaysMs: [10_000, 300_000],
  maxRunMs: TRAINING_LIMITS_MS.full + MINUTE_MS,
});
