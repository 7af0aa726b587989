import { Module } from '@nestjs/common';
import { LotModule } from '#lot';
import { TimeseriesModule } from '#timeseries';
import { KpiHourRepository } from './kpi-hour.repository.js';
import { KpiService } from './kpi.service.js';
import { PlantWindows } from './plant-windows.service.js';
import { Standstills } from './standstills.service.js';

/** KPIs, without HTTP. */
@Module({
  imports: [LotModule, TimeseriesModule],
  providers: [KpiHourRepository, PlantWindows, KpiService, Standstills],
  exports: [KpiHourRepository, PlantWindows, KpiService, Standstills],
})
export class KpiModule {}
