import { Global, Module } from '@nestjs/common';
import { JobDesk } from './job-desk.js';
import { JobObservation } from './job-observation.js';

/** The desk of all kinds of jobs; beside QueueModule, in every process that takes in or works on jobs. */
@Global()
@Module({ providers: [JobDesk, JobObservation], exports: [JobDesk] })
export class JobsModule {}
