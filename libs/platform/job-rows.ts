import { type DeepPartial, type EntityTarget, In, LessThan, type Repository } from 'typeorm';
import type { QueryDeepPartialEntity } from 'typeorm/query-builder/QueryPartialEntity.js';
import type { Database } from './database.js';
import { isFinished, type JobRow, type JobStatus } from './job-row.entity.js';

const UNFINISHED: JobStatus[] = ['queued', 'active'];
const MAX_ERROR_MESSAGE = 1_000;

/**
 * The life of job rows of one kind: queued → active → completed | failed | cancelled. Every step names the states it
 * may start from, so that a job that runs twice, or is cancelled while it runs, writes its end once.
 */
export class JobRows<Row extends JobRow> {
  constructor(
    protected readonly database: Database,
    private readonly entity: EntityTarget<Row>,
  ) {}

  find(jobId: string): Promise<Row | null> {
    return this.rows.findOneBy({ jobId } as never);
  }

  /** Writes a new row in state queued. */
  async insertQueued(
    row: Omit<DeepPartial<Row>, Exclude<keyof JobRow, 'jobId' | 'requestedBy'>>,
  ): Promise<void> {
    const now = Date.now();
    await this.rows.insert({
      ...row,
      status: 'queued',
      progress: 0,
      attempts: 0,
      createdAt: now,
      updatedAt: now,
    } as never);
  }

  /**
   * A worker begins.
   * @returns the row, or undefined when there is nothing left to do: it is finished, cancelled or gone
   */
  async begin(jobId: string): Promise<Row | undefined> {
    const row = await this.find(jobId);
    if (!row || isFinished(row.status)) return undefined;
    const now = Date.now();
    const began = await this.move(jobId, {
      status: 'active',
      attempts: row.attempts + 1,
      startedAt: row.startedAt ?? now,
    });
    return began ? ((await this.find(jobId)) ?? undefined) : undefined;
  }

  /** @returns false when the job is no longer wanted */
  reportProgress(jobId: string, percent: number): Promise<boolean> {
    return this.move(jobId, { progress: Math.round(percent) });
  }

  /** @returns false when the row was finished or cancelled meanwhile; then nothing is written */
  complete(jobId: string, result: QueryDeepPartialEntity<Row>): Promise<boolean> {
    return this.move(jobId, { ...result, status: 'completed', progress: 100, finishedAt: Date.now() });
  }

  /** The row goes back to the queue, to be tried again. */
  requeue(jobId: string): Promise<boolean> {
    return this.move(jobId, { status: 'queued', progress: 0 });
  }

  fail(jobId: string, code: string, message: string): Promise<boolean> {
    return this.move(jobId, {
      status: 'failed',
      errorCode: code,
      errorMessage: message.slice(0, MAX_ERROR_MESSAGE),
      finishedAt: Date.now(),
    });
  }

  /** @returns false when it was finished already */
  cancel(jobId: string): Promise<boolean> {
    return this.move(jobId, { status: 'cancelled', finishedAt: Date.now() });
  }

  countUnfinished(): Promise<number> {
    return this.rows.countBy({ status: In(UNFINISHED) } as never);
  }

  /** Unfinished rows nobody has touched for `quietMs`, the oldest first. */
  findQuiet(quietMs: number, limit: number): Promise<Row[]> {
    return this.rows.find({
      where: { status: In(UNFINISHED), updatedAt: LessThan(Date.now() - quietMs) } as never,
      order: { updatedAt: 'ASC' } as never,
      take: limit,
    });
  }

  protected get rows(): Repository<Row> {
    return this.database.manager.getRepository(this.entity);
  }

  /** Changes a row that is not finished; a change with `finishedAt` ends it. */
  protected async move(jobId: string, change: object): Promise<boolean> {
    const { affected } = await this.rows.update(
      { jobId, status: In(UNFINISHED) } as never,
      { ...change, updatedAt: Date.now() } as never,
    );
    return affected === 1;
  }
}
