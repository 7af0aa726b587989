import { Global, Module, type Type } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { UnrecoverableError } from 'bullmq';
import { Bell } from '../../libs/platform/coordination/bell.js';
import { Config } from '../../libs/platform/config/config.js';
import { ConfigModule } from '../../libs/platform/config/config.module.js';
import { readEnvironment } from '../../libs/platform/config/environment.js';
import { HealthIndicators } from '../../libs/platform/observability/health-indicators.js';
import { PeriodicTasks } from '../../libs/platform/coordination/periodic-tasks.js';
import { Metrics } from '../../libs/platform/observability/metrics.js';
import { JobRetryError } from '../../libs/platform/queue/errors.js';
import { HandlesJob, type JobContext, type JobHandler } from '../../libs/platform/queue/handler.js';
import { type AnyJobDefinition, defineJob, defineQueue } from '../../libs/platform/queue/job.js';
import { QueueModule } from '../../libs/platform/queue/queue.module.js';
import { JobQueue } from '../../libs/platform/queue/queue.service.js';

/** A queue whose jobs are declared lost after 1.5 s, so that tests need not wait long. */
export const WORK_QUEUE = defineQueue({
  name: 'work',
  concurrency: 4,
  lockDurationMs: 1_500,
  stalledIntervalMs: 500,
  retention: { completed: { ageSeconds: 3_600, count: 5_000 }, failed: { ageSeconds: 3_600, count: 5_000 } },
});

/** What a job of these tests is to do. */
export interface WorkOrder {
  task: 'succeed' | 'fail' | 'come-again-twice' | 'hopeless' | 'wait-for-abort';
}

export const WORK_JOB = defineJob<WorkOrder, string>({
  queue: WORK_QUEUE,
  name: 'work.do',
  retryDelaysMs: [],
  maxRunMs: 30_000,
});

export const SHORT_JOB = defineJob<WorkOrder, string>({
  queue: WORK_QUEUE,
  name: 'work.short',
  retryDelaysMs: [],
  maxRunMs: 200,
});

/** Does what its jobs order and remembers what happened. */
export class WorkRecorder {
  readonly started: { jobId: string; at: number }[] = [];
  readonly finished: string[] = [];
  readonly aborted: { jobId: string; reason: string }[] = [];

  async handle(order: WorkOrder, context: JobContext): Promise<string> {
    const { jobId, signal } = context;
    this.started.push({ jobId, at: Date.now() });
    const run = this.started.filter((start) => start.jobId === jobId).length;
    context.progress(50);
    if (order.task === 'fail') throw new Error(`run ${run} failed`);
    if (order.task === 'come-again-twice' && run <= 2)
      throw new JobRetryError(run * 100, new Error(`run ${run} failed`));
    if (order.task === 'hopeless') throw new UnrecoverableError('there is nothing to be done');
    if (order.task === 'wait-for-abort') await this.abortion(jobId, signal);
    this.finished.push(jobId);
    return `done by run ${run}`;
  }

  private abortion(jobId: string, signal: AbortSignal): Promise<never> {
    return new Promise((_, reject) => {
      signal.addEventListener('abort', () => {
        const reason = signal.reason as Error;
        this.aborted.push({ jobId, reason: reason.name });
        reject(reason);
      });
    });
  }
}

@HandlesJob(WORK_JOB)
export class WorkHandler extends WorkRecorder implements JobHandler<WorkOrder, string> {}

@HandlesJob(SHORT_JOB)
export class ShortHandler extends WorkRecorder implements JobHandler<WorkOrder, string> {}

export interface QueueAppOptions {
  url: string;
  prefix: string;
  jobs?: AnyJobDefinition[];
  /** Providers marked `@HandlesJob`; none makes a process that only submits. */
  handlers?: Type[];
  variables?: Record<string, string>;
}

/** A process of the product reduced to its queue. */
export interface QueueApp {
  queue: JobQueue;
  get<T>(type: Type<T>): T;
  close(): Promise<void>;
  /** Leaves nothing behind on a server that others use too. */
  forgetAndClose(): Promise<void>;
}

/** Starts the queue module as the product does, without a database. */
export async function startQueueApp({
  url,
  prefix,
  jobs = [WORK_JOB],
  handlers,
  variables,
}: QueueAppOptions): Promise<QueueApp> {
  const given = { NODE_ENV: 'test', QUEUE_URL: url, QUEUE_PREFIX: prefix, ...variables };
  const services = [Metrics, HealthIndicators, PeriodicTasks, Bell];
  @Global()
  @Module({ providers: services, exports: services })
  class ServicesModule {}
  const module = await Test.createTestingModule({
    imports: [
      ConfigModule.forRoot(readEnvironment([Config], given)),
      ServicesModule,
      QueueModule.forRoot({ workers: handlers !== undefined }),
      QueueModule.forFeature(...jobs),
    ],
    providers: handlers ?? [],
  }).compile();
  const app = module.createNestApplication({ logger: false });
  await app.init();
  const queue = app.get(JobQueue);
  return {
    queue,
    get: (type) => app.get(type),
    close: () => app.close(),
    async forgetAndClose() {
      for (const bullQueue of queue.queues()) await bullQueue.obliterate({ force: true });
      await app.close();
    },
  };
}
