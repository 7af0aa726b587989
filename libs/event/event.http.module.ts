import { Module } from '@nestjs/common';
import { EquipmentModule } from '#equipment';
import { PredictionModule } from '#prediction';
import { ReportModule } from '#report';
import { TimeseriesModule } from '#timeseries';
import { EventController } from './event.controller.js';
import { EventReader } from './event-reader.service.js';
import { EventService } from './event.service.js';
import { EventStreams } from './event-streams.service.js';
import { JobEventController } from './job-event.controller.js';
import { JobEventService } from './job-event.service.js';
import { LatestSamples } from './latest-samples.service.js';

/** Streams of events. */
@Module({
  imports: [EquipmentModule, TimeseriesModule, PredictionModule, ReportModule],
  controllers: [EventController, JobEventController],
  providers: [EventService, EventStreams, EventReader, LatestSamples, JobEventService],
})
export class EventHttpModule {}
