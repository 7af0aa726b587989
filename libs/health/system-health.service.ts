import { Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import {
  Database,
  DatabaseUnavailableError,
  failedReading,
  HEALTH_STATUSES,
  HealthIndicators,
  type HealthReading,
  Heartbeats,
  Metrics,
  OutOfPatienceError,
  type ProcessHeartbeat,
  withPatience,
} from '#platform';
import type { SystemHealthDto } from './dto/system-health.dto.js';

/** A worker that has not been seen for this long is late: dead, or starved. */
const WORKER_LATE_AFTER_MS = 20_000;
/** A worker that has not been seen for this long is taken for dead. */
const WORKER_MISSING_AFTER_MS = 60_000;
/** A database that says nothing for this long is away. */
const DATABASE_SILENT_AFTER_MS = 2_500;
/** A database that says something but does not get round to answering is slow. */
const DATABASE_SLOW_AFTER_MS = 3_000;

/** Whoever asks within this time gets the same answer: however many ask, the parts are asked once a second. */
const SHARED_FOR_MS = 1_000;

/** Whether the product as a whole can do its work. */
@Injectable()
export class SystemHealthService implements OnApplicationBootstrap, OnModuleDestroy {
  private accepting = false;
  private shared: { until: number; health: Promise<SystemHealthDto> } | undefined;

  constructor(
    private readonly indicators: HealthIndicators,
    private readonly database: Database,
    private readonly heartbeats: Heartbeats,
    private readonly metrics: Metrics,
  ) {}

  onApplicationBootstrap(): void {
    this.indicators.register('database', () => this.readDatabaseAndRoom());
    this.indicators.register('workers', () => this.readWorkers(), 'database');
    this.metrics.gauge('database_up', 'Whether the database answers', [], async (gauge) => {
      gauge.set((await this.readDatabase()).status === 'down' ? 0 : 1);
    });
    this.metrics.gauge(
      'health_check',
      'What each part says of itself: 1 at the status that it has',
      ['check', 'status'],
      async (gauge) => {
        const readings = await this.indicators.read();
        gauge.reset();
        for (const [check, reading] of Object.entries(readings))
          for (const status of HEALTH_STATUSES)
            gauge.set({ check, status }, Number(reading.status === status));
      },
    );
    this.accepting = true;
  }

  onModuleDestroy(): void {
    this.accepting = false;
  }

  /** Every part's reading and their sum, at most a second old: down when a part is down, degraded when one is. */
  read(): Promise<SystemHealthDto> {
    const now = performance.now();
    if (this.shared && now < this.shared.until) return this.shared.health;
    const shared = { until: Infinity, health: this.readAll() };
    shared.health = shared.health.finally(() => (shared.until = now + SHARED_FOR_MS));
    this.shared = shared;
    return shared.health;
  }

  private async readAll(): Promise<SystemHealthDto> {
    const checks = await this.indicators.read();
    const states = Object.values(checks).map(({ status }) => status);
    const worst = (['down', 'degraded'] as const).find((state) => states.includes(state));
    return { status: worst ?? 'up', checks };
  }

  /** True while this process should be sent requests. */
  async isReady(): Promise<boolean> {
    return this.accepting && (await this.readDatabase()).status !== 'down';
  }

  /** Answers before whoever asks gives up; slow is not away. */
  private async readDatabase(): Promise<HealthReading> {
    const started = performance.now();
    const signsOfLife = (): number => this.database.signsOfLife;
    try {
      const answer = withPatience(DATABASE_SILENT_AFTER_MS, this.database.now(), signsOfLife);
      await withPatience(DATABASE_SLOW_AFTER_MS, answer.catch(silenceIsOutage));
      return { status: 'up', latency_ms: Math.round(performance.now() - started) };
    } catch (error) {
      return failedReading(error);
    }
  }

  /** A database that answers but cannot be written to still serves reads: the process stays ready. */
  private async readDatabaseAndRoom(): Promise<HealthReading> {
    const reading = await this.readDatabase();
    if (reading.status !== 'up') return reading;
    const { bulkWay } = this.database;
    return { ...reading, ...(bulkWay && { bulk_writes: bulkWay }), ...this.database.writeReading() };
  }

  private async readWorkers(): Promise<HealthReading> {
    const workers = (await this.heartbeats.list()).filter(({ role }) => role !== 'api');
    const seenWithin = (ms: number): number => workers.filter(({ ageMs }) => ageMs < ms).length;
    const [alive, perhapsAlive] = [seenWithin(WORKER_LATE_AFTER_MS), seenWithin(WORKER_MISSING_AFTER_MS)];
    const withoutBeat = perhapsAlive > 0 ? 'degraded' : 'down';
    return {
      status: alive > 0 ? 'up' : withoutBeat,
      alive,
      processes: workers.map(presented),
    };
  }
}

function silenceIsOutage(error: unknown): never {
  throw error instanceof OutOfPatienceError ? new DatabaseUnavailableError(error) : error;
}

function presented({ processId, role, host, ageMs }: ProcessHeartbeat): object {
  return { process_id: processId, role, host, heartbeat_age_ms: ageMs };
}
