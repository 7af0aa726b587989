import { type DynamicModule, Global, Module, type Provider } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { Config } from '../config/config.js';
import { Bell } from '../coordination/bell.js';
import { JobCatalogue } from './catalogue.js';
import type { AnyJobDefinition } from './job.js';
import { QueueObservation } from './observation.js';
import { PgliteTransport } from './pglite.transport.js';
import { RedisTransport } from './redis.transport.js';
import { startStep } from '../observability/start-watch.js';
import { JobQueue } from './queue.service.js';
import { QUEUE_TRANSPORT } from './queue.tokens.js';
import type { QueueTransport } from './transport.js';
import { JobWorkers } from './workers.service.js';

export interface QueueModuleOptions {
  /** Whether this process works on jobs or only submits them. @default false */
  workers?: boolean;
}

/**
 * The job queue of the process, on what the configuration names. Features register their jobs with
 * `QueueModule.forFeature(…)`; in a process with workers each of them needs a provider marked `@HandlesJob`.
 */
@Global()
@Module({})
export class QueueModule {
  static forRoot({ workers = false }: QueueModuleOptions = {}): DynamicModule {
    const transport: Provider = {
      provide: QUEUE_TRANSPORT,
      inject: [Config, Bell],
      useFactory: openTransport,
    };
    return {
      module: QueueModule,
      imports: [DiscoveryModule],
      providers: [transport, JobCatalogue, JobQueue, QueueObservation, ...(workers ? [JobWorkers] : [])],
      exports: [JobCatalogue, JobQueue, ...(workers ? [JobWorkers] : [])],
    };
  }

  /** Makes jobs known to this process. */
  static forFeature(...jobs: AnyJobDefinition[]): DynamicModule {
    const registration: Provider = {
      provide: Symbol(jobs.map((job) => job.name).join()),
      inject: [JobCatalogue],
      useFactory: (catalogue: JobCatalogue) => jobs.forEach((job) => catalogue.register(job)),
    };
    return { module: JobRegistration, providers: [registration] };
  }
}

@Module({})
class JobRegistration {}

async function openTransport({ queue, queuePrefix }: Config, bell: Bell): Promise<QueueTransport> {
  if (queue.kind === 'pglite')
    return startStep('opening the embedded queue', () => PgliteTransport.open(queue.folder));
  const transport = await startStep('connecting to Redis', () =>
    RedisTransport.connect(queue.url, queuePrefix),
  );
  bell.carryBy(transport.bellCarrier());
  return transport;
}
