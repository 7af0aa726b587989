import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { FineRollupBackfill, SampleRetention } from '#timeseries';
import { Leases, PeriodicTasks } from '#platform';
import { PlantCommandRepository } from './plant-command.repository.js';

const SWEEP_EVERY_MS = 60_000;
const COMMANDS_KEPT_MS = 86_400_000;
const LEASE = 'sample-retention';

/** Has old raw samples and old commands removed, by one process at a time, whatever the source of the samples is. */
@Injectable()
export class SampleRetentionSchedule implements OnApplicationBootstrap {
  constructor(
    private readonly tasks: PeriodicTasks,
    private readonly leases: Leases,
    private readonly retention: SampleRetention,
    private readonly fineRollups: FineRollupBackfill,
    private readonly commands: PlantCommandRepository,
  ) {}

  onApplicationBootstrap(): void {
    this.tasks.every('sample-retention', SWEEP_EVERY_MS, () => this.sweep());
  }

  /** Removes what is too old, unless another process is at it. */
  async sweep(): Promise<void> {
    if (!(await this.leases.hold(LEASE))) return;
    try {
      await this.retention.sweep();
      await this.fineRollups.goOn();
      await this.commands.deleteFinishedBefore(Date.now() - COMMANDS_KEPT_MS);
    } finally {
      await this.leases.release(LEASE);
    }
  }
}
