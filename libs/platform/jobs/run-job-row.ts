import { setTimeout as pause } from 'node:timers/promises';
import { UnrecoverableError } from 'bullmq';
import type { QueryDeepPartialEntity } from 'typeorm/query-builder/QueryPartialEntity.js';
import { AppError, OutageError } from '../failure/errors.js';
import type { JobRow } from './job-row.entity.js';
import type { JobRowError, JobRowRun, JobRows } from './job-rows.js';
import { loggerOf } from '../observability/logger.js';
import {
  JobCancelledError,
  JobLockLostError,
  JobRetryError,
  JobTimeoutError,
  WorkerStoppingError,
} from '../queue/errors.js';
import type { JobContext } from '../queue/handler.js';

/** How long aborted work may take to stop before its row is settled without it. */
const ABORT_GRACE_MS = 5_000;
/** How long work that is done is kept while its result cannot be written, and how often that is tried. */
const PERSIST_MS = 60_000;
const PERSIST_AGAIN_MS = 500;
/** When a job comes again that an outage cut short. */
const AFTER_OUTAGE_MS = 5_000;

const logger = loggerOf('job');

/** What the work on a row is given besides the row. */
export interface RowWork {
  signal: AbortSignal;
  /** 0 to 100; written on the row and reported to the queue. */
  report: (percent: number) => Promise<void>;
  /** Has a write done that keeps what the work has made; an outage meanwhile is waited for, up to a minute. */
  persist: <T>(write: () => Promise<T>) => Promise<T>;
}

/**
 * Works on one job row: begins it, runs `work`, writes its result, unless the work has done so, and decides what an error
 * means. A refusal fails the row at once. Other failures and time-outs use up an attempt and are tried again after the
 * waits of the job, until none is left. An outage, a stop of this process or a lock that was given to another worker never
 * use one up. What runs twice writes once; what was cancelled or begun by another worker meanwhile writes nothing.
 */
export async function runJobRow<Row extends JobRow>(
  rows: JobRows<Row>,
  jobId: string,
  context: JobContext,
  work: (row: Row, task: RowWork) => Promise<QueryDeepPartialEntity<Row> | undefined>,
): Promise<void> {
  const row = await rows.begin(jobId);
  if (!row) return;
  const { signal } = context;
  const report = async (percent: number): Promise<void> => {
    context.progress(percent);
    if (!(await noted(rows.reportProgress(row, percent)))) throw await whyNotWanted(rows, row);
  };
  const started = performance.now();
  try {
    const persist: RowWork['persist'] = (write) => persistently(signal, write);
    const result = await unlessAbandoned(signal, work(row, { signal, report, persist }));
    const written = result && (await persist(() => rows.complete(row, result)));
    logger.info({ job_id: jobId, ms: Math.round(performance.now() - started), written }, 'job completed');
  } catch (error) {
    await settle(rows, row, signal, error);
  }
}

/** Writes on the row what the end of a run means, and tells the queue whether and when to bring the job again. */
async function settle<Row extends JobRow>(
  rows: JobRows<Row>,
  row: Row,
  signal: AbortSignal,
  error: unknown,
): Promise<void> {
  const reason: unknown = signal.aborted && !(error instanceof OutageError) ? signal.reason : error;
  if (reason instanceof JobCancelledError) return;
  if (reason instanceof WorkerStoppingError || reason instanceof JobLockLostError) {
    // Writes nothing when another worker has begun already.
    await rows.giveBack(row).catch((failure: unknown) => {
      logger.warn({ err: failure, job_id: row.jobId }, 'job was given back to the queue, not on its row');
    });
    throw reason;
  }
  const rowError = rowErrorOf(reason);
  if (reason instanceof OutageError) {
    const nextAttemptAt = Date.now() + AFTER_OUTAGE_MS;
    await persistently(signal, () => rows.giveBack(row, { error: rowError, nextAttemptAt }));
    throw new JobRetryError(AFTER_OUTAGE_MS, reason);
  }
  if (rowError.code === 'JOB_FAILED') logger.error({ err: reason, job_id: row.jobId }, 'attempt failed');
  if (isFinal(reason) || row.attempt >= row.maxAttempts) {
    await persistently(signal, () => rows.fail(row, rowError));
    throw new UnrecoverableError(rowError.message);
  }
  const { retryDelaysMs } = rows.job;
  const delayMs = retryDelaysMs[retryDelaysMs.length - (row.maxAttempts - row.attempt)];
  await persistently(signal, () => rows.retry(row, rowError, Date.now() + delayMs));
  throw new JobRetryError(delayMs, reason);
}

/** Whether trying again cannot help. What is unavailable may come back. */
function isFinal(reason: unknown): boolean {
  if (reason instanceof AppError) return reason.kind !== 'unavailable';
  return reason instanceof UnrecoverableError;
}

/** What whoever asked for the job may know. */
function rowErrorOf(reason: unknown): JobRowError {
  if (reason instanceof AppError) return { code: reason.code, message: reason.message };
  if (reason instanceof JobTimeoutError) return { code: 'JOB_TIMED_OUT', message: reason.message };
  return { code: 'JOB_FAILED', message: 'It failed unexpectedly; the log tells more' };
}

/** A note is not worth the work: while there is an outage it is left out. */
function noted(note: Promise<boolean>): Promise<boolean> {
  return note.catch((error: unknown) => {
    if (!(error instanceof OutageError)) throw error;
    return true;
  });
}

/** Why a row does not take the progress of a run any more. */
async function whyNotWanted<Row extends JobRow>(rows: JobRows<Row>, { jobId }: JobRowRun): Promise<Error> {
  const row = await rows.find(jobId);
  return !row || row.status === 'cancelled' ? new JobCancelledError() : new JobLockLostError();
}

/** Work that does not stop when it is aborted is left to itself after a while. */
async function unlessAbandoned<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  let grace: NodeJS.Timeout | undefined;
  let leave: () => void = () => undefined;
  const abandoned = new Promise<never>((_, reject) => {
    leave = (): void => {
      grace = setTimeout(() => reject(signal.reason as Error), ABORT_GRACE_MS);
    };
    if (signal.aborted) leave();
    else signal.addEventListener('abort', leave, { once: true });
  });
  try {
    return await Promise.race([work, abandoned]);
  } finally {
    signal.removeEventListener('abort', leave);
    clearTimeout(grace);
  }
}

/** @throws OutageError when it lasts too long, or at once when the run is not wanted any more */
async function persistently<T>(signal: AbortSignal, write: () => Promise<T>): Promise<T> {
  const end = performance.now() + PERSIST_MS;
  for (;;) {
    try {
      return await write();
    } catch (error) {
      const unwanted = signal.aborted && !(signal.reason instanceof JobTimeoutError);
      if (!(error instanceof OutageError) || unwanted || performance.now() > end) throw error;
      logger.warn({ err: error }, 'result cannot be written; trying again');
    }
    await pause(PERSIST_AGAIN_MS);
  }
}
