import { type DynamicModule, Module } from '@nestjs/common';
import { MIGRATIONS } from '#migrations';
import { AlarmHttpModule } from '#alarm';
import { AnomalyHttpModule } from '#anomaly';
import { EquipmentHttpModule } from '#equipment';
import { EventHttpModule } from '#event';
import { HealthHttpModule, SystemHealthModule } from '#health';
import { IncidentHttpModule } from '#incident';
import { KpiHttpModule } from '#kpi';
import { LotHttpModule } from '#lot';
import { PlantHttpModule } from '#plant';
import { PlantSettings } from '#plant/settings';
import { type Environment, JobsModule, PlatformModule, QueueModule } from '#platform';
import { PredictionHttpModule } from '#prediction';
import { ReportHttpModule } from '#report';
import { TimeseriesHttpModule } from '#timeseries';
import { TrainingHttpModule } from '#training';

/** Every route of the API. */
export const HTTP_MODULES = [
  EquipmentHttpModule,
  LotHttpModule,
  TimeseriesHttpModule,
  KpiHttpModule,
  AnomalyHttpModule,
  PredictionHttpModule,
  TrainingHttpModule,
  IncidentHttpModule,
  AlarmHttpModule,
  ReportHttpModule,
  HealthHttpModule,
  PlantHttpModule,
  EventHttpModule,
  SystemHealthModule,
];

/** The HTTP process of the server profile: answers requests and queues jobs, works on none. */
@Module({})
export class ApiModule {
  static forRoot(environment: Environment): DynamicModule {
    return {
      module: ApiModule,
      imports: [
        PlatformModule.forRoot(environment, {
          migrations: MIGRATIONS,
          schema: 'require',
          timeZone: environment.of(PlantSettings).timeZone,
        }),
        QueueModule.forRoot(),
        JobsModule,
        ...HTTP_MODULES,
      ],
    };
  }
}
