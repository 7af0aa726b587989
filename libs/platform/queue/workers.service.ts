import { Inject, Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { DiscoveryService } from '@nestjs/core';
import { isNotConnectionError, UnrecoverableError } from 'bullmq';
import { Config } from '../config/config.js';
import { Environment } from '../config/environment.js';
import { loggerOf } from '../observability/logger.js';
import { JobCatalogue } from './catalogue.js';
import { JobCancelledError, JobLockLostError, JobRetryError, WorkerStoppingError } from './errors.js';
import { type JobHandler, jobOfHandler } from './handler.js';
import type { JobDefinition, QueueSettings } from './job.js';
import { JobRun } from './job-run.js';
import { JobQueue } from './queue.service.js';
import { QUEUE_TRANSPORT } from './queue.tokens.js';
import type { BullJob, BullWorker, QueueTransport } from './transport.js';
import { withRequestId } from '../observability/request-context.js';
import { within } from '../failure/within.js';

const CANCEL_POLL_MS = 1_000;
/** When a job comes again whose handler could not even say when, e.g. because the database is away. */
const RETRY_JOB_MS = 5_000;
/** The queue never gives a job up because its workers vanish: its row counts that. */
const UNLIMITED = 1_000_000;
const RETRY_AFTER_OUTAGE_MS = 1_000;
/** Of the time a process has to stop, what jobs get to finish before they are sent back to their queue. */
const DRAIN_SHARE = 0.6;
const SETTLE_MS = 3_000;

interface JobWork {
  job: JobDefinition<object, unknown>;
  handler: JobHandler<object, unknown>;
  maxRunMs: number;
}

/** Works on the jobs of all queues in this process: finds the handlers, runs them, stops them. */
@Injectable()
export class JobWorkers implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = loggerOf('queue');
  private readonly work = new Map<string, JobWork>();
  private readonly workers: BullWorker[] = [];
  private readonly runs = new Set<JobRun>();
  private cancelPoll: NodeJS.Timeout | undefined;

  constructor(
    @Inject(QUEUE_TRANSPORT) private readonly transport: QueueTransport,
    private readonly catalogue: JobCatalogue,
    private readonly discovery: DiscoveryService,
    private readonly queue: JobQueue,
    private readonly environment: Environment,
  ) {}

  /** @throws Error when a job has no handler, or two, or a handler's job is not registered */
  onApplicationBootstrap(): void {
    this.findHandlers();
    for (const settings of this.catalogue.queues) this.workers.push(this.startWorker(settings));
    const startedAt = Date.now();
    this.queue.noteWorkersHere(this.workers.map(({ id, name }) => ({ id, queueName: name, startedAt })));
    this.queue.onCancel((queueName, jobId) => this.cancelRun(queueName, jobId));
    this.pollCancellations();
  }

  /** Takes no more jobs, lets those under way finish, sends back those that do not in time. */
  async onModuleDestroy(): Promise<void> {
    clearTimeout(this.cancelPoll);
    this.queue.noteWorkersHere([]);
    const closed = Promise.all(this.workers.map((worker) => worker.close()));
    closed.catch(() => undefined);
    const drainMs = this.environment.of(Config).shutdownTimeoutMs * DRAIN_SHARE;
    if (await within(drainMs, closed)) return;
    for (const run of this.runs) run.abort(new WorkerStoppingError());
    if (await within(SETTLE_MS, closed)) return;
    this.logger.warn(
      { jobs: [...this.runs].map((run) => run.job.id) },
      'jobs did not stop; another worker will take them over',
    );
    await Promise.all(this.workers.map((worker) => within(SETTLE_MS, worker.disconnect())));
  }

  private findHandlers(): void {
    for (const { instance, metatype } of this.discovery.getProviders()) {
      const job = typeof metatype === 'function' ? jobOfHandler(metatype) : undefined;
      if (!job) continue;
      const key = workKey(job.queue.name, job.name);
      const known = this.work.get(key);
      if (known && known.handler !== instance) throw new Error(`The job ${job.name} has two handlers`);
      if (!this.catalogue.jobs.includes(job))
        throw new Error(`The job ${job.name} has a handler but is not registered`);
      const maxRunMs = typeof job.maxRunMs === 'number' ? job.maxRunMs : job.maxRunMs(this.environment);
      this.work.set(key, { job, handler: instance as JobHandler<object, unknown>, maxRunMs });
    }
    const unhandled = this.catalogue.jobs.filter((job) => !this.work.has(workKey(job.queue.name, job.name)));
    if (unhandled.length > 0)
      throw new Error(`No handler for the job ${unhandled.map((job) => job.name).join(', ')}`);
  }

  private startWorker(settings: QueueSettings): BullWorker {
    const worker = this.transport.createWorker(settings.name, (job, token) => this.process(job, token), {
      concurrency: settings.concurrency,
      lockDuration: settings.lockDurationMs,
      lockRenewTime: settings.lockDurationMs / 3,
      stalledInterval: settings.stalledIntervalMs,
      maxStalledCount: UNLIMITED,
      runRetryDelay: RETRY_AFTER_OUTAGE_MS,
      settings: {
        backoffStrategy: (_runs, _type, error) =>
          error instanceof JobRetryError ? error.delayMs : RETRY_JOB_MS,
      },
    });
    worker.on('error', (error) => {
      if (isNotConnectionError(error))
        this.logger.error({ err: error, queue: settings.name }, 'worker error');
    });
    worker.on('stalled', (jobId) =>
      this.logger.warn({ queue: settings.name, job_id: jobId }, 'job lost its worker'),
    );
    worker.on('lockRenewalFailed', (jobIds) => {
      for (const jobId of jobIds) this.findRun(settings.name, jobId)?.abort(new JobLockLostError());
    });
    return worker;
  }

  private async process(job: BullJob, token: string | undefined): Promise<unknown> {
    const work = this.work.get(workKey(job.queueName, job.name));
    if (!work) throw new UnrecoverableError(`This worker knows no job ${job.name}`);
    const { requestId = `job-${job.id}` } = job.data;
    return withRequestId(requestId, () => this.run(new JobRun(job, token, work.handler, work.maxRunMs)));
  }

  private async run(run: JobRun): Promise<unknown> {
    const { name, id } = run.job;
    const start = performance.now();
    this.runs.add(run);
    try {
      const result = await run.finished;
      this.logger.debug(
        { job: name, job_id: id, ms: Math.round(performance.now() - start) },
        'job completed',
      );
      return result;
    } catch (error) {
      const line = { err: error, job: name, job_id: id };
      this.logger[run.aborted ? 'info' : 'warn'](line, 'job not completed');
      throw error;
    } finally {
      this.runs.delete(run);
    }
  }

  private pollCancellations(): void {
    this.cancelPoll = setTimeout(() => {
      void Promise.all([...this.runs].map((run) => this.abortIfCancelled(run))).finally(() =>
        this.pollCancellations(),
      );
    }, CANCEL_POLL_MS);
    this.cancelPoll.unref();
  }

  private async abortIfCancelled(run: JobRun): Promise<void> {
    if (run.aborted || !this.transport.isReady) return;
    const { queueName, id } = run.job;
    const queue = this.queue.queues().find(({ name }) => name === queueName);
    const seen = await queue?.getJob(id ?? '').catch(() => undefined);
    if (seen?.data.cancelled) run.abort(new JobCancelledError());
  }

  private cancelRun(queueName: string, jobId: string): void {
    this.findRun(queueName, jobId)?.abort(new JobCancelledError());
  }

  private findRun(queueName: string, jobId: string): JobRun | undefined {
    return [...this.runs].find(({ job }) => job.queueName === queueName && job.id === jobId);
  }
}

function workKey(queueName: string, jobName: string): string {
  return `${queueName}/${jobName}`;
}
