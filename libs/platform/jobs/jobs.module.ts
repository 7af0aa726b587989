import { Global, Module } from '@nestjs/common';
import { JobsService } from './jobs.service.js';
import { JobObservation } from './job-observation.js';

/** Jobs of all kinds; beside QueueModule, in every process that accepts or works on jobs. */
@Global()
@Module({ providers: [JobsService, JobObservation], exports: [JobsService] })
export class JobsModule {}
