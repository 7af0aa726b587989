import { defineJob, defineQueue, type JobReference } from '#platform';
import { ReportSettings } from './report.settings.js';

const DAY_S = 24 * 3_600;

const REPORT_QUEUE = defineQueue({
  name: 'report',
  concurrency: 2,
  lockDurationMs: 15_000,
  stalledIntervalMs: 10_000,
  retention: {
    completed: { ageSeconds: 7 * DAY_S, count: 2_000 },
    failed: { ageSeconds: 30 * DAY_S, count: 5_000 },
  },
});

/** Gathers, renders and prints one report. */
export const REPORT_JOB = defineJob<JobReference>({
  queue: REPORT_QUEUE,
  name: 'report.print',
  retryDelaysMs: [5_000, 120_000],
  maxRunMs: (environment) => environment.of(ReportSettings).timeoutMs,
});
