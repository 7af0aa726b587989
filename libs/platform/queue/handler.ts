import 'reflect-metadata';
import type { JobDefinition } from './job.js';

const JOB_OF_HANDLER = Symbol('JOB_OF_HANDLER');

/** What a handler knows of the attempt it is. */
export interface JobContext {
  jobId: string;
  /**
   * Aborted when the job is cancelled, takes too long, or this process stops; its reason says which
   * (JobCancelledError, JobTimeoutError, WorkerStoppingError, JobLockLostError). Pass it on and stop soon.
   */
  signal: AbortSignal;
  /** Reports how far the job is, 0 to 100. Cheap: what comes too fast is left out. */
  progress(percent: number): void;
}

/**
 * What works on one kind of job. It may be run twice for one job, so it asks the row first and writes the same row
 * again. The queue counts nothing: it brings the job again after every error, soon or when a `JobRetryError` says,
 * except after `UnrecoverableError` (from bullmq). How often a job may fail is for its row to say (run-job-row.ts).
 */
export interface JobHandler<Data extends object, Result> {
  handle(data: Data, context: JobContext): Promise<Result>;
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
