import { Module } from '@nestjs/common';
import { EventRetention } from './event-retention.service.js';

/** Keeps the log of events bounded. */
@Module({ providers: [EventRetention] })
export class EventJobsModule {}
