import { EventEmitter } from 'node:events';
import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import type { JobsOptions, JobType } from 'bullmq';
import { loggerOf } from '../observability/logger.js';
import { withPatience } from '../failure/patience.js';
import { JobCatalogue } from './catalogue.js';
import { QueueUnavailableError } from './errors.js';
import type { AnyJobDefinition, JobDefinition } from './job.js';
import { QUEUE_TRANSPORT } from './queue.tokens.js';
import type { BullJob, BullQueue, QueueTransport } from './transport.js';
import { currentRequestId } from '../observability/request-context.js';

/**
 * While a queue is paused, its waiting jobs are counted as paused on PostgreSQL and as waiting on Redis; BullMQ's types do not
 * know the former.
 */
const COUNTED_STATES = ['waiting', 'paused', 'delayed', 'active', 'completed', 'failed'] as JobType[];
/** BullMQ tries a job again until its handler says that it is over. */
const UNLIMITED_ATTEMPTS = 1_000_000;

export interface AddJobOptions {
  /** The id of the row the job is about. A job of that id that is still known to the queue is not added again. */
  jobId: string;
  delayMs?: number;
}

/** Where a job is, or that the queue does not know it (any more). */
export type JobState = 'waiting' | 'delayed' | 'active' | 'completed' | 'failed' | 'absent';

/** What became of a wish to cancel: taken out of the queue, its worker was notified, or there was nothing left to do. */
export type CancelOutcome = 'removed' | 'signalled' | 'finished' | 'absent';

export type QueueCounts = Record<Exclude<JobState, 'absent'>, number>;

/** A worker of this process, as the queue board shows it. */
export interface LocalWorker {
  id: string;
  queueName: string;
  startedAt: number;
}

/**
 * Puts jobs into their queues and asks after them, from any process. Every method answers, or throws
 * QueueUnavailableError once the transport has been silent for longer than it may; slow is not silent. A job whose `add` failed may still have arrived: its handler asks the row, not the queue.
 */
@Injectable()
export class JobQueue implements OnApplicationShutdown {
  private readonly logger = loggerOf('queue');
  private readonly bullQueues = new Map<string, BullQueue>();
  private readonly cancellations = new EventEmitter();
  private localWorkers: readonly LocalWorker[] = [];

  constructor(
    @Inject(QUEUE_TRANSPORT) private readonly transport: QueueTransport,
    private readonly catalogue: JobCatalogue,
  ) {}

  get transportKind(): QueueTransport['kind'] {
    return this.transport.kind;
  }

  /**
   * Adds a job; its log lines will carry the id of the current request.
   * @throws QueueUnavailableError
   */
  async add<Data extends object>(
    job: JobDefinition<Data, unknown>,
    payload: Data,
    { jobId, delayMs }: AddJobOptions,
  ): Promise<void> {
    const options: JobsOptions = {
      jobId,
      ...(delayMs !== undefined && { delay: delayMs }),
      attempts: UNLIMITED_ATTEMPTS,
      backoff: { type: 'by-error' },
      removeOnComplete: keep(job.queue.retention.completed),
      removeOnFail: keep(job.queue.retention.failed),
    };
    await this.bounded(() =>
      this.queueOf(job).add(job.name, { payload, requestId: currentRequestId() }, options),
    );
  }

  /** @throws QueueUnavailableError */
  state(job: AnyJobDefinition, jobId: string): Promise<JobState> {
    return this.bounded(async () => {
      const found = await this.queueOf(job).getJob(jobId);
      return found ? jobState(await found.getState()) : 'absent';
    });
  }

  /**
   * Takes a job out of its queue, or has the worker that runs it abort it (within about a second, in whatever
   * process it runs). The row must be marked cancelled first: a handler may be faster.
   * @throws QueueUnavailableError
   */
  cancel(job: AnyJobDefinition, jobId: string): Promise<CancelOutcome> {
    return this.bounded(async () => {
      const found = await this.queueOf(job).getJob(jobId);
      if (!found) return 'absent';
      const state = jobState(await found.getState());
      if (state === 'completed' || state === 'failed') return 'finished';
      if (state !== 'active' && (await removed(found))) return 'removed';
      await found.updateData({ ...found.data, cancelled: true }).catch(() => undefined);
      this.cancellations.emit('cancel', job.queue.name, jobId);
      return 'signalled';
    });
  }

  /**
   * Forgets a job that is not active, so that one of the same id can be added again.
   * @returns false when it is active
   * @throws QueueUnavailableError
   */
  remove(job: AnyJobDefinition, jobId: string): Promise<boolean> {
    return this.bounded(async () => {
      const found = await this.queueOf(job).getJob(jobId);
      return found ? removed(found) : true;
    });
  }

  /** Jobs of each queue by state. @throws QueueUnavailableError */
  counts(): Promise<Record<string, QueueCounts>> {
    return this.bounded(async () => {
      const entries = this.queues().map(async (queue) => {
        const counts = await queue.getJobCounts(...COUNTED_STATES);
        const { waiting = 0, paused = 0, delayed = 0, active = 0, completed = 0, failed = 0 } = counts;
        return [queue.name, { waiting: waiting + paused, delayed, active, completed, failed }] as const;
      });
      return Object.fromEntries(await Promise.all(entries));
    });
  }

  /** Milliseconds the transport takes to answer. @throws QueueUnavailableError */
  async ping(): Promise<number> {
    const start = performance.now();
    await this.bounded(() => this.transport.ping());
    return performance.now() - start;
  }

  /** Writes to the transport, as adding a job does. @throws QueueUnavailableError */
  write(): Promise<void> {
    return this.bounded(() => this.transport.write());
  }

  /** Names of the queues that somebody has paused. @throws QueueUnavailableError */
  paused(): Promise<string[]> {
    return this.bounded(async () => {
      const queues = this.queues();
      const paused = await Promise.all(queues.map((queue) => queue.isPaused()));
      return queues.filter((_, i) => paused[i]).map(({ name }) => name);
    });
  }

  /** BullMQ's queues, for the queue board. */
  queues(): BullQueue[] {
    return this.catalogue.queues.map(({ name }) => this.bullQueue(name));
  }

  /** The workers that this process runs itself; none in one that only submits. */
  workersHere(queueName: string): LocalWorker[] {
    return this.localWorkers.filter((worker) => worker.queueName === queueName);
  }

  /** Said by those who run them. */
  noteWorkersHere(workers: readonly LocalWorker[]): void {
    this.localWorkers = workers;
  }

  /** Listens to cancellations asked for in this process; those of others are seen by polling. */
  onCancel(listener: (queueName: string, jobId: string) => void): void {
    this.cancellations.on('cancel', listener);
  }

  /** After the workers (onModuleDestroy) and the HTTP server, which may still add, have stopped. */
  async onApplicationShutdown(): Promise<void> {
    await Promise.all([...this.bullQueues.values()].map((queue) => queue.close()));
    await this.transport.close();
  }

  private queueOf(job: AnyJobDefinition): BullQueue {
    return this.bullQueue(job.queue.name);
  }

  private bullQueue(name: string): BullQueue {
    const known = this.bullQueues.get(name);
    if (known) return known;
    const queue = this.transport.createQueue(name);
    queue.on('error', (error) => this.logger.debug({ err: error, queue: name }, 'queue error'));
    this.bullQueues.set(name, queue);
    return queue;
  }

  private async bounded<T>(work: () => Promise<T>): Promise<T> {
    const { transport } = this;
    if (!transport.isReady) throw new QueueUnavailableError();
    try {
      return await withPatience(transport.longestSilenceMs, work(), () => transport.heard);
    } catch (error) {
      throw new QueueUnavailableError(error);
    }
  }
}

function keep({ ageSeconds, count }: { ageSeconds: number; count: number }): { age: number; count: number } {
  return { age: ageSeconds, count };
}

function jobState(state: string): JobState {
  switch (state) {
    case 'active':
    case 'completed':
    case 'failed':
    case 'delayed':
      return state;
    case 'unknown':
      return 'absent';
    default:
      return 'waiting';
  }
}

async function removed(job: BullJob): Promise<boolean> {
  try {
    await job.remove();
    return true;
  } catch {
    return false;
  }
}
