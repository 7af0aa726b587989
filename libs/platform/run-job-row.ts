import { UnrecoverableError } from 'bullmq';
import type { QueryDeepPartialEntity } from 'typeorm/query-builder/QueryPartialEntity.js';
import { AppError } from './errors.js';
import type { JobRow } from './job-row.entity.js';
import type { JobRows } from './job-rows.js';
import { loggerOf } from './logger.js';
import { JobCancelledError, JobTimeoutError, WorkerStoppingError } from './queue-errors.js';
import type { JobContext } from './queue-handler.js';

const logger = loggerOf('job');

/** What the work on a row is given besides the row. */
export interface RowWork {
  signal: AbortSignal;
  /** 0 to 100; written on the row and told to the queue. */
  report: (percent: number) => Promise<void>;
}

/**
 * Works on one job row: begins it, runs `work`, writes its result; a refusal that trying again cannot help fails the
 * row at once. What runs twice writes once; what was cancelled meanwhile writes nothing.
 */
export async function runJobRow<Row extends JobRow>(
  rows: JobRows<Row>,
  jobId: string,
  context: JobContext,
  work: (row: Row, task: RowWork) => Promise<QueryDeepPartialEntity<Row>>,
): Promise<void> {
  const row = await rows.begin(jobId);
  if (!row) return;
  const report = async (percent: number): Promise<void> => {
    context.progress(percent);
    if (!(await rows.reportProgress(jobId, percent))) throw new JobCancelledError();
  };
  const started = performance.now();
  try {
    const result = await work(row, { signal: context.signal, report });
    const written = await rows.complete(jobId, result);
    logger.info({ job_id: jobId, ms: Math.round(performance.now() - started), written }, 'job completed');
  } catch (error) {
    await settle(rows, jobId, context, error);
  }
}

/** Writes on the row what an attempt's error means, and tells the queue whether to try again. */
async function settle<Row extends JobRow>(
  rows: JobRows<Row>,
  jobId: string,
  context: JobContext,
  error: unknown,
): Promise<void> {
  const reason: unknown = context.signal.aborted ? context.signal.reason : error;
  if (reason instanceof JobCancelledError) {
    await rows.cancel(jobId);
    return;
  }
  if (reason instanceof AppError && reason.kind !== 'unavailable') {
    await rows.fail(jobId, reason.code, reason.message);
    throw new UnrecoverableError(reason.message);
  }
  if (!context.isLastAttempt || reason instanceof WorkerStoppingError) await rows.requeue(jobId);
  throw reason;
}

/** Writes the end of a job whose last attempt failed; for `JobHandler.onFailed`. */
export async function failJobRow<Row extends JobRow>(
  rows: JobRows<Row>,
  jobId: string,
  error: Error,
): Promise<void> {
  const timedOut = error instanceof JobTimeoutError;
  const code = error instanceof AppError ? error.code : timedOut ? 'JOB_TIMED_OUT' : 'JOB_FAILED';
  if (code === 'JOB_FAILED') logger.error({ err: error, job_id: jobId }, 'job failed');
  await rows.fail(
    jobId,
    code,
    code === 'JOB_FAILED' ? 'It failed unexpectedly; the log tells more' : error.message,
  );
}
