import { Module } from '@nestjs/common';
import { TimeseriesModule } from '#timeseries';
import { HourCondenser } from './hour-condenser.service.js';
import { KpiModule } from './kpi.module.js';

/** Keeps the condensed hours current. */
@Module({ imports: [KpiModule, TimeseriesModule], providers: [HourCondenser] })
export class KpiJobsModule {}
