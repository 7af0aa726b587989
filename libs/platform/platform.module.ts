import { type DynamicModule, Global, Module } from '@nestjs/common';
import { Bell } from './coordination/bell.js';
import { ConfigModule } from './config/config.module.js';
import { Database } from './database/database.js';
import { DatabaseModule, type DatabaseModuleOptions } from './database/database.module.js';
import type { Environment } from './config/environment.js';
import { EventLog } from './coordination/event-log.js';
import { Heartbeats } from './coordination/heartbeat.js';
import { HealthIndicators } from './observability/health-indicators.js';
import { HttpModule } from './http/http.module.js';
import { Idempotency } from './coordination/idempotency.js';
import { Leases } from './coordination/lease.js';
import { LeaseRunner } from './coordination/lease-runner.js';
import { Metrics } from './observability/metrics.js';
import { PeriodicTasks } from './coordination/periodic-tasks.js';
import { ProcessClock } from './coordination/process-clock.js';

const PROVIDERS = [
  PeriodicTasks,
  Leases,
  LeaseRunner,
  Heartbeats,
  Metrics,
  HealthIndicators,
  Idempotency,
  Bell,
  EventLog,
];

export interface PlatformOptions extends DatabaseModuleOptions {
  /** Whose days and clocks are meant where nobody names a zone. */
  timeZone: string;
}

/** What every feature builds on: configuration, database, clock, leases, metrics, health, and the guards of its routes. */
@Global()
@Module({})
export class PlatformModule {
  static forRoot(environment: Environment, { timeZone, ...database }: PlatformOptions): DynamicModule {
    return {
      module: PlatformModule,
      imports: [ConfigModule.forRoot(environment), DatabaseModule.forRoot(database), HttpModule],
      providers: [
        ...PROVIDERS,
        {
          provide: ProcessClock,
          inject: [Database, PeriodicTasks],
          useFactory: async (rows: Database, tasks: PeriodicTasks): Promise<ProcessClock> => {
            const clock = new ProcessClock(rows, tasks, timeZone);
            await clock.refresh();
            return clock;
          },
        },
      ],
      exports: [...PROVIDERS, ProcessClock],
    };
  }
}
