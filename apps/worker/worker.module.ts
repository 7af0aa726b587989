import { type DynamicModule, Module } from '@nestjs/common';
import { MIGRATIONS } from '#migrations';
import { AnomalyJobsModule } from '#anomaly';
import { HealthJobsModule, SystemHealthModule } from '#health';
import { KpiJobsModule } from '#kpi';
import { PlantJobsModule } from '#plant';
import { type Config, PlatformModule, QueueModule } from '#platform';
import { PredictionJobsModule } from '#prediction';
import { ReportJobsModule } from '#report';
import { TrainingJobsModule } from '#training';

/** Everything that works on its own: the live plant, the scorer, health scores, prediction, report and training jobs. */
export const JOBS_MODULES = [
  PlantJobsModule,
  AnomalyJobsModule,
  HealthJobsModule,
  KpiJobsModule,
  PredictionJobsModule,
  ReportJobsModule,
  TrainingJobsModule,
];

/** The worker process of the server profile. Its only routes are health and metrics, on WORKER_PORT. */
@Module({})
export class WorkerModule {
  static forRoot(config: Config): DynamicModule {
    return {
      module: WorkerModule,
      imports: [
        PlatformModule.forRoot(config, { migrations: MIGRATIONS, schema: 'require' }),
        QueueModule.forRoot({ workers: true }),
        SystemHealthModule,
        ...JOBS_MODULES,
      ],
    };
  }
}
