import { BullMQAdapter } from '@bull-board/api/bullMQAdapter';
import { AppError, type BullQueue, isFinished, type JobQueue, type JobsService } from '#platform';

type BoardJob = NonNullable<Awaited<ReturnType<BullMQAdapter['getJob']>>>;

/** A refusal in the form the board shows to people. */
class BoardRefusal extends Error {
  readonly statusCode = 409;
}

/**
 * A queue as the board shows it. The row of a job is the truth, so that what people do to a job on the board is done to its
 * row: retry has a failed job done once more, remove cancels one that is not finished.
 */
export class BoardQueueAdapter extends BullMQAdapter {
  override readonly allowCompletedRetries = false;

  constructor(
    private readonly bullQueue: BullQueue,
    private readonly jobQueue: JobQueue,
    private readonly jobs: JobsService,
  ) {
    super(bullQueue);
  }

  /**
   * BullMQ lists workers by the names of their connections. The embedded queue has one connection for all, and no workers
   * but those of this process.
   */
  override getWorkers(): ReturnType<BullMQAdapter['getWorkers']> {
    if (this.jobQueue.transportKind === 'redis') return super.getWorkers();
    const workers = this.jobQueue.workersHere(this.bullQueue.name).map(({ id, startedAt }) => ({
      id,
      name: null,
      addr: `process ${process.pid}`,
      age: Math.round((Date.now() - startedAt) / 1_000),
    }));
    return Promise.resolve(workers);
  }

  /** Of a paused embedded queue BullMQ lists the waiting jobs, and counts none. */
  override async getJobCounts(): ReturnType<BullMQAdapter['getJobCounts']> {
    const { [this.bullQueue.name]: ours } = await this.jobQueue.counts();
    return { ...(await super.getJobCounts()), waiting: ours.waiting };
  }

  override async getJob(id: string): ReturnType<BullMQAdapter['getJob']> {
    const job = await super.getJob(id);
    return job && this.onItsRow(job);
  }

  override async getJobs(
    ...range: Parameters<BullMQAdapter['getJobs']>
  ): ReturnType<BullMQAdapter['getJobs']> {
    return (await super.getJobs(...range)).map((job) => this.onItsRow(job));
  }

  private onItsRow(job: BoardJob): BoardJob {
    const remove = job.remove.bind(job);
    return Object.assign(job, {
      retry: () => this.retry(job),
      remove: () => this.remove(job, remove),
    });
  }

  private async retry({ id = '' }: BoardJob): Promise<void> {
    await this.jobs.retry(this.jobs.kindOf(this.bullQueue.name), id).catch(asRefusal);
  }

  private async remove({ id = '' }: BoardJob, remove: () => Promise<void>): Promise<void> {
    const kind = this.jobs.kindOf(this.bullQueue.name);
    const row = await kind.rows.find(id);
    if (!row) return remove();
    if (isFinished(row.status))
      throw new BoardRefusal(
        `The ${kind.name} ${id} is ${row.status}; finished jobs leave the board by themselves`,
      );
    await this.jobs.cancel(kind, id).catch(asRefusal);
  }
}

function asRefusal(error: unknown): never {
  throw error instanceof AppError ? new BoardRefusal(error.message) : error;
}
