import { Module } from '@nestjs/common';
import { TimeseriesModule } from './timeseries.module.js';

/** The time series routes of the API. */
@Module({ imports: [TimeseriesModule], controllers: [] })
export class TimeseriesHttpModule {}
