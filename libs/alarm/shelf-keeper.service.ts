import { Injectable } from '@nestjs/common';
import { Database, Leases, ProcessClock } from '#platform';
import { AlarmRepository } from './alarm.repository.js';
import { ALARM_LEASE } from './alarm-status.service.js';
import { AlarmTransitions } from './alarm-transitions.service.js';

/** Takes alarms from the shelf when their time is over. */
@Injectable()
export class ShelfKeeper {
  constructor(
    private readonly database: Database,
    private readonly leases: Leases,
    private readonly clock: ProcessClock,
    private readonly alarms: AlarmRepository,
    private readonly transitions: AlarmTransitions,
  ) {}

  async endExpired(): Promise<void> {
    const [plantAt, wallAt] = [this.clock.now(), Date.now()];
    if ((await this.alarms.findExpired(plantAt, wallAt)).length === 0) return;
    await this.database.transaction(async () => {
      await this.leases.assertHeld(ALARM_LEASE);
      const ids = await this.alarms.findExpired(plantAt, wallAt);
      await this.transitions.apply(
        ids.map((alarmId) => ({
          alarmId,
          event: { type: 'pass', plantAt, wallAt },
          reason: { plantAt, wallAt, cause: 'expiry' },
        })),
      );
    });
  }
}
