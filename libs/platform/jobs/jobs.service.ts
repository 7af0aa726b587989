import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Config } from '../config/config.js';
import { AppError } from '../failure/errors.js';
import { JoinedRun } from '../database/joined-run.js';
import { Idempotency } from '../coordination/idempotency.js';
import type { JobRow } from './job-row.entity.js';
import type { JobReference, JobRows } from './job-rows.js';
import { loggerOf } from '../observability/logger.js';
import { PeriodicTasks } from '../coordination/periodic-tasks.js';
import { JobQueue } from '../queue/queue.service.js';

const SWEEP_INTERVAL_MS = 15_000;
/** A row nobody has touched for this long is compared with the queue. */
const QUIET_MS = 30_000;
const SWEEP_BATCH = 200;
const CLEANUP_INTERVAL_MS = 3_600_000;
const FULL_RETRY_AFTER_SECONDS = 30;

/** One kind of work. */
export interface JobKind<Row extends JobRow> {
  /** For problem codes and routes, e.g. `prediction`. */
  name: string;
  rows: JobRows<Row>;
}

export interface JobKeeping {
  /** How long finished rows are kept, wall time. */
  keptMs: number;
  /** How many are forgotten in one go, each hour. */
  forgottenAtOnce: number;
}

/** A wish for a job. */
export interface JobRequest {
  /**
   * Validates the request; not called for a repeat of an Idempotency-Key.
   * @returns what writes the row of an id in state queued, inside the transaction
   */
  prepare: () => Promise<(jobId: string) => Promise<void>>;
  /** The caller's Idempotency-Key and what it asked for. */
  idempotencyKey: string | undefined;
  request: unknown;
}

/**
 * Takes in jobs: row first, queue second. The row is committed before its id is queued; whatever is lost between the
 * two is found by the sweeper, which compares quiet rows with the queue and adds them again.
 */
@Injectable()
export class JobsService {
  private readonly logger = loggerOf('jobs');
  private readonly kinds: JobKind<JobRow>[] = [];
  /** The queue is asked once for all who submit at the same time. */
  private readonly reaching = new JoinedRun(() => this.queue.ping());

  constructor(
    private readonly config: Config,
    private readonly queue: JobQueue,
    private readonly idempotency: Idempotency,
    private readonly tasks: PeriodicTasks,
  ) {}

  /**
   * Accepts a job.
   * @returns its id; that of the first request when the Idempotency-Key was used before
   * @throws AppError QUEUE_UNAVAILABLE, QUEUE_FULL, IDEMPOTENCY_KEY_REUSED; whatever `prepare` throws
   */
  async submit<Row extends JobRow>(
    kind: JobKind<Row>,
    { prepare, idempotencyKey, request }: JobRequest,
  ): Promise<string> {
    const first = await this.idempotency.recall<JobReference>(kind.name, idempotencyKey, request);
    if (first) return first.jobId;
    const insert = await prepare();
    await this.reaching.run();
    const { reply, repeated } = await this.idempotency.run(kind.name, idempotencyKey, request, async () => {
      await this.requireRoom(kind);
      const jobId = randomUUID();
      await insert(jobId);
      return { jobId };
    });
    if (!repeated) await this.enqueue(kind, reply.jobId);
    return reply.jobId;
  }

  /**
   * Cancels a job in whatever process it runs.
   * @throws AppError …_NOT_FOUND, JOB_FINISHED
   */
  async cancel<Row extends JobRow>(kind: JobKind<Row>, jobId: string): Promise<void> {
    const cancelled = await kind.rows.cancel(jobId);
    if (cancelled) {
      await this.queue
        .cancel(kind.rows.job, jobId)
        .catch((error: unknown) =>
          this.logger.warn({ err: error, job_id: jobId }, 'cancelled on the row only'),
        );
      return;
    }
    const row = await this.require(kind, jobId);
    throw AppError.conflict('JOB_FINISHED', `The ${kind.name} ${jobId} is ${row.status} already`);
  }

  /**
   * Has a failed job done once more.
   * @throws AppError …_NOT_FOUND, JOB_NOT_FAILED
   */
  async retry<Row extends JobRow>(kind: JobKind<Row>, jobId: string): Promise<void> {
    const row = await this.require(kind, jobId);
    if (!(await kind.rows.reopen(row)))
      throw AppError.conflict('JOB_NOT_FAILED', `The ${kind.name} ${jobId} has not failed`);
    this.logger.info({ job_id: jobId, kind: kind.name }, 'failed job queued again');
    await this.queue
      .remove(kind.rows.job, jobId)
      .then(() => this.enqueue(kind, jobId))
      .catch((error: unknown) =>
        this.logger.warn({ err: error, job_id: jobId }, 'the sweeper will queue it'),
      );
  }

  /** Makes a kind known by its queue, to those who see nothing but queues. */
  register<Row extends JobRow>(kind: JobKind<Row>): void {
    this.kinds.push(kind as unknown as JobKind<JobRow>);
  }

  get registered(): readonly JobKind<JobRow>[] {
    return this.kinds;
  }

  /** @throws Error when no kind of this process uses the queue */
  kindOf(queueName: string): JobKind<JobRow> {
    const kind = this.kinds.find(({ rows }) => rows.job.queue.name === queueName);
    if (!kind) throw new Error(`Nobody has registered a kind of job for the queue ${queueName}`);
    return kind;
  }

  /** @throws AppError …_NOT_FOUND */
  async require<Row extends JobRow>(kind: JobKind<Row>, jobId: string): Promise<Row> {
    const row = await kind.rows.find(jobId);
    if (!row) throw AppError.notFound(kind.name.toUpperCase(), kind.name, jobId);
    return row;
  }

  /**
   * Keeps looking for rows whose job was lost, and forgets what has been finished for long. Called by processes that work on
   * such jobs.
   */
  keepInOrder<Row extends JobRow>(kind: JobKind<Row>, { keptMs, forgottenAtOnce }: JobKeeping): void {
    this.tasks.every(`sweep-${kind.name}`, SWEEP_INTERVAL_MS, () => this.sweep(kind));
    this.tasks.every(`${kind.name}-cleanup`, CLEANUP_INTERVAL_MS, () =>
      kind.rows.deleteFinishedBefore(Date.now() - keptMs, forgottenAtOnce),
    );
  }

  /** Queues quiet rows again whose job the queue has lost or given up. */
  async sweep<Row extends JobRow>({ name, rows }: JobKind<Row>): Promise<void> {
    for (const row of await rows.findQuiet(QUIET_MS, SWEEP_BATCH)) {
      const { jobId } = row;
      const state = await this.queue.state(rows.job, jobId);
      if (state === 'waiting' || state === 'delayed' || state === 'active') continue;
      await this.queue.remove(rows.job, jobId);
      if (!(await rows.requeueLost(row))) continue;
      this.logger.warn({ job_id: jobId, kind: name }, 'lost job queued again');
      await this.queue.add(rows.job, { jobId }, { jobId });
    }
  }

  private async enqueue<Row extends JobRow>(kind: JobKind<Row>, jobId: string): Promise<void> {
    try {
      await this.queue.add(kind.rows.job, { jobId }, { jobId });
    } catch (error) {
      this.logger.warn({ err: error, job_id: jobId }, 'accepted but not queued yet; the sweeper will');
    }
  }

  private async requireRoom<Row extends JobRow>(kind: JobKind<Row>): Promise<void> {
    const waiting = await kind.rows.countBeforeInsert();
    if (waiting < this.config.queueMaxBacklog) return;
    throw new AppError({
      kind: 'too_many_requests',
      code: 'QUEUE_FULL',
      message: `${waiting} jobs of this kind are unfinished already`,
      retryAfterSeconds: FULL_RETRY_AFTER_SECONDS,
    });
  }
}
