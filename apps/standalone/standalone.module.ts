import { type DynamicModule, Module } from '@nestjs/common';
import { MIGRATIONS } from '#migrations';
import { type Config, JobsModule, PlatformModule, QueueModule } from '#platform';
import { HTTP_MODULES } from '../api/api.module.js';
import { jobsModules } from '../worker/worker.module.js';

/** API and worker in one process, which also brings the database up to date. */
@Module({})
export class StandaloneModule {
  static forRoot(config: Config): DynamicModule {
    return {
      module: StandaloneModule,
      imports: [
        PlatformModule.forRoot(config, { migrations: MIGRATIONS, schema: 'migrate' }),
        QueueModule.forRoot({ workers: true }),
        JobsModule,
        ...HTTP_MODULES,
        ...jobsModules({ besideRequests: true }),
      ],
    };
  }
}
