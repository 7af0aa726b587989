import { OutageError } from '../failure/errors.js';

const RETRY_AFTER_SECONDS = 5;

/** The queue does not answer; the caller may try again. */
export class QueueUnavailableError extends OutageError {
  constructor(cause?: unknown) {
    super({
      kind: 'unavailable',
      code: 'QUEUE_UNAVAILABLE',
      message: 'The job queue does not answer at the moment',
      retryAfterSeconds: RETRY_AFTER_SECONDS,
      cause,
    });
    this.name = 'QueueUnavailableError';
  }
}

/** Why the signal of a job is aborted: somebody cancelled it. The job is not tried again. */
export class JobCancelledError extends Error {
  constructor() {
    super('The job was cancelled');
    this.name = 'JobCancelledError';
  }
}

/** What a handler throws to have its job come again after a while. */
export class JobRetryError extends Error {
  constructor(
    readonly delayMs: number,
    cause: unknown,
  ) {
    super(cause instanceof Error ? cause.message : String(cause), { cause });
    this.name = 'JobRetryError';
  }
}

/** Why the signal of a job is aborted: the attempt exceeded `maxRunMs`. Counts as a failed attempt. */
export class JobTimeoutError extends Error {
  constructor(readonly maxRunMs: number) {
    super(`The job ran longer than ${maxRunMs / 1_000} s`);
    this.name = 'JobTimeoutError';
  }
}

/** Why the signal of a job is aborted: this process stops. The job goes back to its queue without losing an attempt. */
export class WorkerStoppingError extends Error {
  constructor() {
    super('The worker is stopping');
    this.name = 'WorkerStoppingError';
  }
}

/** Why the signal of a job is aborted: another worker may have taken it over. Its result would not be accepted. */
export class JobLockLostError extends Error {
  constructor() {
    super('The job was given to another worker');
    this.name = 'JobLockLostError';
  }
}
