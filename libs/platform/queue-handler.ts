import 'reflect-metadata';
import type { JobDefinition } from './queue-job.js';

const JOB_OF_HANDLER = Symbol('JOB_OF_HANDLER');

/** What a handler knows of the attempt it is. */
export interface JobContext {
  jobId: string;
  /** 1 for the first try. An attempt whose worker was killed does not count. */
  attempt: number;
  /** Whether an error now makes the job fail for good. */
  isLastAttempt: boolean;
  /**
   * Aborted when the job is cancelled, takes too long, or this process stops; its reason says which
   * (JobCancelledError, JobTimeoutError, WorkerStoppingError, JobLockLostError). Pass it on and stop soon.
   */
  signal: AbortSignal;
  /** Tells those who ask how far the job is, 0 to 100. Cheap: what comes too fast is left out. */
  progress(percent: number): void;
}

/**
 * What works on one kind of job. It may be run twice for one job, so it asks the row first and writes the same row
 * again. Errors escape: the queue tries again, except after `UnrecoverableError` (from bullmq).
 */
export interface JobHandler<Data extends object, Result> {
  handle(data: Data, context: JobContext): Promise<Result>;
  /** The last attempt failed (never called for a cancelled job): write it on the row. May be called twice. */
  onFailed?(data: Data, error: Error, jobId: string): Promise<void>;
}

/** Marks a provider as the handler of a job; each job of a worker process has exactly one. */
export function HandlesJob<Data extends object, Result>(
  job: JobDefinition<Data, Result>,
): <Handler extends new (...args: never[]) => JobHandler<Data, Result>>(handler: Handler) => void {
  return (handler) => Reflect.defineMetadata(JOB_OF_HANDLER, job, handler);
}

/** The job a class is the handler of, if it is one. */
export function jobOfHandler(handler: object): JobDefinition<object, unknown> | undefined {
  return Reflect.getOwnMetadata(JOB_OF_HANDLER, handler) as JobDefinition<object, unknown> | undefined;
}
