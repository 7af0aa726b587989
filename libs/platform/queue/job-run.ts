import { UnrecoverableError, WaitingError } from 'bullmq';
import { loggerOf } from '../observability/logger.js';
import { JobCancelledError, JobTimeoutError, WorkerStoppingError } from './errors.js';
import type { JobHandler } from './handler.js';
import type { BullJob } from './transport.js';

const PROGRESS_INTERVAL_MS = 250;

const logger = loggerOf('queue');

/** One run of one job in this process. */
export class JobRun {
  readonly finished: Promise<unknown>;
  private readonly controller = new AbortController();
  private progressTimer: NodeJS.Timeout | undefined;
  private latestPercent = 0;

  constructor(
    readonly job: BullJob,
    private readonly token: string | undefined,
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
    if (this.job.data.cancelled) throw new UnrecoverableError(new JobCancelledError().message);
    const limit = setTimeout(() => this.abort(new JobTimeoutError(this.maxRunMs)), this.maxRunMs);
    try {
      return await this.handler.handle(this.job.data.payload, {
        jobId: this.jobId,
        signal: this.controller.signal,
        progress: (percent) => this.progress(percent),
      });
    } catch (error) {
      throw await this.settledError(error);
    } finally {
      clearTimeout(limit);
      clearTimeout(this.progressTimer);
    }
  }

  /** What to answer BullMQ: whether the job goes back to the queue at once, comes again later, or is over. */
  private async settledError(error: unknown): Promise<unknown> {
    const reason: unknown = this.aborted ? this.controller.signal.reason : undefined;
    if (reason instanceof JobCancelledError) return new UnrecoverableError(reason.message);
    if (!(reason instanceof WorkerStoppingError)) return error;
    await this.job.moveToWait(this.token);
    return new WaitingError();
  }

  private get jobId(): string {
    return this.job.id ?? '';
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
