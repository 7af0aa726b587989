import { type DynamicModule, Module } from '@nestjs/common';
import { AlarmModule } from '#alarm';
import { EquipmentHealthModule } from '#health';
import { IncidentModule } from '#incident';
import { KpiModule } from '#kpi';
import { PredictionModule, PredictorModule } from '#prediction';
import { TimeseriesModule } from '#timeseries';
import { AnomalyModule } from '#anomaly';
import { EquipmentModule } from '#equipment';
import { LotModule } from '#lot';
import { PrintThread } from './printing/print-thread.js';
import { fontFolder } from './printing/fonts.js';
import { GATHERINGS, ReportGathering } from './report-gathering.service.js';
import { ReportModule } from './report.module.js';
import { ReportProcessor } from './report.processor.js';
import { ReportSettings } from './report.settings.js';

/** Gathers, renders and prints reports. */
@Module({
  imports: [
    ReportModule,
    AlarmModule,
    AnomalyModule,
    EquipmentModule,
    EquipmentHealthModule,
    IncidentModule,
    KpiModule,
    LotModule,
    PredictionModule,
    PredictorModule,
    TimeseriesModule,
  ],
  providers: [...GATHERINGS, ReportGathering, ReportProcessor],
})
export class ReportJobsModule {
  /** @param besideRequests whether the process answers requests as well, which then go before printing */
  static forRoot({ besideRequests }: { besideRequests: boolean }): DynamicModule {
    const printer = {
      provide: PrintThread,
      inject: [ReportSettings],
      useFactory: ({ chromiumPath }: ReportSettings) =>
        new PrintThread({ chromiumPath, assets: { '/fonts/': fontFolder() }, givesWay: besideRequests }),
    };
    return { module: ReportJobsModule, providers: [printer] };
  }
}
