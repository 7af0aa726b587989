import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { EventLog, Leases, PeriodicTasks } from '#platform';

const TRIM_EVERY_MS = 60_000;
const LEASE = 'event-retention';

/** Has old events forgotten, by one process at a time. */
@Injectable()
export class EventRetention implements OnApplicationBootstrap {
  constructor(
    private readonly tasks: PeriodicTasks,
    private readonly leases: Leases,
    private readonly log: EventLog,
  ) {}

  onApplicationBootstrap(): void {
    this.tasks.every('event-retention', TRIM_EVERY_MS, () => this.trim());
  }

  private async trim(): Promise<void> {
    if (!(await this.leases.hold(LEASE))) return;
    try {
      await this.log.trim();
    } finally {
      await this.leases.release(LEASE);
    }
  }
}
