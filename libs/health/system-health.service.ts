import { Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { Database, HealthIndicators, type HealthReading, Heartbeats, type ProcessHeartbeat } from '#platform';
import type { SystemHealthDto } from './dto/system-health.dto.js';

/** A worker that has not been seen for this long is taken for dead. */
const WORKER_MISSING_AFTER_MS = 20_000;

/** Whether the product as a whole can do its work. */
@Injectable()
export class SystemHealthService implements OnApplicationBootstrap, OnModuleDestroy {
  private accepting = false;

  constructor(
    private readonly indicators: HealthIndicators,
    private readonly database: Database,
    private readonly heartbeats: Heartbeats,
  ) {}

  onApplicationBootstrap(): void {
    this.indicators.register('database', () => this.readDatabase());
    this.indicators.register('workers', () => this.readWorkers());
    this.accepting = true;
  }

  onModuleDestroy(): void {
    this.accepting = false;
  }

  /** Every part's reading and their sum: down when a part is down, degraded when one is. */
  async read(): Promise<SystemHealthDto> {
    const checks = await this.indicators.read();
    const states = Object.values(checks).map(({ status }) => status);
    const worst = (['down', 'degraded'] as const).find((state) => states.includes(state));
    return { status: worst ?? 'up', checks };
  }

  /** True while this process should be sent requests. */
  async isReady(): Promise<boolean> {
    return this.accepting && (await this.readDatabase().catch(() => undefined))?.status === 'up';
  }

  private async readDatabase(): Promise<HealthReading> {
    const started = performance.now();
    await this.database.now();
    return { status: 'up', latency_ms: Math.round(performance.now() - started) };
  }

  private async readWorkers(): Promise<HealthReading> {
    const workers = (await this.heartbeats.list()).filter(({ role }) => role !== 'api');
    const alive = workers.filter(({ ageMs }) => ageMs < WORKER_MISSING_AFTER_MS);
    return {
      status: alive.length > 0 ? 'up' : 'down',
      alive: alive.length,
      processes: workers.map(presented),
    };
  }
}

function presented({ processId, role, host, ageMs }: ProcessHeartbeat): object {
  return { process_id: processId, role, host, heartbeat_age_ms: ageMs };
}
