import { type DynamicModule, Global, Module } from '@nestjs/common';
import type { Config } from './config.js';
import { ConfigModule } from './config.module.js';
import { Database } from './database.js';
import { DatabaseModule, type DatabaseModuleOptions } from './database.module.js';
import { Heartbeats } from './heartbeat.js';
import { HealthIndicators } from './health-indicators.js';
import { Idempotency } from './idempotency.js';
import { Leases } from './lease.js';
import { LeaseRunner } from './lease-runner.js';
import { Metrics } from './metrics.js';
import { PeriodicTasks } from './periodic-tasks.js';
import { ProcessClock } from './process-clock.js';

const PROVIDERS = [PeriodicTasks, Leases, LeaseRunner, Heartbeats, Metrics, HealthIndicators, Idempotency];

/** What every feature builds on: configuration, database, clock, leases, metrics and health. */
@Global()
@Module({})
export class PlatformModule {
  static forRoot(config: Config, database: DatabaseModuleOptions): DynamicModule {
    return {
      module: PlatformModule,
      imports: [ConfigModule.forRoot(config), DatabaseModule.forRoot(database)],
      providers: [
        ...PROVIDERS,
        {
          provide: ProcessClock,
          inject: [Database, PeriodicTasks],
          useFactory: async (rows: Database, tasks: PeriodicTasks): Promise<ProcessClock> => {
            const clock = new ProcessClock(rows, tasks);
            await clock.refresh();
            return clock;
          },
        },
      ],
      exports: [...PROVIDERS, ProcessClock],
    };
  }
}
