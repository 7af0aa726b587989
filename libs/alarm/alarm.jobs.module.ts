import { Module } from '@nestjs/common';
import { IncidentModule } from '#incident';
import { TimeseriesModule } from '#timeseries';
import { AlarmCorrections } from './alarm-corrections.service.js';
import { AlarmFollower } from './alarm-follower.service.js';
import { AlarmLease } from './alarm-lease.service.js';
import { AlarmModule } from './alarm.module.js';
import { IncidentAlarms } from './incident-alarms.service.js';
import { ShelfKeeper } from './shelf-keeper.service.js';

/** Evaluates samples against limits, follows incidents and ends shelves, in one process at a time. */
@Module({
  imports: [AlarmModule, IncidentModule, TimeseriesModule],
  providers: [AlarmCorrections, AlarmFollower, AlarmLease, IncidentAlarms, ShelfKeeper],
})
export class AlarmJobsModule {}
