import { type DynamicModule, Module, type Type } from '@nestjs/common';
import { MIGRATIONS } from '#migrations';
import { AlarmJobsModule } from '#alarm';
import { AnomalyJobsModule } from '#anomaly';
import { EventJobsModule } from '#event';
import { HealthJobsModule, SystemHealthModule } from '#health';
import { IncidentJobsModule } from '#incident';
import { KpiJobsModule } from '#kpi';
import { PlantJobsModule } from '#plant';
import { PlantSettings } from '#plant/settings';
import { type Environment, JobsModule, PlatformModule, QueueModule } from '#platform';
import { PredictionJobsModule } from '#prediction';
import { ReportJobsModule } from '#report';
import { TrainingJobsModule } from '#training';

/**
 * Everything that works on its own: the live plant, the scorer, incidents, alarms, health scores, prediction, report and training jobs.
 * @param besideRequests whether the process answers the requests of clients as well
 */
export function jobsModules(options: { besideRequests: boolean }): (Type | DynamicModule)[] {
  return [
    PlantJobsModule,
    AnomalyJobsModule,
    IncidentJobsModule,
    AlarmJobsModule,
    HealthJobsModule,
    KpiJobsModule,
    PredictionJobsModule,
    ReportJobsModule.forRoot(options),
    TrainingJobsModule,
    EventJobsModule,
  ];
}

/** The worker process of the server profile. Its only routes are health and metrics, on WORKER_PORT. */
@Module({})
export class WorkerModule {
  static forRoot(environment: Environment): DynamicModule {
    return {
      module: WorkerModule,
      imports: [
        PlatformModule.forRoot(environment, {
          migrations: MIGRATIONS,
          schema: 'require',
          timeZone: environment.of(PlantSettings).timeZone,
        }),
        QueueModule.forRoot({ workers: true }),
        JobsModule,
        SystemHealthModule,
        ...jobsModules({ besideRequests: false }),
      ],
    };
  }
}
