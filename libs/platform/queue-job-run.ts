import { UnrecoverableError, WaitingError } from 'bullmq';
import { loggerOf } from './logger.js';
import { JobCancelledError, JobTimeoutError, WorkerStoppingError } from './queue-errors.js';
import type { JobHandler } from './queue-handler.js';
import type { JobDefinition } from './queue-job.js';
import type { BullJob } from './queue-transport.js';

/** How long an aborted handler may take to stop before its job is settled without it. */
const ABORT_GRACE_MS = 5_000;
const PROGRESS_INTERVAL_MS = 250;

const logger = loggerOf('queue');

/** One attempt at one job. */
export class JobRun {
  readonly finished: Promise<unknown>;
  private readonly controller = new AbortController();
  private progressTimer: NodeJS.Timeout | undefined;
  private latestPercent = 0;

  constructor(
    readonly job: BullJob,
    private readonly token: string | undefined,
    private readonly definition: JobDefinition<object, unknown>,
    private readonly handler: JobHandler<object, unknown>,
    private readonly maxRunMs: number,
  ) {
    this.finished = this.execute();
    this.finished.catch(() => undefined);
  }

  get aborted(): boolean {
    return this.controller.signal.aborted;
  }

  abort(reason: Error): void {
    this.controller.abort(reason);
  }

  private async execute(): Promise<unknown> {
    const { signal } = this.controller;
    if (this.job.data.cancelled) throw new UnrecoverableError(new JobCancelledError().message);
    const limit = setTimeout(() => this.abort(new JobTimeoutError(this.maxRunMs)), this.maxRunMs);
    let grace: NodeJS.Timeout | undefined;
    const abandoned = new Promise<never>((_, reject) => {
      signal.addEventListener('abort', () => {
        grace = setTimeout(() => reject(signal.reason as Error), ABORT_GRACE_MS);
      });
    });
    try {
      return await Promise.race([this.handle(), abandoned]);
    } catch (error) {
      throw await this.settledError(error instanceof Error ? error : new Error(String(error)));
    } finally {
      clearTimeout(limit);
      clearTimeout(grace);
      clearTimeout(this.progressTimer);
    }
  }

  private handle(): Promise<unknown> {
    return this.handler.handle(this.job.data.payload, {
      jobId: this.jobId,
      attempt: this.job.attemptsMade + 1,
      isLastAttempt: this.isLastAttempt,
      signal: this.controller.signal,
      progress: (percent) => this.progress(percent),
    });
  }

  /** What BullMQ is to be told: whether the job goes back to the queue, is tried again, or has failed. */
  private async settledError(error: Error): Promise<Error> {
    const reason: unknown = this.aborted ? this.controller.signal.reason : undefined;
    if (reason instanceof JobCancelledError) return new UnrecoverableError(reason.message);
    if (reason instanceof WorkerStoppingError) {
      await this.job.moveToWait(this.token);
      return new WaitingError();
    }
    const cause = reason instanceof Error ? reason : error;
    if (this.isLastAttempt || cause instanceof UnrecoverableError)
      await writeFailure(this.handler, this.job, cause);
    return cause;
  }

  private get jobId(): string {
    return this.job.id ?? '';
  }

  private get isLastAttempt(): boolean {
    return this.job.attemptsMade + 1 >= (this.job.opts.attempts ?? this.definition.attempts);
  }

  private progress(percent: number): void {
    this.latestPercent = percent;
    this.progressTimer ??= setTimeout(() => {
      this.progressTimer = undefined;
      this.job.updateProgress(this.latestPercent).catch((error: unknown) => {
        logger.debug({ err: error, job_id: this.jobId }, 'progress could not be written');
      });
    }, PROGRESS_INTERVAL_MS);
  }
}

/** Has the handler write on the row that its job failed for good; an error of this is only logged. */
export async function writeFailure(
  handler: JobHandler<object, unknown>,
  job: BullJob,
  error: Error,
): Promise<void> {
  try {
    await handler.onFailed?.(job.data.payload, error, job.id ?? '');
  } catch (failure) {
    logger.error({ err: failure, job: job.name, job_id: job.id }, 'failure could not be written');
  }
}
