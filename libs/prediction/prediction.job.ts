import { defineJob, defineQueue, type JobReference } from '#platform';

const DAY_S = 24 * 3_600;

const PREDICTION_QUEUE = defineQueue({
  name: 'prediction',
  // Most of a job about a moment that others ask about too is waiting for the database.
  concurrency: 8,
  lockDurationMs: 15_000,
  stalledIntervalMs: 10_000,
  retention: {
    completed: { ageSeconds: DAY_S, count: 2_000 },
    failed: { ageSeconds: 30 * DAY_S, count: 5_000 },
  },
});

/** Runs the models on the window before a moment. */
export const PREDICTION_JOB = defineJob<JobReference>({
  queue: PREDICTION_QUEUE,
  name: 'prediction.run',
  retryDelaysMs: [2_000, 30_000],
  // Loading the models takes seconds of processor time, an inference less than one: a machine fifty times too busy is late only.
  maxRunMs: 300_000,
});
