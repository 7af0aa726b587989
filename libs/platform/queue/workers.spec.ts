import { describe, expect, it } from '#jest';
import type { DiscoveryService } from '@nestjs/core';
import { Config } from '../config/config.js';
import { readEnvironment } from '../config/environment.js';
import {
  SHORT_JOB,
  ShortHandler,
  WORK_JOB,
  WORK_QUEUE,
  WorkHandler,
} from '../../../test/factories/queue-jobs.fixture.js';
import { JobCatalogue } from './catalogue.js';
import { type AnyJobDefinition, defineJob, defineQueue } from './job.js';
import { JobQueue } from './queue.service.js';
import type { QueueTransport } from './transport.js';
import { JobWorkers } from './workers.service.js';

/** A process with these jobs and handlers that has not started yet. */
function workersOf(jobs: AnyJobDefinition[], handlers: (new () => object)[]): JobWorkers {
  const transport = {} as QueueTransport;
  const catalogue = new JobCatalogue();
  for (const job of jobs) catalogue.register(job);
  const providers = handlers.map((metatype) => ({ metatype, instance: new metatype() }));
  const discovery = { getProviders: () => providers } as unknown as DiscoveryService;
  return new JobWorkers(
    transport,
    catalogue,
    discovery,
    new JobQueue(transport, catalogue),
    readEnvironment([Config], {}),
  );
}

describe('a worker process', () => {
  it('does not start when a job has no handler', () => {
    const workers = workersOf([WORK_JOB, SHORT_JOB], [WorkHandler]);
    expect(() => workers.onApplicationBootstrap()).toThrow('No handler for the job work.short');
  });

  it('does not start when a job has two handlers', () => {
    const workers = workersOf([WORK_JOB], [WorkHandler, WorkHandler]);
    expect(() => workers.onApplicationBootstrap()).toThrow('The job work.do has two handlers');
  });

  it('does not start with a handler of a job nobody has registered', () => {
    const workers = workersOf([WORK_JOB], [WorkHandler, ShortHandler]);
    expect(() => workers.onApplicationBootstrap()).toThrow(
      'The job work.short has a handler but is not registered',
    );
  });
});

describe('the catalogue of jobs', () => {
  it('takes a job once however often it is registered', () => {
    const catalogue = new JobCatalogue();
    catalogue.register(WORK_JOB);
    catalogue.register(WORK_JOB);
    catalogue.register(SHORT_JOB);
    expect(catalogue.jobs).toEqual([WORK_JOB, SHORT_JOB]);
    expect(catalogue.queues).toEqual([WORK_QUEUE]);
  });

  it('refuses a second job or queue of the same name', () => {
    const catalogue = new JobCatalogue();
    catalogue.register(WORK_JOB);
    expect(() => catalogue.register(defineJob({ ...WORK_JOB }))).toThrow('two jobs of the name work.do');
    const twin = defineQueue({ ...WORK_QUEUE });
    expect(() => catalogue.register(defineJob({ ...SHORT_JOB, queue: twin }))).toThrow(
      'two queues of the name work',
    );
  });
});
