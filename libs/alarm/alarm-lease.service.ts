import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { LeasedLoop, LeaseRunner, loggerOf } from '#platform';
import { SampleFeed } from '#timeseries';
import { AlarmFollower } from './alarm-follower.service.js';
import { ALARM_LEASE } from './alarm-status.service.js';
import { IncidentAlarms } from './incident-alarms.service.js';
import { ShelfKeeper } from './shelf-keeper.service.js';

/** Writes of other processes, incidents and shelves that run out are seen this late at the most. */
const POLL_MS = 1_000;

/** Keeps alarms going in one of all processes together. */
@Injectable()
export class AlarmLease implements OnApplicationBootstrap {
  constructor(
    private readonly follower: AlarmFollower,
    private readonly incidents: IncidentAlarms,
    private readonly shelves: ShelfKeeper,
    private readonly feed: SampleFeed,
    private readonly runner: LeaseRunner,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    const loop = new LeasedLoop({
      name: ALARM_LEASE,
      logger: loggerOf('alarms'),
      pollMs: POLL_MS,
      open: () => this.follower.open(),
      next: () => this.next(),
      failure: 'no alarms; it is tried again',
    });
    this.feed.onWrite(() => loop.wake());
    await this.runner.compete(loop);
  }

  private async next(): Promise<boolean> {
    const more = await this.follower.followNext();
    await this.incidents.follow();
    await this.shelves.endExpired();
    return more;
  }
}
