import { Global, Module, type Type } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { UnrecoverableError } from 'bullmq';
import { Config, parseConfig } from './config.js';
import { HealthIndicators } from './health-indicators.js';
import { Metrics } from './metrics.js';
import { HandlesJob, type JobContext, type JobHandler } from './queue-handler.js';
import { type AnyJobDefinition, defineJob, defineQueue } from './queue-job.js';
import { QueueModule } from './queue.module.js';
import { JobQueue } from './queue.service.js';

/** A queue whose jobs are declared lost after 1.5 s, so that tests need not wait long. */
export const WORK_QUEUE = defineQueue({
  name: 'work',
  concurrency: 4,
  lockDurationMs: 1_500,
  stalledIntervalMs: 500,
  maxStalledCount: 3,
  retention: { completed: { ageSeconds: 3_600, count: 5_000 }, failed: { ageSeconds: 3_600, count: 5_000 } },
});

/** What a job of these tests is to do. */
export interface WorkOrder {
  task: 'succeed' | 'fail' | 'fail-once' | 'hopeless' | 'wait-for-abort' | 'ignore-abort';
}

export const WORK_JOB = defineJob<WorkOrder, string>({
  queue: WORK_QUEUE,
  name: 'work.do',
  attempts: 3,
  backoff: { type: 'exponential', delayMs: 100 },
  maxRunMs: 30_000,
});

export const SHORT_JOB = defineJob<WorkOrder, string>({
  queue: WORK_QUEUE,
  name: 'work.short',
  attempts: 1,
  backoff: { type: 'fixed', delayMs: 0 },
  maxRunMs: 200,
});

/** Does what its jobs order and remembers what happened. */
export class WorkRecorder {
  readonly started: { jobId: string; attempt: number; at: number }[] = [];
  readonly finished: string[] = [];
  readonly aborted: { jobId: string; reason: string }[] = [];
  readonly failed: { jobId: string; message: string }[] = [];

  async handle(order: WorkOrder, context: JobContext): Promise<string> {
    const { jobId, attempt, signal } = context;
    this.started.push({ jobId, attempt, at: Date.now() });
    context.progress(50);
    if (order.task === 'fail' || (order.task === 'fail-once' && attempt === 1))
      throw new Error(`no. ${attempt} failed`);
    if (order.task === 'hopeless') throw new UnrecoverableError('there is nothing to be done');
    if (order.task === 'wait-for-abort') await this.abortion(jobId, signal);
    if (order.task === 'ignore-abort') await new Promise(() => undefined);
    this.finished.push(jobId);
    return `done by attempt ${attempt}`;
  }

  onFailed(_order: WorkOrder, error: Error, jobId: string): Promise<void> {
    this.failed.push({ jobId, message: error.message });
    return Promise.resolve();
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
  const config = parseConfig({ NODE_ENV: 'test', QUEUE_URL: url, QUEUE_PREFIX: prefix, ...variables });
  const services = [{ provide: Config, useValue: config }, Metrics, HealthIndicators];
  @Global()
  @Module({ providers: services, exports: services })
  class ServicesModule {}
  const module = await Test.createTestingModule({
    imports: [
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
