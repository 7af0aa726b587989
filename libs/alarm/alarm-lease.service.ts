import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { type LeasedWork, LeaseLostError, LeaseRunner, loggerOf, OutageLog } from '#platform';
import { SampleFeed } from '#timeseries';
import { ALARM_LEASE, AlarmFollower } from './alarm-follower.service.js';
import { IncidentAlarms } from './incident-alarms.service.js';
import { ShelfKeeper } from './shelf-keeper.service.js';

/** Writes of other processes, incidents and shelves that run out are seen this late at the most. */
const POLL_MS = 1_000;
const PAUSE_AFTER_ERROR_MS = 2_000;

/** Keeps alarms going in one of all processes together. */
@Injectable()
export class AlarmLease implements LeasedWork, OnApplicationBootstrap {
  readonly name = ALARM_LEASE;
  private readonly logger = loggerOf('alarms');
  private running: Promise<void> = Promise.resolve();
  private stopped = true;
  private woken = false;
  private endWait: () => void = () => undefined;

  constructor(
    private readonly follower: AlarmFollower,
    private readonly incidents: IncidentAlarms,
    private readonly shelves: ShelfKeeper,
    private readonly feed: SampleFeed,
    private readonly runner: LeaseRunner,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    this.feed.onWrite(() => this.wake());
    await this.runner.compete(this);
  }

  async start(): Promise<void> {
    await this.follower.open();
    this.stopped = false;
    this.running = this.run();
  }

  async stop(): Promise<void> {
    this.stopped = true;
    this.wake();
    await this.running;
  }

  private async run(): Promise<void> {
    const outages = new OutageLog(this.logger);
    while (!this.stopped) {
      try {
        const more = await this.follower.followNext();
        await this.incidents.follow();
        await this.shelves.endExpired();
        outages.worked();
        if (!more) await this.wait(POLL_MS);
      } catch (error) {
        // What was judged and not committed is judged again.
        await this.follower
          .open()
          .catch((again: unknown) => outages.failed(again, 'alarms cannot be taken up'));
        if (!(error instanceof LeaseLostError)) outages.failed(error, 'no alarms; it is tried again');
        await this.wait(PAUSE_AFTER_ERROR_MS);
      }
    }
  }

  private wake(): void {
    this.woken = true;
    this.endWait();
  }

  /** Waits unless somebody has called since the last wait. */
  private async wait(ms: number): Promise<void> {
    if (!this.woken) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, ms);
        this.endWait = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
    this.woken = false;
  }
}
