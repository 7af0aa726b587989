import { Injectable, type OnModuleInit } from '@nestjs/common';
import { PeriodicTasks } from '../coordination/periodic-tasks.js';
import { HealthIndicators, type HealthReading } from '../observability/health-indicators.js';
import { Metrics } from '../observability/metrics.js';
import { reasonOf } from '../failure/outage-log.js';
import { JobQueue, type QueueCounts } from './queue.service.js';

/** What keeps jobs from being queued or begun shows in the health answer so long after it has begun, at the latest. */
const WATCH_INTERVAL_MS = 5_000;

/** Watches the queue in the background and shows it in the health answer and in the metrics. */
@Injectable()
export class QueueObservation implements OnModuleInit {
  /** Why nothing could be written the last time. */
  private refusal: string | undefined;
  private paused: string[] = [];

  constructor(
    private readonly queue: JobQueue,
    private readonly indicators: HealthIndicators,
    private readonly metrics: Metrics,
    private readonly tasks: PeriodicTasks,
  ) {}

  onModuleInit(): void {
    this.tasks.every('queue-watch', WATCH_INTERVAL_MS, () => this.watch());
    this.indicators.register('queue', () => this.read());
    this.metrics.gauge('queue_jobs', 'Jobs by queue and state', ['queue', 'state'], async (gauge) => {
      // A scrape is no place to fail: while the queue does not answer there is no figure.
      const counts = await this.queue.counts().catch((): Record<string, QueueCounts> => ({}));
      gauge.reset();
      for (const [queue, states] of Object.entries(counts)) {
        for (const [state, jobs] of Object.entries(states)) gauge.set({ queue, state }, jobs);
      }
    });
    this.metrics.gauge(
      'queue_paused',
      'Whether a queue is paused: its jobs wait',
      ['queue'],
      async (gauge) => {
        const paused = await this.queue.paused().catch(() => undefined);
        gauge.reset();
        if (paused === undefined) return;
        for (const { name: queue } of this.queue.queues())
          gauge.set({ queue }, paused.includes(queue) ? 1 : 0);
      },
    );
  }

  private async read(): Promise<HealthReading> {
    const latencyMs = await this.queue.ping();
    const reading = { transport: this.queue.transportKind, latency_ms: Math.round(latencyMs) };
    if (this.refusal !== undefined) return { status: 'down', reason: this.refusal, ...reading };
    if (this.paused.length > 0)
      return { status: 'degraded', reason: `paused: ${this.paused.join(', ')}`, ...reading };
    return { status: 'up', ...reading };
  }

  private async watch(): Promise<void> {
    try {
      await this.queue.write();
      this.refusal = undefined;
      this.paused = await this.queue.paused();
    } catch (error) {
      this.refusal = reasonOf(error as Error);
    }
  }
}
