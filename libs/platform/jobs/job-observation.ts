import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Metrics } from '../observability/metrics.js';
import { JobsService } from './jobs.service.js';

/** Shows in the metrics how long jobs wait, by their rows: the queue may have lost them. */
@Injectable()
export class JobObservation implements OnModuleInit {
  constructor(
    private readonly jobs: JobsService,
    private readonly metrics: Metrics,
  ) {}

  onModuleInit(): void {
    this.metrics.gauge(
      'queue_oldest_waiting_seconds',
      'How long ago the oldest job that waits for a worker was asked for; 0 when none waits',
      ['queue'],
      async (gauge) => {
        const ages = await Promise.all(
          this.jobs.registered.map(async ({ rows }) => {
            const oldestMs = await rows.findOldestQueued();
            const ageMs = oldestMs === null ? 0 : Math.max(0, Date.now() - oldestMs);
            return [rows.job.queue.name, ageMs / 1_000] as const;
          }),
        );
        gauge.reset();
        for (const [queue, seconds] of ages) gauge.set({ queue }, seconds);
      },
    );
  }
}
