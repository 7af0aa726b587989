import { type DynamicModule, Module } from '@nestjs/common';
import { MIGRATIONS } from '#migrations';
import { PlantSettings } from '#plant/settings';
import { type Environment, JobsModule, PlatformModule, QueueModule } from '#platform';
import { HTTP_MODULES } from '../api/api.module.js';
import { jobsModules } from '../worker/worker.module.js';

/** API and worker in one process, which also brings the database up to date. */
@Module({})
export class StandaloneModule {
  static forRoot(environment: Environment): DynamicModule {
    return {
      module: StandaloneModule,
      imports: [
        PlatformModule.forRoot(environment, {
          migrations: MIGRATIONS,
          schema: 'migrate',
          timeZone: environment.of(PlantSettings).timeZone,
        }),
        QueueModule.forRoot({ workers: true }),
        JobsModule,
        ...HTTP_MODULES,
        ...jobsModules({ besideRequests: true }),
      ],
    };
  }
}
