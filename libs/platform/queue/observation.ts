import { Injectable, type OnModuleInit } from '@nestjs/common';
import { HealthIndicators } from '../observability/health-indicators.js';
import { Metrics } from '../observability/metrics.js';
import { JobQueue, type QueueCounts } from './queue.service.js';

/** Shows the queue in the health answer and in the metrics. */
@Injectable()
export class QueueObservation implements OnModuleInit {
  constructor(
    private readonly queue: JobQueue,
    private readonly indicators: HealthIndicators,
    private readonly metrics: Metrics,
  ) {}

  onModuleInit(): void {
    this.indicators.register('queue', async () => {
      const latencyMs = await this.queue.ping();
      return { status: 'up', transport: this.queue.transportKind, latency_ms: Math.round(latencyMs) };
    });
    this.metrics.gauge('queue_jobs', 'Jobs by queue and state', ['queue', 'state'], async (gauge) => {
      // A scrape is no place to fail: while the queue does not answer there is no figure.
      const counts = await this.queue.counts().catch((): Record<string, QueueCounts> => ({}));
      gauge.reset();
      for (const [queue, states] of Object.entries(counts)) {
        for (const [state, jobs] of Object.entries(states)) gauge.set({ queue, state }, jobs);
      }
    });
  }
}
